package pyvalue

import (
	"math"
	"strconv"
	"strings"
)

// Float is Python's float(text): a decimal number with optional sign, point
// and exponent, single underscores between digits, digits of any script,
// "inf", "infinity" and "nan" in any case, and white space around it. What is
// too large is infinite, what is too small is 0. What Python refuses with a
// ValueError is an [*Error].
func Float(text string) (float64, error) {
	b := transform(text).trimmed()
	i := 0
	if i < len(b.ascii) && (b.ascii[i] == '+' || b.ascii[i] == '-') {
		i++
	}
	switch strings.ToLower(string(b.ascii[i:])) {
	case "inf", "infinity":
		if b.ascii[0] == '-' {
			return math.Inf(-1), nil
		}
		return math.Inf(1), nil
	case "nan":
		return math.NaN(), nil
	}
	end, ok := scanDecimal(b.ascii, i)
	if !ok || end < len(b.ascii) {
		return 0, b.refuse(end)
	}
	// The grammar is checked, so the only error left is the range, for which
	// ParseFloat returns what Python does.
	f, _ := strconv.ParseFloat(strings.ReplaceAll(string(b.ascii), "_", ""), 64)
	return f, nil
}

// scanDecimal returns how far a number without sign reaches from i, and
// whether it is complete.
func scanDecimal(ascii []byte, i int) (end int, ok bool) {
	whole, i, ok := scanDigits(ascii, i)
	if !ok {
		return i, false
	}
	fraction := 0
	if i < len(ascii) && ascii[i] == '.' {
		if fraction, i, ok = scanDigits(ascii, i+1); !ok {
			return i, false
		}
	}
	if whole+fraction == 0 {
		return i, false
	}
	if i < len(ascii) && (ascii[i] == 'e' || ascii[i] == 'E') {
		i++
		if i < len(ascii) && (ascii[i] == '+' || ascii[i] == '-') {
			i++
		}
		exponent, end, ok := scanDigits(ascii, i)
		if !ok || exponent == 0 {
			return end, false
		}
		i = end
	}
	return i, true
}

// scanDigits counts the digits from i on, with single underscores between
// them, and returns where they end. Not ok: an underscore without a digit on
// both sides.
func scanDigits(ascii []byte, i int) (count, end int, ok bool) {
	for ; i < len(ascii); i++ {
		switch {
		case isDigit(ascii[i]):
			count++
		case ascii[i] != '_':
			return count, i, true
		case count == 0 || i+1 == len(ascii) || !isDigit(ascii[i+1]):
			return count, i, false
		}
	}
	return count, i, true
}
