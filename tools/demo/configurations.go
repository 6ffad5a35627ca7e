package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The directories below the temporary one, a configuration in each.
const (
	layersDir = "layers"
	typoDir   = "typo"
	newDir    = "new"
)

// head stands at the top of every configuration.
const head = `terraform {
  required_providers {
    channels = { source = "` + providerAddress + `" }
  }
}

# The demo's app would run on this machine, beside its Redis.
provider "channels" {
  findings = { "host/loopback" = "off" }
}

variable "redis_url" {
  type      = string
  sensitive = true
  default   = null
}
`

// layersBody takes the path of the example module.
const layersBody = `
module "production" {
  source    = %[1]q
  redis_url = var.redis_url
  packages  = { channels_redis = "4.3.0", redis = "7.4.1" }
}

module "local" {
  source   = %[1]q
  debug    = true
  packages = { channels_redis = "4.3.0", redis = "7.4.1" }
}

output "production" {
  sensitive = true
  value     = module.production
}

output "local" {
  sensitive = true
  value     = module.local
}
`

// typoBody takes the URL.
const typoBody = `
resource "channels_layer" "typo" {
  redis_url = %[1]q
  packages  = { channels_redis = "4.3.0", redis = "7.4.1" }
}
`

const newBody = `
resource "channels_layer" "new" {
  redis_url = var.redis_url
  packages  = { channels_redis = "4.3.0", redis = "7.4.1" }
  check     = { wait = "3s" }
}
`

func (s *stage) writeLayers() error {
	return s.write(layersDir, fmt.Sprintf(layersBody, filepath.ToSlash(filepath.Join(s.root, exampleModule))))
}

func (s *stage) writeTypo(url string) error { return s.write(typoDir, fmt.Sprintf(typoBody, url)) }

func (s *stage) writeNew() error { return s.write(newDir, newBody) }

// write writes the configuration of one directory.
func (s *stage) write(name, body string) error {
	dir := filepath.Join(s.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("write a configuration: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(head+body), 0o600); err != nil {
		return fmt.Errorf("write a configuration: %w", err)
	}
	return nil
}

// get takes in the modules: with dev_overrides that is all `init` would do.
func (s *stage) get(ctx context.Context, name string) error {
	got, err := s.cli.run(ctx, filepath.Join(s.dir, name), nil, "get", "-no-color")
	if err != nil {
		return err
	}
	return s.expect(got, succeeds, "")
}

// withURL runs a command with var.redis_url, passed where no process list and no
// file shows it.
func (s *stage) withURL(ctx context.Context, name, url string, arguments ...string) (result, error) {
	return s.cli.run(ctx, filepath.Join(s.dir, name), []string{"TF_VAR_redis_url=" + url}, arguments...)
}

// outcome is how a command has to end.
type outcome bool

const (
	succeeds outcome = true
	fails    outcome = false
)

// expect compares how a command ended and what it said with what it has to, and
// sees to it that no secret was in it.
func (s *stage) expect(got result, want outcome, text string, secrets ...string) error {
	for _, secret := range append(secrets, s.redis.password) {
		if strings.Contains(got.output, secret) {
			return errors.New("a password was in the output of the last step")
		}
	}
	if outcome(got.code == 0) != want {
		return fmt.Errorf("the last step ended with exit status %d; it said:\n%s", got.code, got.output)
	}
	// A long line is wrapped anywhere.
	if !strings.Contains(strings.Join(strings.Fields(got.output), " "), text) {
		return fmt.Errorf("the last step did not say %q; it said:\n%s", text, got.output)
	}
	return nil
}

// binaryName is the name under which dev_overrides look for the provider.
func binaryName() string {
	if runtime.GOOS == "windows" {
		return "terraform-provider-channels.exe"
	}
	return "terraform-provider-channels"
}
