package redisprobe

import (
	"strings"

	"github.com/redis/go-redis/v9"
)

// rightsScript asks for the rights of the user who runs it and changes nothing.
//
// Redis 7 and later (and Valkey) have acl_check_cmd: one character a command of
// ARGV, each given as the number of its words and the words: "+" permitted, "-"
// not, "?" for a command that the server does not have. A refusal is written
// into no log. The commands must be complete: Valkey 9.1.2 crashes when asked
// about an EVAL without its number of keys.
//
// Earlier ones answer "old", "+" or "?" for BZPOPMIN (called without arguments,
// which fails before anything is done), and "+" or "-" for INFO.
const rightsScript = `local check = redis.acl_check_cmd
if not check then
  local function failure(reply)
    return type(reply) == 'table' and type(reply.err) == 'string' and string.lower(reply.err) or ''
  end
  local lacks = string.find(failure(redis.pcall('bzpopmin')), 'unknown', 1, true)
  local info = failure(redis.pcall('info', 'server'))
  local refused = string.find(info, 'perm', 1, true) or string.find(info, 'can\'t run', 1, true)
  return 'old' .. (lacks and '?' or '+') .. (refused and '-' or '+')
end
local said, i = {}, 1
while i <= #ARGV do
  local n = tonumber(ARGV[i])
  local known, may = pcall(check, unpack(ARGV, i + 1, i + n))
  said[#said + 1] = known and (may and '+' or '-') or '?'
  i = i + n + 1
end
return table.concat(said)`

// verdict is whether a user has a right. The zero value is unknown.
type verdict int

const (
	unsure verdict = iota
	yes
	no
)

// rights are what a user may do, as far as it was learned.
type rights struct {
	// checked: the server has answered each question.
	checked bool
	// asked and answers are the questions and what was answered, one byte each.
	asked   []question
	answers string
	// eval is whether EVAL was permitted, evalMissing that there is none.
	eval        verdict
	evalMissing bool
	// askable: nothing was refused yet to this user of an earlier server.
	askable bool
	// lacks are commands that the server does not have.
	lacks []string
	// commands and places are the verdicts on what the layer needs.
	commands map[string]verdict
	places   map[place]verdict
	// narrower: the user was refused a name of the check's own and may be
	// permitted those of the app.
	narrower bool
}

// readRights reads the answer to rightsScript.
func readRights(cmd *redis.Cmd, questions []question) rights {
	r := rights{asked: questions, commands: map[string]verdict{}, places: map[place]verdict{}}
	for _, q := range questions {
		if !q.tells {
			r.commands[q.command()] = unsure
			if q.at != nowhere {
				r.places[q.at] = unsure
			}
		}
	}
	reply := replyOf(cmd.Err())
	if !reply.accepted() {
		switch kindOf(reply.refusal) {
		case refusalNoPermission:
			r.eval = no
		case refusalUnknownCommand:
			r.evalMissing, r.askable = true, true
		default:
			r.askable = true
		}
		r.settle()
		return r
	}
	r.eval = yes
	text, _ := cmd.Val().(string)
	switch {
	case strings.HasPrefix(text, "old") && len(text) == len("old??"):
		if text[3] == '?' {
			r.lacks = append(r.lacks, "bzpopmin")
		}
		r.askable = text[4] == '+'
	case len(text) == len(questions) && strings.Trim(text, "+-?") == "":
		r.checked, r.answers = true, text
	default:
		r.askable = true
	}
	r.settle()
	return r
}

// settle draws the verdicts that follow from the answers.
func (r *rights) settle() {
	if _, needed := r.commands["eval"]; needed {
		r.commands["eval"] = r.eval
		if r.evalMissing {
			r.lacks = append(r.lacks, "eval")
		}
	}
	if !r.checked {
		return
	}
	for i, q := range r.asked {
		if r.answers[i] == '?' && !q.tells {
			r.lack(q.command())
		}
	}
	for at := range r.places {
		r.places[at] = r.reaches(at)
	}
	for command := range r.commands {
		if command != "eval" {
			r.commands[command] = r.mayRun(command)
		}
	}
	if _, pubSub := r.commands["subscribe"]; pubSub {
		r.settleChannels()
	}
	if r.places[group] == no && r.places[specific] == yes {
		// The groups of the app have other names than the one that was tried.
		r.places[group], r.narrower = unsure, true
	}
}

