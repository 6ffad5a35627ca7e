package packages

import (
	"errors"
	"testing"
)

// FuzzParseVersion: a version reads back as itself, keeps its order, and a
// refusal is typed and quotes nothing.
func FuzzParseVersion(f *testing.F) {
	for _, seed := range []string{"", "4.3.0", "v4.3.0rc1", "0!1.2.3.post1.dev2+local-1", "99999999999.1", "1.", " 2 ", "4.3.0-", "\u0664.3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		version, err := ParseVersion(text)
		if err != nil {
			var refused *Error
			if !errors.As(err, &refused) || *refused != (Error{Reason: refused.Reason}) {
				t.Fatalf("the refusal says more than a reason: %#v", err)
			}
			return
		}
		if version.Major < 0 || version.Minor < 0 || version.Micro < 0 {
			t.Fatalf("a negative number in %v", version)
		}
		again, err := ParseVersion(version.String())
		if err != nil || again != version || again.Compare(version) != 0 {
			t.Fatalf("%v reads back as %v, %v", version, again, err)
		}
		if !version.AtLeast(version.Major, version.Minor, version.Micro) || version.AtLeast(version.Major+1, 0, 0) {
			t.Fatalf("%v does not keep its order", version)
		}
	})
}
