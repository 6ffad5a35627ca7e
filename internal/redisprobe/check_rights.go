package redisprobe

import (
	"slices"
	"strconv"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docMissingCommands = finding.Doc{
	ID:       "acl/missing-commands",
	Title:    "The Redis user may not run commands that the layer needs",
	Severity: finding.Error,
	Why: "Redis knows users with rights of their own (ACLs): each may run certain commands, on certain keys and channels. " +
		"This one can log in, so that the app seems to work until it uses a command that it lacks.",
	Django: "redis-py raises NoPermissionError, or ResponseError (\"The user executing the script can't run this command\"). " +
		"Without ZPOPMIN the first message is delivered again and again without end, and none after it.",
	Fix:  "Grant the commands with ACL SETUSER.",
	Live: true, Since: since,
	Sources: []string{"django/channels_redis#396", "redis.io/docs, ACL"},
}

var docMissingKeys = finding.Doc{
	ID:       "acl/missing-keys",
	Title:    "The Redis user may not use the keys of the layer",
	Severity: finding.Error,
	Why: "Redis knows users with rights of their own (ACLs), which name the keys that each may use by patterns, such as ~asgi*. " +
		"The core layer's keys all begin with its prefix, \"asgi\" unless CONFIG says otherwise, and no pattern of this user fits them.",
	Django: "redis-py raises NoPermissionError (\"this user has no permissions to access one of the keys\") when the layer sends or receives.",
	Fix:    "Grant the keys with ACL SETUSER.",
	Live:   true, Since: since,
	Sources: []string{"django/channels_redis#396", "redis.io/docs, ACL"},
}

var docMissingChannels = finding.Doc{
	ID:       "acl/missing-channels",
	Title:    "The Redis user may not use the channels of the layer",
	Severity: finding.Error,
	Why: "Redis knows users with rights of their own (ACLs), which name the channels that each may use by patterns, such as &asgi*. " +
		"From Redis 7 on a new user may use none until it is granted (resetchannels), which is easily forgotten: earlier ones granted all.",
	Django: "The pub/sub layer receives nothing. Subscribing raises nothing in the app: the layer logs NoPermissionError for each subscription that Redis refuses. Sending raises it.",
	Fix:    "Grant the channels with ACL SETUSER.",
	Live:   true, Since: since,
	Sources: []string{"redis/redis-py#2707", "redis/redis#12418"},
}

// docRightsUnknown is neither a pass nor an error. It is of severity Info,
// because a user with few rights, which is good practice, is the one who cannot
// be asked for them: a warning in every plan would be for those who did it well.
// The outcome's status says that it is not a pass.
var docRightsUnknown = finding.Doc{
	ID:       "acl/rights-unknown",
	Title:    "Whether the Redis user has all rights could not be found out",
	Severity: finding.Info,
	Why: "Redis knows users with rights of their own (ACLs). Whether this one may do everything that the layer does could not be learned without trying: " +
		"it may not ask, as is usual for users with few rights. On Redis 7 and later a user of the core layer can always be asked, since that layer needs EVAL.",
	Django: "If a right is missing, redis-py raises NoPermissionError when the layer needs it.",
	Fix:    "Compare the user's rights (ACL GETUSER, as an administrator) with the rule.",
	Live:   true, Since: since,
}

// rightsProblems are what the user lacks. One rule mends it all; each finding
// names its part.
func (a *attempt) rightsProblems(learned *survey) []*problem {
	r := &learned.rights
	if major := majorOf(a.result.server); major > 0 && major < 6 {
		r.unlimited() // there are no ACLs before Redis 6
	}
	var problems []*problem
	places := r.lackedPlaces()
	commands := r.with(no)
	if len(commands) > 0 {
		p := wrong(docMissingCommands, "The Redis user may not run "+sentenceOf(commands)+".",
			a.client()+" raises NoPermissionError when the layer needs one of them.")
		if slices.Equal(commands, []string{"zpopmin"}) {
			p.django = "The first message is delivered again and again without end, and none after it; " + a.client() + " raises NoPermissionError in the background each time."
		}
		granted := commands
		if len(places) == 0 && r.unknown() {
			// The rest could not be learned. Commands can be granted twice; patterns
			// cannot be added to ~*, and stay for another look.
			granted = slices.Concat(commands, r.with(unsure))
			p.observed += " What else it may do could not be found out."
		}
		p.fix = a.grant(nil, granted)
		problems = append(problems, p)
	}
	if len(places) > 0 {
		problems = append(problems, a.missingPlaces(places, r))
	}
	if len(problems) == 0 && r.unknown() {
		problems = append(problems, a.rightsUnknown(r))
	}
	return problems
}

func (a *attempt) missingPlaces(places map[place]verdict, r *rights) *problem {
	patterns := a.patterns(places)
	if a.request.layer().isPubSub() {
		p := wrong(docMissingChannels, "The Redis user may not use the channels "+strings.Join(patterns, " and ")+".",
			"The app receives nothing: the layer only logs NoPermissionError for each subscription that Redis refuses. Sending raises it.")
		p.fix = a.grant(patterns, r.with(unsure))
		return p
	}
	p := wrong(docMissingKeys, "The Redis user may not use the keys "+strings.Join(patterns, " and ")+", or may not change them.",
		a.client()+" raises NoPermissionError when the layer sends or receives.")
	p.fix = a.grant(patterns, r.with(unsure))
	return p
}

func (a *attempt) rightsUnknown(r *rights) *problem {
	observed := "The Redis user may not ask for its rights, so that what it lacks, if anything, is not known."
	patterns := a.patterns(r.places)
	if r.narrower {
		observed = "The Redis user may not use the group that this check made up, so that whether it may use those of the app is not known. If its patterns name the app's groups, all is well."
		patterns = a.patterns(map[place]verdict{group: unsure})
	}
	p := &problem{doc: docRightsUnknown, undetermined: true, observed: observed}
	p.fix = "Compare the user's rights (ACL GETUSER, as an administrator of Redis) with what the layer needs: " + rules(patterns, r.with(unsure)) + "."
	return p
}

// lackedPlaces are the places that the user cannot reach.
func (r *rights) lackedPlaces() map[place]verdict {
	lacked := map[place]verdict{}
	for at, v := range r.places {
		if v == no {
			lacked[at] = no
		}
	}
	return lacked
}

// patterns are the rules for places, the fewest that do.
func (a *attempt) patterns(places map[place]verdict) []string {
	layer := a.request.layer()
	sigil := "~"
	if layer.isPubSub() {
		sigil = "&"
	}
	pattern := func(start string) string { return aclWord(sigil, start) }
	_, channels := places[specific]
	_, copies := places[inflight]
	_, groups := places[group]
	switch {
	case (channels || copies) && groups:
		return []string{pattern(layer.Options.Prefix)}
	case groups:
		return []string{pattern(layer.start(group))}
	case channels || copies:
		return []string{pattern(layer.start(specific))}
	default:
		return nil
	}
}

// aclWord is a pattern for all names that begin with a text, as redis-cli
// reads it.
func aclWord(sigil, start string) string {
	word := sigil + globEscape(start) + "*"
	if strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r == '"' || r == '\'' || r == 0x7f }) {
		return strconv.Quote(word)
	}
	return word
}

// grant is the step that gives the rules to this user.
func (a *attempt) grant(patterns, commands []string) string {
	user := "<user>"
	if a.isDefaultUser() {
		user = defaultUser
	}
	return "Run, as an administrator of Redis: ACL SETUSER " + user + " " + rules(patterns, commands)
}

func rules(patterns, commands []string) string {
	words := slices.Clone(patterns)
	for _, command := range commands {
		words = append(words, "+"+command)
	}
	return strings.Join(words, " ")
}

func rightsDocs() []finding.Doc {
	return []finding.Doc{docMissingCommands, docMissingKeys, docMissingChannels, docRightsUnknown}
}
