package pyvalue_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python/generate"
)

func TestInt_ReadsWhatPythonReads(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "6379": 6379, "-1": -1, "+1": 1, "-0": 0, "007": 7, "6_379": 6379, "1_2_3": 123,
		" 6379\n": 6379, "\t\v\f\r6379 ": 6379, "\u00a06379\u2003": 6379, "\u30001\u2029": 1, "\u00851": 1,
		"\u0666\u0663\u0667\u0669": 6379, "\uff16\uff13\uff17\uff19": 6379, "-\u0663": -3, "6\u0663": 63, "\u0663_\u0663": 33, "\U0001d7d9\U0001d7ff": 19,
	} {
		got, err := pyvalue.Int(text)
		if err != nil || got.Cmp(big.NewInt(want)) != 0 {
			t.Errorf("int(%q) is %v, %v", text, got, err)
		}
	}
}

func TestInt_SaysWhyAndWhere(t *testing.T) {
	for text, want := range map[string]pyvalue.Error{
		"":                               {Reason: pyvalue.Empty, Offset: 0},
		"  ":                             {Reason: pyvalue.Empty, Offset: 2},
		"\u2003":                         {Reason: pyvalue.Empty, Offset: 3},
		"x":                              {Reason: pyvalue.Malformed, Offset: 0},
		"6379.0":                         {Reason: pyvalue.Malformed, Offset: 4},
		"tcp://h:1":                      {Reason: pyvalue.Malformed, Offset: 0},
		" '6379'":                        {Reason: pyvalue.Malformed, Offset: 1},
		"_1":                             {Reason: pyvalue.Malformed, Offset: 0},
		"1__0":                           {Reason: pyvalue.Malformed, Offset: 2},
		"1_":                             {Reason: pyvalue.Malformed, Offset: 2},
		"-":                              {Reason: pyvalue.Malformed, Offset: 1},
		"- 1":                            {Reason: pyvalue.Malformed, Offset: 1},
		"+-1":                            {Reason: pyvalue.Malformed, Offset: 1},
		"\u0663x":                        {Reason: pyvalue.Malformed, Offset: 2},
		"\u00b2":                         {Reason: pyvalue.Malformed, Offset: 0},
		"1\x00":                          {Reason: pyvalue.Malformed, Offset: 1},
		"\x1c1":                          {Reason: pyvalue.Malformed, Offset: 0},
		"\x1c\u0661":                     {Reason: pyvalue.Malformed, Offset: 0},
		"1\xff":                          {Reason: pyvalue.Malformed, Offset: 1},
		strings.Repeat("1", 4301):        {Reason: pyvalue.TooLong, Offset: 0},
		strings.Repeat("0", 4301):        {Reason: pyvalue.TooLong, Offset: 0},
		"1" + strings.Repeat("_1", 4300): {Reason: pyvalue.TooLong, Offset: 0},
	} {
		_, err := pyvalue.Int(text)
		var got *pyvalue.Error
		if !errors.As(err, &got) || *got != want {
			t.Errorf("int(%.20q) gives %v, want %v", text, err, &want)
		}
	}
}

func TestInt_LimitIsCountedInDigits(t *testing.T) {
	for _, text := range []string{strings.Repeat("9", 4300), "-" + strings.Repeat("9", 4300), "1" + strings.Repeat("_1", 4299), " " + strings.Repeat("\uff11", 4300)} {
		if _, err := pyvalue.Int(text); err != nil {
			t.Errorf("%d digits: %v", 4300, err)
		}
	}
}

