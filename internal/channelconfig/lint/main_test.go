package lint

import (
	"flag"
	"os"
	"testing"
)

// atOnce is how many of the tests that are parallel run at once. Most of their
// time they wait for real Python packages, which wait for messages: more of them
// than there are processors.
const atOnce = "10"

func TestMain(m *testing.M) {
	flag.Parse()
	explicit := false
	flag.Visit(func(f *flag.Flag) { explicit = explicit || f.Name == "test.parallel" })
	if !explicit {
		if err := flag.Set("test.parallel", atOnce); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}
