package cli

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/envfile"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// given are the variables and the packages of the app, as they were read.
type given struct {
	source    Source
	variables map[string]channelconfig.Value[secret.String]
	// reading is what there is to say about the text of a .env file.
	reading  finding.Outcome
	packages packages.Set
}

// largest bounds the files that are read.
const largest = packages.MaxText

// matter are the variables that are read.
func matter(names channelconfig.Variables) []string {
	return []string{names.RedisURL, names.RedisHost, names.RedisPort, names.Hosts, names.Debug}
}

// read reads what the options name. The error quotes no name of a file: people
// put whole URLs where one belongs.
func (p Process) read(o options) (given, error) {
	g := given{source: Source{Kind: "environment"}, reading: finding.Pass()}
	if o.requirements != "" {
		text, err := p.file("requirements", o.requirements)
		if err != nil {
			return given{}, err
		}
		if g.packages, err = packages.FromRequirements(text); err != nil {
			return given{}, &UsageError{Message: "--requirements: " + err.Error() + "."}
		}
	}
	if o.envFile == "" {
		g.variables = p.variables()
		return g, nil
	}
	text, err := p.file("env-file", o.envFile)
	if err != nil {
		return given{}, err
	}
	g.source = Source{Kind: "env_file", Path: o.envFile}
	g.variables, g.reading = envfile.Read(secret.New(text), matter(channelconfig.DefaultVariables())...)
	return g, nil
}

// file reads a file whose name was given for a flag.
func (p Process) file(flag, name string) (string, error) {
	var data []byte
	var err error
	if name == "-" {
		data, err = io.ReadAll(io.LimitReader(p.Stdin, largest+1))
	} else {
		data, err = p.ReadFile(name)
	}
	var why string
	switch {
	case errors.Is(err, fs.ErrNotExist):
		why = "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		why = "this user may not read the file"
	case err != nil:
		why = "the file cannot be read"
	case len(data) > largest:
		why = "the file is too large"
	default:
		return string(data), nil
	}
	return "", &UsageError{Message: "--" + flag + ": " + why + "."}
}

// variables are those of the environment that matter.
func (p Process) variables() map[string]channelconfig.Value[secret.String] {
	names := matter(channelconfig.DefaultVariables())
	vars := map[string]channelconfig.Value[secret.String]{}
	for _, entry := range p.Environ {
		name, value, ok := strings.Cut(entry, "=")
		if ok && slices.Contains(names, name) {
			vars[name] = channelconfig.Known(secret.New(value))
		}
	}
	return vars
}

// variable is one of the environment's that is no secret, "" where unset.
func (p Process) variable(name string) string {
	for _, entry := range p.Environ {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}
