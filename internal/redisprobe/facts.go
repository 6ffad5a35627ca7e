package redisprobe

// Server is what a server said of itself. Whatever it did not say, or would
// not say to this user, is nil; nothing in it is secret, and of texts only
// those that look like what they should be were kept. It is for showing: no
// outcome depends on it, and it changes from one look to the next.
type Server struct {
	// Product is "redis", "valkey", "dragonfly", ... in lower case.
	Product *string `json:"product,omitempty"`
	// Version is the product's own, not the one of Redis that it emulates.
	Version *string `json:"version,omitempty"`
	// RunID is another one after each start of the server.
	RunID *string `json:"run_id,omitempty"`
	// UptimeSeconds is how long it has run.
	UptimeSeconds *int64 `json:"uptime_seconds,omitempty"`
	// Mode is "standalone", "sentinel" or "cluster".
	Mode *string `json:"mode,omitempty"`
	// Role is "master" or "replica".
	Role *string `json:"role,omitempty"`
	// Persistence is "aof", "rdb" (snapshots are or were taken), "rdb+aof" or
	// "none", as far as INFO tells: it does not show whether snapshots are
	// scheduled before the first one is taken.
	Persistence *string `json:"persistence,omitempty"`
	// EvictionPolicy is what happens when the memory is full: "noeviction",
	// "volatile-lru", ...
	EvictionPolicy *string `json:"eviction_policy,omitempty"`
	// EvictedKeys is how many keys were deleted for want of memory since the
	// start.
	EvictedKeys *int64 `json:"evicted_keys,omitempty"`
	// UsedMemory and MaxMemory are bytes; a MaxMemory of 0 is no limit.
	UsedMemory *int64 `json:"used_memory_bytes,omitempty"`
	MaxMemory  *int64 `json:"max_memory_bytes,omitempty"`
	// ConnectedClients counts connections, the check's own included.
	ConnectedClients *int64 `json:"connected_clients,omitempty"`
	MaxClients       *int64 `json:"max_clients,omitempty"`
	// RejectedConnections is how many were refused for want of room since the
	// start.
	RejectedConnections *int64 `json:"rejected_connections,omitempty"`
	// BlockedListeners, of a core layer, is how many clients wait for a
	// message: an upper bound, since what they wait for is not shown, and other
	// layers and programs on the same server count too. One process of an app
	// that listens on many channels is one. 0 means that nobody listens now.
	BlockedListeners *int64 `json:"blocked_listeners,omitempty"`
	// SubscribedChannels, of a pub/sub layer, is how many channels whose names
	// begin with the prefix have a subscriber: exact, on this server. 0 means
	// that nobody is connected now.
	SubscribedChannels *int64 `json:"subscribed_channels,omitempty"`
	// RedisPy are the versions of redis-py that this user is logged in with
	// elsewhere, oldest first: the app's, most likely.
	RedisPy []string `json:"redis_py,omitempty"`
}

// textOr is nil for "".
func textOr(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// server is what HELLO alone tells, nil if it was not answered.
func (h helloFacts) server() *Server {
	if !h.seen {
		return nil
	}
	return &Server{Product: textOr(h.product), Version: textOr(h.version), Mode: textOr(h.mode), Role: textOr(h.role)}
}

// facts are what the server said of itself in all its answers, nil for nothing.
func (a *attempt) facts(learned *survey) *Server {
	server, said := learned.hello.server(), learned.info
	if server == nil {
		if said == nil {
			return nil
		}
		server = &Server{}
	}
	if server.Version == nil {
		server.Version = said.word("valkey_version", "dragonfly_version", "redis_version")
	}
	if server.Product == nil && said != nil {
		server.Product = said.product()
	}
	if server.Mode == nil {
		server.Mode = textOr(known(said["redis_mode"], modeStandalone, modeSentinel, modeCluster))
	}
	if server.Role == nil {
		server.Role = textOr(roleNamed(said["role"]))
	}
	server.RunID = said.word("run_id")
	server.UptimeSeconds = said.number("uptime_in_seconds")
	server.Persistence = said.persistence()
	server.EvictionPolicy = said.word("maxmemory_policy")
	server.EvictedKeys = said.number("evicted_keys")
	server.UsedMemory, server.MaxMemory = said.number("used_memory"), said.number("maxmemory")
	server.ConnectedClients, server.MaxClients = said.number("connected_clients"), said.number("maxclients")
	server.RejectedConnections = said.number("rejected_connections")
	if a.request.layer().isPubSub() {
		if learned.channels >= 0 {
			server.SubscribedChannels = &learned.channels
		}
	} else {
		server.BlockedListeners = said.number("blocked_clients")
	}
	for _, version := range learned.clients.all {
		server.RedisPy = append(server.RedisPy, version.String())
	}
	return server
}

// product: others than Redis give their version beside the one they emulate.
func (i info) product() *string {
	if name := i.word("server_name"); name != nil {
		return name
	}
	for _, product := range []string{"valkey", "dragonfly", "redis"} {
		if i.word(product+"_version") != nil {
			return &product
		}
	}
	return nil
}

func (i info) persistence() *string {
	aof, known := i["aof_enabled"]
	if !known {
		return nil
	}
	saves := i.number("rdb_saves")
	lasted := i.number("rdb_last_bgsave_time_sec") // -1 before the first one
	rdb := saves != nil && *saves > 0 || lasted != nil || i["rdb_bgsave_in_progress"] == "1"
	kind := "none"
	switch {
	case aof == "1" && rdb:
		kind = "rdb+aof"
	case aof == "1":
		kind = "aof"
	case rdb:
		kind = "rdb"
	}
	return &kind
}
