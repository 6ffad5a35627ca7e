// Command screens puts the kept screens of the check command into its guide.
// Its arguments are the guide and the directory of the screens.
//
// It is run by go generate; the test of package page compares the guide with
// what it would write.
package main

import (
	"fmt"
	"os"

	"github.com/channel-layer/terraform-provider-channels/internal/gen/screens/page"
)

//go:generate go run . ../../../templates/guides/check-command.md ../../cli/testdata

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: screens FILE DIRECTORY")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}

func run(guide, screens string) error {
	text, err := os.ReadFile(guide)
	if err != nil {
		return err
	}
	filled, err := page.Fill(string(text), os.DirFS(screens))
	if err != nil {
		return err
	}
	return os.WriteFile(guide, []byte(filled), 0o644)
}
