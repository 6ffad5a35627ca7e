// Package faults is the matrix of faults: one row a fault, and for each what
// plan, apply and the data source channels_redis must say of it, within what
// time, and that nothing is left behind. Every row runs with the real Terraform
// at the command line and, where the fault can be made in one process, against
// internal/redisprobe alone.
//
// The rows are data, in rows_<theme>_test.go; the engine is in the other files.
//
//	go test ./test/faults -run 'TestMatrix/terraform/auth' ...
//
// runs the rows of a theme (CHANNELS_REAL=1, as for all command-line tests).
//
// # Time
//
// Each row is held to the configured timeout and one second. What is measured is
// the request that Terraform made of the provider (PlanResourceChange,
// ApplyResourceChange, ReadDataSource), as terraform-plugin-go measures it around
// all of our code: the start of processes and Terraform's own work, which take
// their time on a busy machine, are not in it. The time that the check itself
// logs is held to the same bound.
//
// # What is left
//
// After each command no connection to a server may be open, no process of the
// workspace may run, and the keys of a server are the same as before, byte by
// byte. Where a fault keeps the check from removing its own keys, what is left
// must expire within 30 seconds. In process, goroutines are looked for when all
// rows have run, and connections after each.
package faults

import (
	"os"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

func TestMain(m *testing.M) {
	code := m.Run()
	tfcli.CleanUp()
	os.Exit(code)
}
