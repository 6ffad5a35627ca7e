package channelconfig

// Value is a setting that is unset, set to something not known yet, or known.
// The zero value is unset.
type Value[T any] struct {
	state state
	value T
}

type state int

const (
	unset state = iota
	unknown
	known
)

// Known is a value that is there.
func Known[T any](v T) Value[T] { return Value[T]{state: known, value: v} }

// Unknown is a value that is set, to something that is not known yet.
func Unknown[T any]() Value[T] { return Value[T]{state: unknown} }

// IsSet reports whether the value is set, known or not.
func (v Value[T]) IsSet() bool { return v.state != unset }

// IsKnown reports whether the value is set and known.
func (v Value[T]) IsKnown() bool { return v.state == known }

// IsUnknown reports whether the value is set and not known yet.
func (v Value[T]) IsUnknown() bool { return v.state == unknown }

// Get is the value, and whether it is known.
func (v Value[T]) Get() (T, bool) { return v.value, v.state == known }

// Or is the known value, or the given one where there is none.
func (v Value[T]) Or(otherwise T) T {
	if v.state == known {
		return v.value
	}
	return otherwise
}

// Else is v where it is set, known or not, and the other value where it is
// not.
func (v Value[T]) Else(other Value[T]) Value[T] {
	if v.IsSet() {
		return v
	}
	return other
}