func TestFloat_ReadsWhatPythonReads(t *testing.T) {
	for text, want := range map[string]float64{
		"10": 10, "-1.5": -1.5, ".5": .5, "5.": 5, "1e3": 1000, "1E-3": .001, "1_0.5_0e1_0": 10.5e10, " 7\n": 7, "\u0663.\u0665": 3.5,
		"inf": math.Inf(1), "-Infinity": math.Inf(-1), "+INF": math.Inf(1), "1e400": math.Inf(1), "-1e400": math.Inf(-1), "1e-400": 0,
		"1.7976931348623159e308": math.Inf(1), "4.9e-324": math.SmallestNonzeroFloat64,
	} {
		if got, err := pyvalue.Float(text); err != nil || got != want {
			t.Errorf("float(%q) is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"nan", "-NaN", "+nan"} {
		if got, err := pyvalue.Float(text); err != nil || !math.IsNaN(got) {
			t.Errorf("float(%q) is %v, %v", text, got, err)
		}
	}
}

func TestFloat_SaysWhyAndWhere(t *testing.T) {
	for text, want := range map[string]pyvalue.Error{
		"":       {Reason: pyvalue.Empty, Offset: 0},
		".":      {Reason: pyvalue.Malformed, Offset: 1},
		"5s":     {Reason: pyvalue.Malformed, Offset: 1},
		"1e":     {Reason: pyvalue.Malformed, Offset: 2},
		"1_.5":   {Reason: pyvalue.Malformed, Offset: 1},
		"1._5":   {Reason: pyvalue.Malformed, Offset: 2},
		"0x1p3":  {Reason: pyvalue.Malformed, Offset: 1},
		"infx":   {Reason: pyvalue.Malformed, Offset: 0},
		"nan(1)": {Reason: pyvalue.Malformed, Offset: 0},
		"1,5":    {Reason: pyvalue.Malformed, Offset: 1},
	} {
		_, err := pyvalue.Float(text)
		var got *pyvalue.Error
		if !errors.As(err, &got) || *got != want {
			t.Errorf("float(%q) gives %v, want %v", text, err, &want)
		}
	}
}

func TestError_HoldsNothingOfTheText(t *testing.T) {
	for _, text := range []string{"sesame", "12sesame", "sesame12", " sesame", strings.Repeat("7", 5000)} {
		_, intErr := pyvalue.Int(text)
		_, floatErr := pyvalue.Float("x" + text)
		for _, err := range []error{intErr, floatErr} {
			if err == nil || strings.Contains(err.Error(), "same") || strings.Contains(err.Error(), "777") {
				t.Errorf("%.10q: %v", text, err)
			}
		}
	}
}

// hexOf is the value in the oracle's spelling.
func hexOf(n *big.Int) string {
	if n.Sign() < 0 {
		return "-0x" + new(big.Int).Neg(n).Text(16)
	}
	return "0x" + n.Text(16)
}

func compareInt(t *testing.T, oracle *python.Oracle, text string) {
	t.Helper()
	want, ok := oracle.Int(text)
	got, err := pyvalue.Int(text)
	if ok != (err == nil) || ok && hexOf(got) != want {
		t.Errorf("int(%.60q) is %.40s, %v in Python, %v in Go", text, want, ok, err)
	}
}

func compareFloat(t *testing.T, oracle *python.Oracle, text string) {
	t.Helper()
	want, ok := oracle.Float(text)
	got, err := pyvalue.Float(text)
	same := ok == (err == nil)
	if ok && err == nil {
		f, _ := strconv.ParseFloat(want, 64)
		same = f == got || math.IsNaN(f) && math.IsNaN(got)
	}
	if !same {
		t.Errorf("float(%.60q) is %.40s, %v in Python, %v, %v in Go", text, want, ok, got, err)
	}
}

func TestOracle_GeneratedNumbers(t *testing.T) {
	oracle := python.Start(t, "redis-8.1")
	seed := python.Seed(t, 1)
	for index := range uint64(python.Cases(t, 3000)) {
		text := generate.Number(seed, index)
		compareInt(t, oracle, text)
		compareFloat(t, oracle, text)
	}
}

// newer: digits that came with Unicode 15.0, which CPython before 3.12 does not
// know (doc.go).
func newer(r rune) bool {
	return r >= 0x11f50 && r <= 0x11f59 || r >= 0x1e4f0 && r <= 0x1e4f9
}

func TestOracle_EveryCharacterIsDigitOrSpaceAsInPython(t *testing.T) {
	oracle := python.Start(t, "redis-8.1")
	numbers := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		// What is no digit, space or near it is looked at in strides.
		near := unicode.In(r, unicode.N, unicode.Z, unicode.Cc, unicode.Cf) || pyvalue.IsSpace(r) || r%257 == 0
		if r >= 0xd800 && r <= 0xdfff || !near || newer(r) {
			continue
		}
		numbers++
		for _, text := range []string{string(r), "1" + string(r), string(r) + "\u0661"} {
			compareInt(t, oracle, text)
		}
		if got, want := pyvalue.Strip(string(r)+"x"), oracle.Text("strip", string(r)+"x"); got != want {
			t.Errorf("strip of U+%04X gives %q, in Python %q", r, got, want)
		}
	}
	t.Logf("%d characters", numbers)
}

func FuzzInt(f *testing.F) {
	for _, seed := range []string{"", "6379", " 6_3\u0667\n", "-1", "\x1c1", "1\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := pyvalue.Int(text)
		if err == nil {
			// What Python reads, Python prints, and reads again.
			again, err := pyvalue.Int(n.String())
			if err != nil || again.Cmp(n) != 0 {
				t.Errorf("%q is %s, which does not read back: %v", text, n, err)
			}
			return
		}
		checkError(t, text, err)
	})
}

func FuzzFloat(f *testing.F) {
	for _, seed := range []string{"", "1.5", "1_0e-3", "nan", "-inf", " \u0661.\u0662 ", "0x1p1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := pyvalue.Float(text)
		if err == nil {
			again, err := pyvalue.Float(fmt.Sprint(x))
			if err != nil || again != x && !math.IsNaN(x) {
				t.Errorf("%q is %v, which does not read back: %v", text, x, err)
			}
			return
		}
		checkError(t, text, err)
	})
}

func checkError(t *testing.T, text string, err error) {
	t.Helper()
	var refused *pyvalue.Error
	if !errors.As(err, &refused) || refused.Offset < 0 || refused.Offset > len(text) {
		t.Errorf("%q: %v", text, err)
	}
}

func TestStrip_TakesWhatPythonCallsSpace(t *testing.T) {
	for text, want := range map[string]string{
		" \t\n\v\f\r\x1c\x1d\x1e\x1f\u0085\u00a0\u1680\u2003\u2028\u3000x\x1f ": "x",
		"\u200bx\ufeff": "\u200bx\ufeff", "x\x00": "x\x00", "": "", " ": "",
	} {
		if got := pyvalue.Strip(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
