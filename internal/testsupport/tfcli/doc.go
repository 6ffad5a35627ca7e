// Package tfcli runs real Terraform and OpenTofu binaries against the real
// provider binary, as a user does at a command line: each in a directory and an
// environment of its own.
//
// What it takes from the environment, which tools/test.sh sets:
//
//	CHANNELS_REAL=1         run such tests, and let nothing that is missing skip
//	CHANNELS_TERRAFORM      Terraform; unset: the one on PATH; empty: none
//	CHANNELS_TOFU           OpenTofu; unset: the one on PATH or in the cache
//	CHANNELS_TERRAFORM_OLD  the oldest Terraform; unset: the one in the cache
//	CHANNELS_PROVIDER_BIN   the provider; unset: built once for the process
//	CHANNELS_FULL=1         run the expensive tests with every binary
//
// A package that uses it should call [CleanUp] at the end of its TestMain.
package tfcli
