// Command registry lists the rules of a package: it looks through the files of
// the current directory that match -files for package variables that are
// literals of -type, and writes registry_gen.go with a function -func that
// returns them, in the order of their files.
//
// It is run by go generate; a test of the package that it writes into compares
// the file with scan.Generate's result.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/channel-layer/terraform-provider-channels/internal/gen/registry/scan"
)

func main() {
	var o scan.Options
	flag.StringVar(&o.Files, "files", "rule_*.go", "pattern of the files to look through")
	flag.StringVar(&o.Type, "type", "Rule", "type of the literals to list")
	flag.StringVar(&o.Func, "func", "Rules", "name of the function to write")
	flag.Parse()
	if err := write(o); err != nil {
		fmt.Fprintln(os.Stderr, "registry:", err)
		os.Exit(1)
	}
}

func write(o scan.Options) error {
	source, err := scan.Generate(".", o)
	if err != nil {
		return err
	}
	return os.WriteFile(scan.File, source, 0o644)
}
