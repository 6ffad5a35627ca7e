package channellayer

// Message is what a layer carries: a dict with text for keys. Its values are
//
//	nil, bool, string      None, bool, str
//	int64, *big.Int        int; a *big.Int only where it does not fit an int64
//	float64                float
//	[]byte                 bytes
//	[]any                  list, and what a tuple becomes
//	map[string]any         dict
//	map[any]any            a dict with keys of bytes among them: string, BytesKey
//	Ext                    msgpack.ExtType and msgpack.Timestamp
//
// Every kind of integer, float32 and []string may be sent as well.
type Message = map[string]any

// BytesKey is a key of bytes.
type BytesKey string

// Ext is a value of MessagePack's extension types; Type -1 is a timestamp.
type Ext struct {
	Type int8
	Data []byte
}

// ReservedKey is the key of a message under which the core layer says which
// process-local channels it is for.
const ReservedKey = "__asgi_channel__"
