// Command findings writes the guide of findings from the documentation that
// stands beside each rule and check. Its argument is the file to write.
//
// It is run by go generate; the test of package page compares the file with
// what it would write.
package main

import (
	"fmt"
	"os"

	"github.com/channel-layer/terraform-provider-channels/internal/catalog"
	"github.com/channel-layer/terraform-provider-channels/internal/gen/findings/page"
)

//go:generate go run . ../../../templates/guides/findings.md

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: findings FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], page.Render(catalog.Registry()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "findings:", err)
		os.Exit(1)
	}
}
