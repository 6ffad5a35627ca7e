package redisprobe

import (
	"strconv"
	"strings"
)

// place is what a command of the layer works on. Names of channels and groups
// are the app's or made up, so that each place is asked about by one example.
type place int

const (
	nowhere place = iota
	// specific are the keys, or the channels of Redis, of the layer's channels;
	// inflight are the copies of messages under way (core).
	specific
	inflight
	group
)

// sample is the name of a place, as the layers make them (channels_redis 4.3.0,
// core.py, new_channel, _receive_single_from_loop, _group_key; pubsub.py,
// new_channel, _get_group_channel_name): a process has 32 hexadecimal digits.
func (l Layer) sample(p place) string {
	const process, name = "00000000000000000000000000000000", "tfcheck-00000000000000000000000000"
	start := l.start(p)
	switch {
	case p == group:
		return start + name
	case l.isPubSub():
		return start + process
	case p == inflight:
		return start + process + "!$inflight"
	default:
		return start + process + "!"
	}
}

// start is how all names of a place begin.
func (l Layer) start(p place) string {
	switch {
	case p != group:
		return l.Options.Prefix + "specific."
	case l.isPubSub():
		return l.Options.Prefix + "__group__"
	default:
		return l.Options.Prefix + ":group:"
	}
}

func (l Layer) isCore() bool { return !l.isPubSub() }

// question is a command that the user's rights are asked about.
type question struct {
	words []string
	at    place
	// tells is set for what the layer does not need, but what says more.
	tells bool
}

func (q question) command() string { return q.words[0] }

// questions are what a layer of this kind sends (channels_redis 4.0.0 to 4.3.0,
// core.py and pubsub.py; flush is not among them), and what this check
// would like to ask the server.
func (a *attempt) questions() []question {
	layer := a.request.layer()
	questions := coreQuestions(layer)
	if layer.isPubSub() {
		questions = pubSubQuestions(layer)
	}
	return append(questions,
		question{words: []string{"info"}, tells: true},
		question{words: []string{"client", "list", "type", clientType(layer)}, tells: true},
		question{words: []string{"pubsub", "channels", globEscape(layer.Options.Prefix) + "*"}, tells: true},
		question{words: []string{"acl", "getuser", a.username()}, tells: true},
	)
}

func coreQuestions(layer Layer) []question {
	var questions []question
	ask := func(at place, commands ...string) {
		for _, command := range commands {
			name, rest, _ := strings.Cut(command, " ")
			words := append([]string{name, layer.sample(at)}, strings.Fields(rest)...)
			questions = append(questions, question{words: words, at: at})
		}
	}
	ask(specific, "zremrangebyscore 0 1", "zcount -inf +inf", "zadd 1 m", "expire 60", "bzpopmin 5")
	ask(inflight, "zadd 1 m", "zpopmin", "zrange 0 -1", "del")
	ask(group, "zadd 1 m", "expire 60", "zrem m", "zremrangebyscore 0 1", "zrange 0 -1")
	for _, at := range []place{specific, inflight, group} {
		// A script is called with the keys of the channels only; with others it
		// tells whether the key or the command is what a user lacks.
		words := []string{"eval", "return 1", "1", layer.sample(at)}
		questions = append(questions, question{words: words, at: at, tells: at != specific})
	}
	return append(questions, question{words: []string{"multi"}}, question{words: []string{"exec"}})
}

func pubSubQuestions(layer Layer) []question {
	var questions []question
	for _, at := range []place{specific, group} {
		questions = append(questions,
			question{words: []string{"subscribe", layer.sample(at)}, at: at},
			question{words: []string{"publish", layer.sample(at), "m"}, at: at})
	}
	// Whoever may unsubscribe may do so from every channel.
	return append(questions, question{words: []string{"unsubscribe", layer.sample(specific)}})
}

// rightsArguments are the questions as rightsScript reads them.
func (a *attempt) rightsArguments() []string {
	var arguments []string
	for _, q := range a.questions() {
		arguments = append(arguments, strconv.Itoa(len(q.words)))
		arguments = append(arguments, q.words...)
	}
	return arguments
}
