package redisprobe

import (
	"context"
	"errors"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
)

// call is a command and the operation of the layer that issues it.
type call struct {
	operation string
	command   channellayer.Command
	// group: the name it works on is a group's.
	group bool
}

// packet is what is written at once.
type packet []call

// calls are commands of one operation, on a channel's names.
func calls(operation string, commands ...channellayer.Command) packet {
	var p packet
	for _, command := range commands {
		p = append(p, call{operation: operation, command: command})
	}
	return p
}

// groupCalls are commands of one operation, on a group's name.
func groupCalls(operation string, commands ...channellayer.Command) packet {
	p := calls(operation, commands...)
	for i := range p {
		p[i].group = true
	}
	return p
}

// transaction puts MULTI and EXEC around calls: a server refuses all of them if
// it refuses one when it is queued, and none is seen without the others.
func transaction(parts ...packet) packet {
	var inner packet
	var commands []channellayer.Command
	for _, part := range parts {
		inner = append(inner, part...)
	}
	for _, c := range inner {
		commands = append(commands, c.command)
	}
	framed := core.Transaction(commands...)
	p := packet{{operation: inner[0].operation, command: framed[0]}}
	p = append(p, inner...)
	return append(p, call{operation: inner[len(inner)-1].operation, command: framed[len(framed)-1]})
}

func (p packet) commands() []channellayer.Command {
	commands := make([]channellayer.Command, 0, len(p))
	for _, c := range p {
		commands = append(commands, c.command)
	}
	return commands
}

// read returns the replies to the calls, without those of MULTI and EXEC, or
// what was refused first.
func (p packet) read(replies []channellayer.Reply) ([]channellayer.Reply, *rejection) {
	if len(replies) != len(p) {
		return nil, &rejection{call: p[0]}
	}
	var results []channellayer.Reply
	began := -1
	var first *rejection
	for i, reply := range replies {
		name := p[i].command.Name()
		switch {
		case reply.Err != nil:
			if first == nil {
				first = &rejection{call: p[i], text: errorText(reply.Err)}
			}
		case name == "MULTI":
			began = i
		case name == "EXEC":
			queued, bad := p[began+1 : i].executed(reply)
			if bad != nil && first == nil {
				first = bad
			}
			results, began = append(results, queued...), -1
		case began < 0:
			results = append(results, reply)
		}
	}
	if first != nil {
		return nil, first
	}
	return results, nil
}

// executed are the results that EXEC returned for queued calls.
func (p packet) executed(reply channellayer.Reply) ([]channellayer.Reply, *rejection) {
	values, ok := reply.Value.([]any)
	if !ok || len(values) != len(p) {
		return nil, &rejection{call: p[0]}
	}
	results := make([]channellayer.Reply, 0, len(values))
	for i, value := range values {
		if err, failed := value.(*channellayer.ReplyError); failed {
			return nil, &rejection{call: p[i], text: err.Text}
		}
		results = append(results, channellayer.Reply{Value: value})
	}
	return results, nil
}

// abortedBy begins the refusal of an EXEC, before what it is refused for.
const abortedBy = "EXECABORT Transaction discarded because of: "

// errorText is the text of an error reply.
func errorText(err error) string {
	var refused *channellayer.ReplyError
	if !errors.As(err, &refused) {
		return ""
	}
	return strings.TrimPrefix(refused.Text, abortedBy)
}

// exchange sends a packet over the first connection.
func (t *trip) exchange(ctx context.Context, p packet) ([]channellayer.Reply, *problem) {
	replies, err := t.main.Exchange(ctx, p.commands()...)
	if err != nil {
		return nil, t.a.tripBroken(ctx, nil, p[0].operation, err)
	}
	results, bad := p.read(replies)
	if bad != nil {
		return nil, t.refusal(ctx, *bad)
	}
	return results, nil
}
