package pyvalue

import "math/big"

// MaxDigits is how many digits int() reads before it refuses
// (sys.int_info.default_max_str_digits).
const MaxDigits = 4300

// Int is Python's int(text): a decimal number with an optional sign, single
// underscores between digits, digits of any script, and white space around
// it. What Python refuses with a ValueError is an [*Error].
func Int(text string) (*big.Int, error) {
	b := transform(text).trimmed()
	i := 0
	if i < len(b.ascii) && (b.ascii[i] == '+' || b.ascii[i] == '-') {
		i++
	}
	digits := make([]byte, 0, len(b.ascii))
	previous := byte('_') // an underscore cannot come first
	for ; i < len(b.ascii); i++ {
		c := b.ascii[i]
		switch {
		case isDigit(c):
			digits = append(digits, c)
		case c != '_' || previous == '_':
			return nil, b.refuse(i)
		}
		previous = c
	}
	if previous == '_' { // no digit at all, or an underscore at the end
		return nil, b.refuse(i)
	}
	if len(digits) > MaxDigits {
		return nil, &Error{TooLong, b.at[0]}
	}
	// digits holds ASCII digits only, at least one: SetString cannot fail.
	n, _ := new(big.Int).SetString(string(digits), 10)
	if b.ascii[0] == '-' {
		n.Neg(n)
	}
	return n, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