func (r *rights) lack(command string) {
	for _, known := range r.lacks {
		if known == command {
			return
		}
	}
	r.lacks = append(r.lacks, command)
}

// reaches: a place is reached if everything that the layer does there is
// permitted, or if another command may read and write there.
func (r *rights) reaches(at place) verdict {
	all, told := true, false
	for i, q := range r.asked {
		if q.at != at {
			continue
		}
		if q.command() == "eval" {
			told = told || r.answers[i] == '+'
		}
		if !q.tells && r.answers[i] == '-' {
			all = false
		}
	}
	if all || told {
		return yes
	}
	return no
}

// mayRun: a command is missing if it is refused at a place that can be reached.
func (r *rights) mayRun(command string) verdict {
	result := unsure
	for i, q := range r.asked {
		if q.tells || q.command() != command {
			continue
		}
		switch {
		case r.answers[i] == '?':
			return yes // the server lacks it, which is another finding
		case r.answers[i] == '+' && result == unsure:
			result = yes
		case r.answers[i] == '-' && (q.at == nowhere || r.places[q.at] == yes):
			result = no
		}
	}
	return result
}

// settleChannels tells channels from commands: no other command has a place in
// common with SUBSCRIBE and PUBLISH, but UNSUBSCRIBE needs none. Whoever may
// not run that either lacks the commands, first of all.
func (r *rights) settleChannels() {
	granted := func(command string, at place) bool { return r.answerTo(command, at) == '+' }
	reached := false
	for _, at := range []place{specific, group} {
		r.places[at] = no
		if granted("subscribe", at) || granted("publish", at) {
			r.places[at], reached = yes, true
		}
	}
	lost := !reached && r.commands["unsubscribe"] == no
	if lost {
		r.places[specific], r.places[group] = unsure, unsure
	}
	for _, command := range []string{"subscribe", "publish"} {
		switch {
		case granted(command, specific) || granted(command, group):
			r.commands[command] = yes
		case reached || lost:
			r.commands[command] = no
		default:
			r.commands[command] = unsure
		}
	}
}

func (r *rights) answerTo(command string, at place) byte {
	for i, q := range r.asked {
		if q.command() == command && q.at == at {
			return r.answers[i]
		}
	}
	return '-'
}

// granted reports what the server said that this user may ask.
func (r *rights) granted(command string) bool {
	if !r.checked {
		return false
	}
	for i, q := range r.asked {
		if q.tells && q.command() == command {
			return r.answers[i] == '+'
		}
	}
	return false
}

// may reports what this user may ask, or may try to: an earlier server cannot
// be asked for rights, and this user was refused nothing yet.
func (r *rights) may(command string) bool { return r.granted(command) || !r.checked && r.askable }

// wantsUser reports whether the rules of the user would tell what is unknown,
// and may be asked for. Servers before 6.0, which do not know HELLO, have none.
func (r *rights) wantsUser(hello helloFacts) bool {
	return r.unknown() && r.may("acl") && (r.checked || hello.seen)
}

// unknown reports whether something that the layer needs is neither granted nor
// refused.
func (r *rights) unknown() bool {
	for _, v := range r.commands {
		if v == unsure {
			return true
		}
	}
	for _, v := range r.places {
		if v == unsure {
			return true
		}
	}
	return false
}

// unlimited is for servers without ACLs, where everybody may do everything.
func (r *rights) unlimited() {
	for command, v := range r.commands {
		if v == unsure {
			r.commands[command] = yes
		}
	}
	for at, v := range r.places {
		if v == unsure {
			r.places[at] = yes
		}
	}
}

// with are the commands of a verdict, in the order of the questions.
func (r *rights) with(v verdict) []string {
	var found []string
	seen := map[string]bool{}
	for _, q := range r.asked {
		if command := q.command(); !q.tells && !seen[command] && r.commands[command] == v {
			seen[command] = true
			found = append(found, command)
		}
	}
	return found
}
