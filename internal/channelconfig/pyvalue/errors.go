package pyvalue

import "fmt"

// Reason is why Python does not read a text as a number. The set is closed.
type Reason string

// Reasons.
const (
	// Empty: nothing but white space, or nothing at all.
	Empty Reason = "empty"
	// Malformed: a character that does not belong there.
	Malformed Reason = "malformed"
	// TooLong: more than [MaxDigits] digits, which int() refuses since 3.10.7.
	TooLong Reason = "too-long"
)

// Text is a short phrase that completes "the value ...".
func (r Reason) Text() string {
	switch r {
	case Empty:
		return "is empty or white space"
	case TooLong:
		return "has more than 4300 digits"
	default:
		return "has a character that is not part of a number"
	}
}

// Error says why and where Python refuses a text with a ValueError. It never
// holds any of the text.
type Error struct {
	Reason Reason
	// Offset is the byte offset in the text at which the first character
	// stands that does not fit; the length of the text where it ends early.
	Offset int
}

func (e *Error) Error() string {
	return fmt.Sprintf("ValueError: the value %s (at byte %d)", e.Reason.Text(), e.Offset)
}
