// Package lint holds the static rules: what can be said about a channel layer
// from its settings alone, without a network. One rule stands in each file
// rule_<slug>.go, as one literal that holds its code, its ID and its
// documentation; registry_gen.go lists them.
//
// What the rules know about Python comes from redisurl (redis-py's parse_url)
// and from [channelconfig.Resolve] (the settings code); they add only what a
// person meant and did not get. No finding quotes a value: a URL that is
// broken cannot be cut into parts that are safe to show, and people put whole
// URLs, passwords included, where a host name belongs. Findings name the place
// instead.
//
// Rules that do not exist because the mistake cannot be expressed: CONFIG options
// of a wrong type (capacity = "100"), since settings are typed.
//
// Rules that do not exist because they would cry wolf: underscores in host
// names, percent signs in passwords (a correctly encoded one is full of them),
// a password where the server may have none.
package lint

//go:generate go run ../../gen/registry -files rule_*.go -type Rule -func Rules
