package delivery

import (
	"fmt"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

const since = "0.1.0"

// Settings are the places that findings name, besides those of the WebSocket.
const (
	SettingGroup   = "group"
	SettingChannel = "channel"
	SettingBackend = "BACKEND"
)

// problem is why a message did not come out.
type problem struct {
	doc                     finding.Doc
	setting, observed       string
	undetermined, transient bool
}

func (p *problem) finding() finding.Finding { return p.doc.New(p.setting, p.observed) }

// wrong makes a problem that time may heal, as while an app is replaced by its
// next version: its old one may lack the test consumer, or use another layer.
func (a *attempt) wrong(doc finding.Doc, format string, arguments ...any) *problem {
	setting := SettingGroup
	if a.request.Channel != "" {
		setting = SettingChannel
	}
	return &problem{doc: doc, setting: setting, observed: fmt.Sprintf(format, arguments...), transient: true}
}

// where is the layer, for people.
func (a *attempt) where() string {
	text := "Redis at " + a.report.Redis.Address
	if text == "Redis at " {
		text = "this Redis"
	}
	db := a.request.Redis.Connection.DB
	if db != nil && db.IsInt64() {
		text += ", database " + db.String()
	}
	return text
}

func (a *attempt) named() string {
	if a.request.Channel != "" {
		return fmt.Sprintf("channel %q", a.request.Channel)
	}
	return fmt.Sprintf("group %q", a.request.group())
}

// elsewhere are the reasons why an app's layer is not the one that was asked.
const elsewhere = "the app uses an in-memory layer (DEBUG without REDIS_URL), another Redis, database or prefix, or the other backend (core or pub/sub)"

var docInMemory = finding.Doc{
	ID:       "delivery/in-memory",
	Title:    "Nothing can be delivered to an in-memory layer from outside",
	Severity: finding.Error,
	Why:      "An in-memory layer exists inside each process of the app alone, so that no message can be put into it from elsewhere. The same holds between the processes of the app.",
	Django:   "Messages stay within the process that sends them; with several processes some members of a group never see them, and nothing is raised.",
	Fix:      "Give the layer a Redis (redis_url), or leave the delivery out where the layer is in memory.",
	Live:     true,
	Since:    since,
}

// InMemory is the finding of a layer without a Redis.
func InMemory() finding.Finding {
	return docInMemory.New(SettingBackend, "These settings make a layer in memory, into which nothing can be put from outside.")
}

var docNoMembers = finding.Doc{
	ID:       "delivery/no-members",
	Title:    "The WebSocket is open and nobody is in the group",
	Severity: finding.Error,
	Why: "The consumer behind the WebSocket did not join the group in this Redis. Either it joins no such group, or it joined it in another layer: " + elsewhere + ". " +
		"No message was sent.",
	Django: "group_send() to a group without members sends nothing and raises nothing: this is what the loss of every message looks like.",
	Fix:    "Compare CHANNEL_LAYERS in the running app (REDIS_URL, prefix, backend) with this layer, and let the URL lead to the test consumer.",
	Live:   true,
	Since:  since,
	Sources: []string{
		"django/channels#1060", "django/channels#1189", "channels_redis 4.3.0, core.py, group_send",
	},
}

func (a *attempt) noMembers() *problem {
	return a.wrong(docNoMembers, "The WebSocket at %s is open, and the %s has no member in %s.", a.request.WebSocket.Target.Address(), a.named(), a.where())
}

var docNotJoined = finding.Doc{
	ID:       "delivery/not-joined",
	Title:    "The group has members, and this WebSocket is none of them",
	Severity: finding.Error,
	Why: "Members were in the group before, and none joined when the WebSocket was opened. The consumer behind this URL joins another group, or it joined in another layer: " + elsewhere + ". " +
		"The members may also be left over from processes that were killed; they go by themselves after group_expiry.",
	Django: "Whoever is in the group gets the message; this WebSocket does not, and nothing is raised.",
	Fix:    "Compare CHANNEL_LAYERS in the running app with this layer, and let the URL lead to the test consumer.",
	Live:   true,
	Since:  since,
}

func (a *attempt) notJoined() *problem {
	return a.wrong(docNotJoined, "The %s has members in %s, none of them came with the WebSocket at %s, and the message did not come out of it.",
		a.named(), a.where(), a.request.WebSocket.Target.Address())
}

var docNobodyListens = finding.Doc{
	ID:       "delivery/nobody-listens",
	Title:    "Nobody takes the message out of the channel",
	Severity: finding.Error,
	Why:      "The message was put into the channel, and no process took it: no worker or consumer reads this channel in this Redis. Either none is running, or " + elsewhere + ".",
	Django:   "send() raises nothing; in a core layer the message waits until it expires, in a pub/sub layer it is gone at once.",
	Fix:      "Start the worker that reads the channel (manage.py runworker), with the same CHANNEL_LAYERS as this layer.",
	Live:     true,
	Since:    since,
}

func (a *attempt) nobodyListens() *problem {
	return a.wrong(docNobodyListens, "Nobody took the message out of the %s in %s. It was removed again.", a.named(), a.where())
}

var docNotTaken = finding.Doc{
	ID:       "delivery/not-taken",
	Title:    "The message waits in Redis and the app does not take it",
	Severity: finding.Error,
	Why: "The consumer joined the group, and the message for it lay in Redis until the check removed it: the app's process does not read. " +
		"It is busy or stuck (a blocking call in an async consumer), or its connection to Redis for receiving does not work.",
	Django: "Messages queue up to the layer's capacity and are dropped after that, or when they expire.",
	Fix:    "Look in the app's log for errors of receive(), and in consumers for calls that block.",
	Live:   true,
	Since:  since,
}

func (a *attempt) notTaken() *problem {
	return a.wrong(docNotTaken, "The consumer of the WebSocket at %s is in the %s, and the message for it was still in %s when time was up. It was removed again.",
		a.request.WebSocket.Target.Address(), a.named(), a.where())
}

var docNotPassedOn = finding.Doc{
	ID:       "delivery/not-passed-on",
	Title:    "The app took the message and nothing came out",
	Severity: finding.Error,
	Why: "A process of the app took the message out of Redis, and it did not come out of the WebSocket in time. Its handler does not send it to the client, or not the token in it; " +
		"or another process took it, with a layer of the same name.",
	Django: "The handler ran and raised nothing that would have closed the WebSocket.",
	Fix:    "Let the handler of the message's type send the token: await self.send(text_data=event[\"token\"]).",
	Live:   true,
	Since:  since,
}

func (a *attempt) notPassedOn() *problem {
	return a.wrong(docNotPassedOn, "The message to the %s was taken out of %s, and did not come out of the WebSocket at %s within %s.",
		a.named(), a.where(), a.request.WebSocket.Target.Address(), a.request.timeout())
}

var docConsumerClosed = finding.Doc{
	ID:       "delivery/consumer-closed",
	Title:    "The message ended the consumer of the WebSocket",
	Severity: finding.Error,
	Why: "The WebSocket was open, the message was sent, and the app closed the WebSocket: the consumer raised an exception over it. Either it has no handler for the message's type, " +
		"or the process could not read the message, because its symmetric_encryption_keys or serializer_format are not those of this layer.",
	Django: "The log has the traceback: ValueError (\"No handler for message type ...\"), InvalidToken, or an error of msgpack. The consumer is gone and its user's WebSocket is closed.",
	Fix:    "Compare the encryption keys and the serializer of the running app with this layer, and give the consumer a handler for the message's type.",
	Live:   true,
	Since:  since,
	Sources: []string{
		"channels 4.3.2, consumer.py, dispatch",
	},
}

func (a *attempt) consumerClosed(code int) *problem {
	return a.wrong(docConsumerClosed, "The WebSocket at %s was open and was closed with code %d when the message to the %s had been sent.",
		a.request.WebSocket.Target.Address(), code, a.named())
}

var docFull = finding.Doc{
	ID:       "delivery/channel-full",
	Title:    "The channel is full and takes no message",
	Severity: finding.Error,
	Why:      "As many messages as the layer's capacity wait in Redis, and nobody takes them.",
	Django:   "send() raises ChannelFull; group_send() drops the message with no more than a line in the log.",
	Fix:      "Look why the app does not read: a process that is stuck, or too slow for what is sent to it.",
	Live:     true,
	Since:    since,
}

func (a *attempt) full() *problem {
	return a.wrong(docFull, "The %s in %s holds as many messages as its capacity allows.", a.named(), a.where())
}

var docRefusedByRedis = finding.Doc{
	ID:       "delivery/refused",
	Title:    "Redis refuses the message",
	Severity: finding.Error,
	Why:      "Redis answered a command of the delivery with an error, although nothing that was asked before spoke against it: the rights of the user name single groups, or it takes no writes now.",
	Django:   "redis-py raises ResponseError in group_send() or send().",
	Fix:      "Check the layer with a round trip (data source channels_redis with depth = \"round_trip\"), which names what is refused.",
	Live:     true,
	Since:    since,
}

func (a *attempt) refused(code string) *problem {
	return a.wrong(docRefusedByRedis, "%s answered the delivery to the %s with the error %s.", a.where(), a.named(), code)
}

var docImpossible = finding.Doc{
	ID:       "delivery/impossible",
	Title:    "The options of the layer make no message",
	Severity: finding.Error,
	Why:      "An option of CONFIG is none that a layer takes, so that no message can be made.",
	Django:   "The layer raises when it is made or when it sends.",
	Fix:      "Correct the option of config that the finding names.",
	Live:     true,
	Since:    since,
}

func (a *attempt) impossible(err error) *problem {
	p := a.wrong(docImpossible, "%s", strings.TrimSuffix(err.Error(), ".")+".")
	p.transient = false
	return p
}

var docInterrupted = finding.Doc{
	ID:       "delivery/interrupted",
	Title:    "The connection to Redis was lost during the delivery",
	Severity: finding.Warning,
	Why:      "Redis had let the check in, and then a connection ended or did not answer in time, so that whether messages arrive was not found out.",
	Django:   "redis-py raises ConnectionError or TimeoutError if it happens to the app.",
	Fix:      "Try again, with a longer timeout if the server is far away.",
	Live:     true,
	Since:    since,
}

func (a *attempt) interrupted() *problem {
	p := a.wrong(docInterrupted, "The connection to %s was lost, or gave no answer in time, during the delivery to the %s.", a.where(), a.named())
	p.undetermined = true
	return p
}

// Docs are the documentation of every finding of a delivery, for the registry.
func Docs() []finding.Doc {
	return []finding.Doc{
		docInMemory, docNoMembers, docNotJoined, docNobodyListens, docNotTaken, docNotPassedOn, docConsumerClosed, docFull,
		docRefusedByRedis, docImpossible, docInterrupted,
	}
}
