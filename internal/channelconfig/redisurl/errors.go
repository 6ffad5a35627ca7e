package redisurl

import "fmt"

// Stage is when redis-py refuses a URL.
type Stage int

// Stages.
const (
	// AtParse: when the pool is made from the URL (ConnectionPool.from_url).
	AtParse Stage = iota + 1
	// AtConnect: when the pool makes its first connection object
	// (ConnectionPool.make_connection), before it dials.
	AtConnect
)

// String is "parse" or "connect".
func (s Stage) String() string {
	if s == AtConnect {
		return "connect"
	}
	return "parse"
}

// Exceptions, as a Python traceback names them.
const (
	valueError      = "ValueError"
	typeError       = "TypeError"
	attributeError  = "AttributeError"
	unboundError    = "UnboundLocalError"
	redisError      = "redis.exceptions.RedisError"
	dataError       = "redis.exceptions.DataError"
	connectionError = "redis.exceptions.ConnectionError"
)

// Error says why and where redis-py refuses a URL. It never holds any of the
// URL's text.
type Error struct {
	Reason Reason
	Stage  Stage
	// Exception is the Python exception's class as a traceback names it:
	// "ValueError", "redis.exceptions.RedisError".
	Exception string
	// Offset is the byte offset in the text given to Parse at which the
	// reason lies, -1 where it lies in no one place.
	Offset int
	// Argument is the query argument at fault, if it is one that redis-py or
	// a well-known client knows; else "": the name may be a piece of a
	// password.
	Argument string
	// Written are the facts about the text that could be told in spite of
	// the refusal.
	Written Written
}

func (e *Error) Error() string {
	where := ""
	if e.Argument != "" {
		where = fmt.Sprintf(" (query argument %s)", e.Argument)
	}
	if e.Offset >= 0 {
		where += fmt.Sprintf(" at byte %d", e.Offset)
	}
	return fmt.Sprintf("%s: %s%s", e.Exception, e.Reason.Text(), where)
}
