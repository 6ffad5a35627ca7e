package redisprobe

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/crash"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// tripProves is what a round trip is worth, for the documentation.
const tripProves = "A round trip proves that this server, these credentials and their rights carry the messages of a layer, as seen from the machine that checks. " +
	"It does not prove that the app's processes use the same settings, or reach the same server. " +
	"Its keys and channels have names of its own (specific.tfcheck..., tfcheck-...), never those of the app, and live 30 seconds at most; " +
	"like everything that is written they are replicated, enter the append-only file and fire keyspace notifications."

var docNotDelivered = finding.Doc{
	ID:       "roundtrip/not-delivered",
	Title:    "A message was sent and did not arrive",
	Severity: finding.Error,
	Why: "Redis took the message and did not hand it to the connection that waited for it. That happens where connections to one address end at different servers, " +
		"as behind a load balancer, where something deletes keys (eviction, FLUSHDB), or where a proxy does not pass everything on. " + tripProves,
	Django:  "Nothing is raised: what is sent to a consumer is lost.",
	Fix:     "Make sure that every connection to this address ends at the same Redis master.",
	Live:    true,
	Since:   since,
	Sources: []string{"channels_redis 4.3.0, core.py, receive; pubsub.py, receive"},
}

var docGroupNotDelivered = finding.Doc{
	ID:       "roundtrip/group-not-delivered",
	Title:    "A message to a group did not reach all of its members",
	Severity: finding.Error,
	Why: "Two members joined a group, and Redis did not hand the group's message to both. A message to one of them had arrived before, so that the layer works in part. " +
		"That happens where something deletes keys (eviction, FLUSHDB), or where connections to one address end at different servers. " + tripProves,
	Django:  "Nothing is raised: some of those in a group, the other people in a chat, do not get the message.",
	Fix:     "Make sure that every connection to this address ends at the same Redis master, and that it evicts no keys.",
	Live:    true,
	Since:   since,
	Sources: []string{"channels_redis 4.3.0, core.py, group_send"},
}

var docTripRefused = finding.Doc{
	ID:       "roundtrip/refused",
	Title:    "Redis refuses a command of the layer",
	Severity: finding.Error,
	Why: "The check did under names of its own what each process of the app does: it waited for messages, joined a group and sent. Redis answered one of these commands with an error, " +
		"as where a command was renamed, or where a proxy or another product stands in for Redis and does not know all of them. " + tripProves,
	Django:  "redis-py raises ResponseError in the operation that the finding names.",
	Fix:     "Try the command that the finding names with redis-cli, which prints the server's answer.",
	Live:    true,
	Since:   since,
	Sources: []string{"django/channels_redis#385", "dragonflydb/dragonfly#272"},
}

var docTripInterrupted = finding.Doc{
	ID:       "roundtrip/interrupted",
	Title:    "The connection to Redis was lost while messages were sent",
	Severity: finding.Warning,
	Why: "Redis had let the check in, and in the middle of sending messages a connection ended, could not be opened, or did not answer in time, " +
		"so that whether messages flow was not found out. " + tripProves,
	Django: "redis-py raises ConnectionError or TimeoutError if it happens to the app.",
	Fix:    "Check again, with a longer timeout if the server is far away.",
	Live:   true,
	Since:  since,
}

var docTripNotTried = finding.Doc{
	ID:       "roundtrip/not-tried",
	Title:    "Whether messages flow could not be tried",
	Severity: finding.Warning,
	Why: "The check sends messages under names of its own. Here it cannot: the rights of this Redis user name the app's groups or channels more narrowly than by the prefix, " +
		"so that the app may be allowed what the check is not; or the layer's options make no message. " + tripProves,
	Django: "Nothing, as far as is known.",
	Fix:    "Let the user use all names that begin with the prefix, or check with a depth of capabilities.",
	Live:   true,
	Since:  since,
}

var docTripLeftovers = finding.Doc{
	ID:       "roundtrip/cleanup-refused",
	Title:    "The keys of the check could not be removed and expire",
	Severity: finding.Info,
	Why: "Messages flowed. Afterwards the check deletes its own keys by their names, and Redis refused that. " +
		"Each of them expires by itself within 30 seconds.",
	Django: "Nothing.",
	Fix:    "Nothing needs to be done.",
	Live:   true,
	Since:  since,
}

func tripDocs() []finding.Doc {
	return []finding.Doc{
		docNotDelivered, docGroupNotDelivered, docTripRefused, docTripInterrupted, docTripNotTried, docTripLeftovers,
	}
}

// notDelivered: the message to one channel did not come, or came changed.
func (a *attempt) notDelivered(changed bool) *problem {
	observed := "Redis at " + a.address() + " took a message to one channel, and it did not arrive where it was waited for."
	if changed {
		observed = "Redis at " + a.address() + " took a message to one channel, and another one arrived in its place."
	}
	return wrong(docNotDelivered, observed, "The app raises nothing: what it sends is lost.")
}

func (a *attempt) groupNotDelivered(members int) *problem {
	return wrong(docGroupNotDelivered,
		fmt.Sprintf("Redis at %s took a message to a group of %d, and %d of them got it.", a.address(), groupMembers, members),
		"The app raises nothing: the others in a group get no message.")
}

// tripNotTried: the layer's options make no message; the static findings say
// which of them.
func (a *attempt) tripNotTried() *problem {
	return &problem{doc: docTripNotTried, undetermined: true,
		observed: "The options of the layer make no message that could be sent, as its other findings say."}
}

// tripBroken is a connection that ended in the middle. on is the one that broke,
// nil for the first.
func (a *attempt) tripBroken(ctx context.Context, on *wire, operation string, err error) *problem {
	var bug *crash.Report
	if errors.As(err, &bug) {
		return crashed(ctx, a.log, bug)
	}
	if on != nil {
		if greeting := on.greeting(); recognise(greeting) == speaksErrorReply {
			switch text := string(greeting[1:]); kindOf(text) {
			case refusalTooManyClients, refusalProtected, refusalLoading:
				return a.judgeRefusal(StageAuth, text)
			}
		}
	}
	if errors.Is(err, transport.ErrReplyTooLarge) {
		return a.oversized()
	}
	observed := "The connection to Redis at " + a.address() + " was lost during " + operation + "."
	switch {
	case operation == operationConnect:
		observed = "Redis at " + a.address() + " answers one connection, and another one could not be opened."
	case ctx.Err() != nil || isTimeout(err):
		observed = "Redis at " + a.address() + " did not answer in time during " + operation + "."
	}
	return maybe(docTripInterrupted, observed, a.client()+" raises ConnectionError or TimeoutError where that happens to the app.")
}

// rightsTried takes back what is said about rights that could not be learned:
// the round trip has used every one, or says itself which one is refused.
func (r *result) rightsTried() {
	switch {
	case r.problem == nil:
	case slices.Contains([]finding.ID{docMissingCommands.ID, docMissingKeys.ID, docMissingChannels.ID, docTripNotTried.ID}, r.problem.doc.ID):
	default:
		return
	}
	r.notes = slices.DeleteFunc(r.notes, func(note *problem) bool { return note.doc.ID == docRightsUnknown.ID })
	for i := range r.stages {
		if r.problem == nil && r.stages[i].Name == StageRights && r.stages[i].Status == finding.Undetermined {
			r.stages[i].Status = finding.Passed
		}
	}
}
