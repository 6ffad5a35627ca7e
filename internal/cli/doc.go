// Package cli is the check command: the engine of the provider without
// Terraform, for somebody in the app's container. It reads the variables that
// the app has, says which channel layer comes of them and where each value
// comes from, connects to its Redis as the app would, and names one next step.
//
// [Main] and [Run] are the edge: environment, files, network, terminal. What
// they gather goes through a plan (what to check) into a [Result] (what came
// of it), which is rendered as text or as JSON; none of that reaches outside.
//
// The command ends with
//
//   - 0: passed. There may be warnings; they say so.
//   - 1: failed. At least one finding is an error.
//   - 2: undetermined. It could not be found out: nothing answered, a value
//     that readers do not read alike, a name that exists only elsewhere. So do
//     arguments and files that cannot be read, with a message on standard
//     error and nothing on standard output.
//
// Secrets come in through variables and files alone: command lines are visible
// to everybody on a machine. None is printed, whatever is wrong with it, and
// neither is an argument that was not understood.
//
// It installs no signal handler: Ctrl-C ends it at once. What a round trip has
// written by then expires within 30 seconds; all else only looks.
package cli
