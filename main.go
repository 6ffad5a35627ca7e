// Command terraform-provider-channels is the Terraform provider for Django
// Channels' channel layers. With the argument "check" it checks a layer without
// Terraform, see package cli.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/channel-layer/terraform-provider-channels/internal/cli"
	"github.com/channel-layer/terraform-provider-channels/internal/provider"
)

// version is set by the release build.
var version = "dev"

func main() {
	os.Exit(run())
}

func run() int {
	if len(os.Args) > 1 && os.Args[1] == "check" {
		return cli.Main(os.Args[2:], version)
	}
	debug := flag.Bool("debug", false, "serve for a debugger such as delve, which starts the provider instead of Terraform")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *showVersion {
		fmt.Println("terraform-provider-channels", version)
		return 0
	}
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve("registry.terraform.io/channel-layer/channels", provider.NewServer(version), options...)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
