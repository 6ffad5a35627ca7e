// Package crash tells of a panic what may be told: where it happened, and
// never what it said, which may quote a setting.
package crash

import (
	"fmt"
	"runtime"
	"strings"
)

// Report is a panic that was recovered. As an error it names the kind of value
// that was thrown.
type Report struct {
	// Kind is the type of the panic's value. The value itself may hold anything
	// and is dropped.
	Kind string
	// Stack are the calls that led to it, innermost first: function, file and
	// line, without the values of arguments.
	Stack string
}

// Error names the kind of the panic, and nothing that it said.
func (r *Report) Error() string { return "a bug: panic of type " + r.Kind }

// deepest is how many calls a report lists at most.
const deepest = 64

// Caught makes the report of what recover returned. Call it in the deferred
// function that called recover.
func Caught(value any) *Report {
	// Without runtime.Callers and Caught itself.
	const own = 2
	callers := make([]uintptr, deepest)
	frames := runtime.CallersFrames(callers[:runtime.Callers(own, callers)])
	var b strings.Builder
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		switch frame.Function {
		case "runtime.gopanic", "runtime.panicmem", "runtime.sigpanic":
			// What stands above is the recovery.
			b.Reset()
			continue
		case "":
			continue
		}
		if strings.HasSuffix(frame.Function, guardName) {
			// Who called Guard has nothing to do with it.
			break
		}
		fmt.Fprintf(&b, "%s\n\t%s:%d\n", frame.Function, frame.File, frame.Line)
	}
	return &Report{Kind: fmt.Sprintf("%T", value), Stack: b.String()}
}

// guardName ends the name of Guard in a stack.
const guardName = "/internal/crash.Guard"

// Guard calls do and reports its panic, or nil.
func Guard(do func()) (report *Report) {
	defer func() {
		if value := recover(); value != nil {
			report = Caught(value)
		}
	}()
	do()
	return nil
}

// Contained is do for a goroutine of its own where nobody waits for more than
// its end: a panic of it ends nothing else.
func Contained(do func()) func() { return func() { _ = Guard(do) } }
