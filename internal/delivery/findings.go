package delivery

import (
	"errors"
	"fmt"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
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

// finding says what was seen, what is behind it, and what Django does.
func (p *problem) finding() finding.Finding {
	return p.doc.New(p.setting, strings.Join([]string{p.observed, p.doc.Why, p.doc.Django}, " "))
}

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
	text := "Redis at " + a.request.Redis.Address()
	if db := a.request.Redis.Connection.DB; db != nil && db.IsInt64() {
		text += " (database " + db.String() + ")"
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
	p := &problem{doc: docInMemory, setting: SettingBackend, observed: "These settings make an in-memory layer."}
	return p.finding()
}

var docNoMembers = finding.Doc{
	ID:       "delivery/no-members",
	Title:    "The WebSocket is open and nobody is in the group",
	Severity: finding.Error,
	Why: "The consumer behind the WebSocket did not join the group in this Redis. Either it joins no such group, or it joined it in another layer: " + elsewhere + ". " +
		"No message was sent.",
	Django: "group_send() to a group without members sends nothing and raises nothing: this is what the loss of every message looks like.",
	Fix:    "Give the running app and this resource the same layer (REDIS_URL, prefix, backend), and let url lead to the test consumer.",
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
	Fix:    "Give the running app and this resource the same layer (REDIS_URL, prefix, backend), and let url lead to the test consumer.",
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
	Why:      "No worker or consumer reads this channel in this Redis. Either none is running, or " + elsewhere + ".",
	Django:   "send() raises nothing; in a core layer the message waits until it expires, in a pub/sub layer it is gone at once.",
	Fix:      "Start the worker that reads the channel (manage.py runworker), with the same CHANNEL_LAYERS as this layer.",
	Live:     true,
	Since:    since,
}

func (a *attempt) nobodyListens() *problem {
	return a.wrong(docNobodyListens, "The message was put into the %s in %s, and nobody took it.", a.named(), a.where())
}

var docNotTaken = finding.Doc{
	ID:       "delivery/not-taken",
	Title:    "The message waits in Redis and the app does not take it",
	Severity: finding.Error,
	Why: "The app's process does not read what is meant for its consumers: " +
		"it is busy or stuck (a blocking call in an async consumer), or its connection to Redis for receiving does not work.",
	Django: "Messages queue up to the layer's capacity and are dropped after that, or when they expire.",
	Fix:    "Read in the app's log what its process does, and take calls that block out of async consumers.",
	Live:   true,
	Since:  since,
}

func (a *attempt) notTaken() *problem {
	return a.wrong(docNotTaken, "The consumer of the WebSocket at %s is in the %s, and the message for it was still in %s when time was up; the check has removed it.",
		a.request.WebSocket.Target.Address(), a.named(), a.where())
}

var docNotPassedOn = finding.Doc{
	ID:       "delivery/not-passed-on",
	Title:    "The app took the message and nothing came out",
	Severity: finding.Error,
	Why: "The handler of the message's type does not send it to the client, or not the token in it; " +
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
	Why: "The consumer raised an exception over the message. Either it has no handler for the message's type, " +
		"or the process could not read the message, because its symmetric_encryption_keys or serializer_format are not those of this layer.",
	Django: "The log has the traceback: ValueError (\"No handler for message type ...\"), InvalidToken, or an error of msgpack. The consumer is gone and its user's WebSocket is closed.",
	Fix:    "Read the traceback in the app's log: it names the missing handler, or the key or serializer that is not this layer's.",
	Live:   true,
	Since:  since,
	Sources: []string{
		"channels 4.3.2, consumer.py, dispatch",
	},
}

func (a *attempt) consumerClosed(code int) *problem {
	return a.wrong(docConsumerClosed, "The WebSocket at %s was open, and the app closed it with code %d when the message to the %s had been sent.",
		a.request.WebSocket.Target.Address(), code, a.named())
}

var docFull = finding.Doc{
	ID:       "delivery/channel-full",
	Title:    "The channel is full and takes no message",
	Severity: finding.Error,
	Why:      "Nobody takes the messages that wait in Redis, or not as fast as they come.",
	Django:   "send() raises ChannelFull; group_send() drops the message with no more than a line in the log.",
	Fix:      "Read in the log of the process that takes from this channel why it does not, and restart it.",
	Live:     true,
	Since:    since,
}

func (a *attempt) full() *problem {
	return a.wrong(docFull, "The %s in %s holds as many messages as the layer's capacity allows.", a.named(), a.where())
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
	Why:      "An option of CONFIG has a value that no layer takes.",
	Django:   "The layer raises when it is made or when it sends.",
	Fix:      "Give the option of config that is named here a value that channels_redis takes.",
	Live:     true,
	Since:    since,
}

func (a *attempt) impossible(err error) *problem {
	p := a.wrong(docImpossible, "No message can be made: %s.", strings.TrimSuffix(err.Error(), "."))
	p.transient = false
	var option *channellayer.OptionError
	if errors.As(err, &option) {
		p.setting = option.Setting
	}
	return p
}

var docInterrupted = finding.Doc{
	ID:       "delivery/interrupted",
	Title:    "The connection to Redis was lost during the delivery",
	Severity: finding.Warning,
	Why:      "Redis had let the check in, and then a connection ended or did not answer in time, so that whether messages arrive was not found out.",
	Django:   "redis-py raises ConnectionError or TimeoutError if it happens to the app.",
	Fix:      "Apply again; if it stays so, raise timeout.",
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
