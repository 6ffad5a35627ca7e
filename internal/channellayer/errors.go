package channellayer

import (
	"errors"
	"fmt"
	"strings"
)

// ErrChannelFull is channels.exceptions.ChannelFull: a channel has as many
// messages as its capacity.
var ErrChannelFull = errors.New("ChannelFull: the channel holds as many messages as its capacity allows")

// NameKind says what a name is of.
type NameKind string

// Kinds of names.
const (
	ChannelName NameKind = "channel"
	GroupName   NameKind = "group"
)

// NameReason says why a name is refused.
type NameReason string

// Reasons to refuse a name.
const (
	NameTooLong NameReason = "it has 100 characters or more"
	NameInvalid NameReason = "it must be ASCII letters, digits, hyphens, underscores and periods"
	NameNotText NameReason = "it is not UTF-8"
	// NameNotReceivable: what is received from ends at its "!".
	NameNotReceivable NameReason = "a process-local name to receive from must end at its \"!\""
	// NameOfOther: the channel belongs to another process.
	NameOfOther NameReason = "it belongs to another process (wrong client prefix)"
	// NameUnknown: pub/sub adds only channels of its own process to a group.
	NameUnknown NameReason = "it does not exist in this process"
)

// NameError says why a channel's or a group's name is refused: a TypeError, an
// AssertionError or a RuntimeError in Python. It does not hold the name.
type NameError struct {
	Kind   NameKind
	Reason NameReason
}

func (e *NameError) Error() string { return fmt.Sprintf("invalid %s name: %s", e.Kind, e.Reason) }

// MessageReason says why a message cannot be sent.
type MessageReason string

// Reasons why a message cannot be sent.
const (
	ReservedKeyUsed  MessageReason = "it has the reserved key " + ReservedKey
	UnsupportedType  MessageReason = "it holds a value of a type that the serializer does not know"
	UnsupportedKey   MessageReason = "it holds a dict with a key that the serializer does not read back"
	IntegerTooLarge  MessageReason = "it holds an integer that does not fit 64 bits"
	TextNotUTF8      MessageReason = "it holds text that is not UTF-8"
	NestedTooDeep    MessageReason = "it is nested too deep"
	TooLong          MessageReason = "it holds a value that is too long"
	EncryptionFailed MessageReason = "it cannot be encrypted"
)

// MessageError says why a message cannot be sent. It holds nothing of it.
type MessageError struct{ Reason MessageReason }

func (e *MessageError) Error() string { return "the message cannot be sent: " + string(e.Reason) }

// DecodeReason says why a message cannot be read.
type DecodeReason string

// Reasons why a message cannot be read.
const (
	// TokenInvalid is cryptography.fernet.InvalidToken: other keys, too old, from
	// the future, or not encrypted at all.
	TokenInvalid    DecodeReason = "InvalidToken: it was not encrypted with one of these keys, or is too old"
	DataTruncated   DecodeReason = "it ends early"
	DataExtra       DecodeReason = "ExtraData: more follows its end"
	DataMalformed   DecodeReason = "it is malformed"
	DataNotUTF8     DecodeReason = "it holds text that is not UTF-8"
	DataKey         DecodeReason = "it holds a dict with a key that is neither str nor bytes"
	DataTooDeep     DecodeReason = "it is nested too deep"
	DataTooLong     DecodeReason = "it holds an integer with too many digits"
	DataSurrogate   DecodeReason = "it holds half a character (a lone surrogate)"
	DataNotADict    DecodeReason = "it is not a dict"
	ReplyUnexpected DecodeReason = "the reply of Redis has not the form that the command has"
)

// DecodeError says why a message that was received cannot be read. It holds
// nothing of it.
type DecodeError struct{ Reason DecodeReason }

func (e *DecodeError) Error() string { return "the message cannot be read: " + string(e.Reason) }

// OptionReason says why an option is refused.
type OptionReason string

// Reasons to refuse an option.
const (
	// SerializerUnknown is channels_redis.serializers.SerializerDoesNotExist.
	SerializerUnknown OptionReason = "SerializerDoesNotExist"
	// PrefixNotText: a prefix is text.
	PrefixNotText OptionReason = "it is not UTF-8"
	// NoHosts: a layer has at least one host.
	NoHosts OptionReason = "there is no host"
)

// OptionError says which option of CONFIG a layer does not take.
type OptionError struct {
	Setting string // "CONFIG.serializer_format"
	Reason  OptionReason
}

func (e *OptionError) Error() string { return e.Setting + ": " + string(e.Reason) }

// ReplyError is an error reply of Redis.
type ReplyError struct {
	// Text is the server's own. It is not to be trusted and may hold names of
	// keys, so that it is no part of Error.
	Text string
}

// Code is the first word of the reply where it looks like one: "NOPERM",
// "OOM", "MOVED"; else "ERR".
func (e *ReplyError) Code() string {
	word, _, _ := strings.Cut(e.Text, " ")
	if len(word) == 0 || len(word) > 20 || strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "ERR"
	}
	return word
}

func (e *ReplyError) Error() string { return "Redis answered with the error " + e.Code() }

// OperationError says at which step of which operation a layer failed, and on
// which shard.
type OperationError struct {
	Operation string // as the layer's method in Python: "send", "group_add"
	Step      string // the command: "ZADD"
	Shard     int
	Err       error
}

func (e *OperationError) Error() string {
	return fmt.Sprintf("%s: %s on shard %d: %s", e.Operation, e.Step, e.Shard, e.Err)
}

// Unwrap is the cause.
func (e *OperationError) Unwrap() error { return e.Err }
