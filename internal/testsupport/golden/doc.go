// Package golden keeps what users see of each finding: the block that Terraform
// prints for it, in testdata/golden/<category>/<slug>.txt for an error and
// <slug>.warning.txt for a warning. They are kept to be read: a change of wording
// shows up in a review as the text that it is.
//
// A test that has provoked a finding at the command line holds it to its file
// with one call:
//
//	golden.Block{Secrets: []string{password}}.Check(t, "auth/wrong-password", w.Run("plan"))
//
// One test an id and severity: the file holds one wording. Of the ways that lead
// to a finding take the most ordinary one, with a layer that is called "this", and
// no other layer with the same finding in the same run.
//
// What channels_websocket finds never is a diagnostic of its own. What a delivery
// does not say either is kept as a check block shows it: Block.CheckAssertion,
// <slug>.check.txt.
//
// "go test ./test/... -run <test> -update" writes the files anew. The flag is
// this package's, so that a test package that uses it must not define another.
//
// What is another in every run (ports, directories, measured times, process ids,
// dates, versions of the server) is replaced, and lines are broken as Terraform
// would break the text that comes of it. [Block.Replace] takes care of more.
//
// Check fails, whatever the file says, where the block shows a secret, has a
// summary of 70 characters or more, or says no "Fix:". [All] lists what is kept,
// and is how a test notices that nothing is kept for an id.
package golden
