package crash_test

import (
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/crash"
)

// canary is what no report may show.
const canary = "canary-5up3r-s3cr3t"

// said is a panic's value that would show a secret.
type said struct{ secret string }

func (s said) Error() string  { return s.secret }
func (s said) String() string { return s.secret }

//go:noinline
func throws(secret string, _ int) { panic(said{secret}) }

func TestGuard_ReportSaysWhereAndNotWhat(t *testing.T) {
	report := crash.Guard(func() { throws(canary, 42) })
	if report == nil {
		t.Fatal("no report")
	}
	if !strings.HasSuffix(report.Kind, "crash_test.said") {
		t.Errorf("the kind is %q", report.Kind)
	}
	first, _, _ := strings.Cut(report.Stack, "\n")
	if !strings.HasSuffix(first, "crash_test.throws") {
		t.Errorf("the stack begins with %q, not with what panicked:\n%s", first, report.Stack)
	}
	if !strings.Contains(report.Stack, "crash_test.go:") {
		t.Errorf("the stack names no file:\n%s", report.Stack)
	}
	for _, text := range []string{report.Error(), report.Stack, report.Kind} {
		if strings.Contains(text, canary) || strings.Contains(text, "0x") {
			t.Errorf("the report shows a value: %s", strings.ReplaceAll(text, canary, "<HERE>"))
		}
	}
}

func TestGuard_NilDereferenceBeginsWhereItHappened(t *testing.T) {
	var nothing *said
	report := crash.Guard(func() { _ = nothing.secret + "x" })
	if report == nil || strings.HasPrefix(report.Stack, "runtime.") {
		t.Errorf("got %+v", report)
	}
}

func TestGuard_NothingToReport(t *testing.T) {
	ran := false
	if report := crash.Guard(func() { ran = true }); report != nil || !ran {
		t.Errorf("ran: %v, got %+v", ran, report)
	}
}
