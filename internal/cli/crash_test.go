package cli

import (
	"context"
	"strings"
	"testing"
	"time"
)

// A defect of the command is a bug report without a secret, and no pass.
func TestRun_PanicIsAReportWithoutWhatItSaid(t *testing.T) {
	const canary = "canary-5up3r-s3cr3t"
	var out, failed strings.Builder
	code := Run(context.Background(), Process{
		Args:     []string{"--env-file", "made-up.env"},
		Stdout:   &out,
		Stderr:   &failed,
		ReadFile: func(string) ([]byte, error) { panic(canary) },
		Now:      time.Now,
		Version:  "1.2.3",
	})
	if code != ExitUndetermined {
		t.Errorf("exit code %d", code)
	}
	if strings.Contains(failed.String()+out.String(), canary) {
		t.Error("what the panic said is shown")
	}
	for _, part := range []string{"crash_test.go:", "1.2.3", issues, "panic of type string"} {
		if !strings.Contains(failed.String(), part) {
			t.Errorf("the report lacks %q:\n%s", part, failed.String())
		}
	}
}
