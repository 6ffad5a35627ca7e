// Command terraform-provider-channels is the Terraform provider for Django
// Channels' channel layers. With the argument "check" it checks a layer without
// Terraform, see package cli.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/channel-layer/terraform-provider-channels/internal/cli"
	"github.com/channel-layer/terraform-provider-channels/internal/provider"
)

// version is set by the release build.
var version = "dev"

// usage is for whoever starts the binary by hand.
const usage = `terraform-provider-channels is a Terraform provider, which Terraform starts by
itself, and a command:

  terraform-provider-channels check         checks the channel layer of this machine's variables
  terraform-provider-channels check --help  says what it can do besides

Flags of the provider:
`

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(arguments []string, stdout, stderr io.Writer) int {
	if len(arguments) > 0 && arguments[0] == "check" {
		return cli.Main(arguments[1:], version)
	}
	flags := flag.NewFlagSet("terraform-provider-channels", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // its errors repeat what was given, which may be a URL
	debug := flags.Bool("debug", false, "serve for a debugger such as delve, which starts the provider instead of Terraform")
	showVersion := flags.Bool("version", false, "print the version and exit")
	err := flags.Parse(arguments)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(stdout, usage)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return 0
	case err != nil || flags.NArg() > 0:
		_, _ = io.WriteString(stderr, "There is no such command or flag.\n\n"+usage)
		flags.SetOutput(stderr)
		flags.PrintDefaults()
		return 2
	case *showVersion:
		_, _ = fmt.Fprintln(stdout, "terraform-provider-channels", version)
		return 0
	}
	return serve(*debug, stderr)
}

// serve is the provider, until Terraform ends it.
func serve(debug bool, stderr io.Writer) int {
	var options []tf6server.ServeOpt
	if debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve("registry.terraform.io/channel-layer/channels", provider.NewServer(version), options...)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}
