package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// writeText writes a result for people.
func writeText(w io.Writer, r Result, p paper) error {
	s := screen{paper: p}
	s.layer(r)
	for i, server := range r.Servers {
		s.server(server, i, r)
	}
	s.looked(r)
	s.findings(r.Findings)
	s.verdict(r)
	_, err := io.WriteString(w, s.text.String())
	return err
}

// screen is a text in the making.
type screen struct {
	paper paper
	text  strings.Builder
}

// heading begins a section.
func (s *screen) heading(text string) {
	if s.text.Len() > 0 {
		s.text.WriteByte('\n')
	}
	s.text.WriteString(s.paper.paint(bold, text) + "\n")
}

// row writes a name and what belongs to it, in a column of its own.
func (s *screen) row(name string, units ...string) {
	const column = 10
	s.paragraph("  "+name+strings.Repeat(" ", max(column-len(name), 1)), strings.Repeat(" ", 2+column), units...)
}

// paragraph writes units of text, each on one line, with spaces or line breaks
// between: the first line after begin, the others after indent.
func (s *screen) paragraph(begin, indent string, units ...string) {
	for _, line := range s.paper.fold(begin, indent, units) {
		s.text.WriteString(line + "\n")
	}
}

// sentence writes ordinary text.
func (s *screen) sentence(indent, text string) {
	s.paragraph(indent, indent, strings.Fields(text)...)
}

func (s *screen) layer(r Result) {
	s.heading("Channel layer, from " + printable(r.Source.String()))
	l := r.Layer
	if e := l.Exception; e != nil {
		s.sentence("  ", "Django does not start: importing the settings raises "+e.Class+" because of "+e.Setting+".")
		return
	}
	for _, row := range []struct {
		name  string
		value *Value
	}{
		{"BACKEND", l.Backend},
		{"URL", l.URL},
		{"host", l.Host},
		{"port", l.Port},
		{"DEBUG", l.Debug},
		{"prefix", l.Prefix},
	} {
		if row.value != nil {
			s.row(row.name, append(strings.Fields(row.value.text()), row.value.from())...)
		}
		if row.name == "URL" {
			for _, host := range l.Hosts {
				s.row("host", append(strings.Fields(host.text()), host.from())...)
			}
		}
	}
	s.packages(l)
	if r.nothingSet() {
		s.text.WriteByte('\n')
		s.sentence("", "None of REDIS_URL, REDIS_HOST, REDIS_PORT and DEBUG is set here: all of this is the default. If the app has them, run this where the app runs, or name its .env file with --env-file.")
	}
	if r.Unconnected != "" {
		s.text.WriteByte('\n')
		s.sentence("", r.Unconnected)
	}
}

// packages writes the versions that are stated.
func (s *screen) packages(l Layer) {
	if l.Redis == nil || l.ChannelsRedis == nil {
		return
	}
	var units []string
	if v := l.Redis; v.Value != nil {
		units = append(units, "redis "+v.text(), v.from())
	}
	if v := l.ChannelsRedis; v.Value != nil {
		units = append(units, "channels_redis "+v.text(), v.from())
	}
	if len(units) == 0 {
		units = strings.Fields("versions not stated")
	}
	s.row("packages", units...)
}

// text is the value as Python would print it, or why there is none.
func (v Value) text() string {
	switch value := v.Value.(type) {
	case nil:
		return v.Note
	case bool:
		if value {
			return "True"
		}
		return "False"
	case string:
		return printable(value)
	default:
		return fmt.Sprint(value)
	}
}

// from is where the value comes from, in one unit.
func (v Value) from() string {
	switch {
	case v.Origin != originDefault:
		return "(from " + v.Origin + ")"
	case v.Value == nil:
		return ""
	default:
		return "(default)"
	}
}

// stageNames are the steps of connecting, in words.
func stageNames() map[string]string {
	return map[string]string{
		"sentinel": "ask the Sentinels", "replicas": "those that would follow",
		"resolve": "resolve the name", "connect": "connect", "tls": "TLS handshake",
		"auth": "log in", "select": "select the database", "ping": "PING",
		"rights": "rights of this user", "server": "state of the server", "round_trip": "messages",
	}
}

// server writes the i-th host of the layer.
func (s *screen) server(server Server, i int, r Result) {
	title := "Redis at " + server.Address
	if of := len(r.Servers); of > 1 {
		title = fmt.Sprintf("Shard %d of %d, %s", i+1, of, title)
	}
	s.heading(title)
	if len(server.Stages) == 0 {
		s.sentence("  ", "Not connected to.")
	}
	for _, stage := range server.Stages {
		name, ok := stageNames()[stage.Name]
		if !ok {
			name = strings.ReplaceAll(stage.Name, "_", " ")
		}
		took := fmt.Sprintf("%8.1f ms", stage.Millis)
		if stage.Name == string(redisprobe.StageSelect) {
			took = "" // it travels with the next
		}
		line := fmt.Sprintf("%-22s%s", name, took)
		s.text.WriteString("  " + s.paper.status(stage.Status, server.Ready, 9) + strings.TrimRight(line, " ") + "\n")
	}
	if server.RoundTrip != nil || server.Facts != nil {
		s.text.WriteByte('\n')
	}
	s.roundTrip(server, r.Depth == "round_trip")
	s.facts(server.Facts)
}

// roundTrip writes what came through, where it was asked for.
func (s *screen) roundTrip(server Server, asked bool) {
	trip := server.RoundTrip
	switch {
	case trip == nil && asked && server.Facts != nil:
		s.row("messages", "none were sent, because of what is wrong already")
	case trip == nil:
	case trip.Delivered:
		s.row("messages", "one to a channel", fmt.Sprintf("took %.1f ms,", trip.DirectMillis),
			"one to a group of two", fmt.Sprintf("%.1f ms", trip.GroupMillis))
	case trip.Direct:
		s.row("messages", "one to a channel arrived,", fmt.Sprintf("one to a group reached %d of 2", trip.Members))
	default:
		s.row("messages", "none arrived")
	}
}

func (s *screen) looked(r Result) {
	if r.Group != nil {
		s.heading("Group " + printable(r.Group.Name))
		s.sentence("  ", r.Group.members())
	}
	if r.Channel != nil {
		s.heading("Channel " + printable(r.Channel.Name))
		s.sentence("  ", r.Channel.backlog())
	}
}

// members is a group in a sentence.
func (l *Looked) members() string {
	switch {
	case l.Members == nil:
		return l.listeners()
	case *l.Members == 0 && *l.Expired == 0:
		return "Nobody is in it now."
	}
	text := count(*l.Members, "member", "members") + "."
	if *l.Expired > 0 {
		text += " " + count(*l.Expired, "more joined too long ago and gets nothing", "more joined too long ago and get nothing") + " (group_expiry)."
	}
	return text
}

// backlog is a channel in a sentence.
func (l *Looked) backlog() string {
	if l.Waiting == nil {
		return l.listeners()
	}
	text := fmt.Sprintf("%s, of at most %d", count(*l.Waiting, "message waits", "messages wait"), *l.Capacity)
	if l.full() {
		text += ": it is full"
	}
	if *l.InFlight > 0 {
		text += "; " + count(*l.InFlight, "more was received and is not confirmed", "more were received and are not confirmed")
	}
	return text + "."
}

// listeners is what there is to say of either with pub/sub, or why there is
// nothing.
func (l *Looked) listeners() string {
	switch {
	case l.Listeners == nil:
		return "Not looked at: " + l.Reason + "."
	case *l.Listeners == 0:
		return "Nobody listens now."
	default:
		return count(*l.Listeners, "process listens", "processes listen") + "."
	}
}

func (s *screen) findings(all []finding.Finding) {
	if len(all) == 0 {
		return
	}
	s.heading("Findings")
	for i, f := range all {
		if i > 0 {
			s.text.WriteByte('\n')
		}
		units := append([]string{s.paper.severity(f.Severity)}, strings.Fields(f.Summary)...)
		s.paragraph("  ", "    ", append(units, "("+string(f.ID)+")")...)
		detail := f.Detail
		if f.Setting != "" && !strings.Contains(detail, f.Setting) {
			detail = f.Setting + ": " + detail
		}
		s.sentence("    ", detail)
		s.paragraph("    ", "         ", append([]string{"Fix:"}, strings.Fields(f.Fix)...)...)
	}
}

func (s *screen) verdict(r Result) {
	s.text.WriteByte('\n')
	colour, word := inWords(r.Status)
	s.text.WriteString(s.paper.paint(bold+colour, strings.ToUpper(word)) + with(r) + "\n")
	s.paragraph("", "      ", append([]string{"Next:"}, strings.Fields(r.NextStep)...)...)
}

// with counts what was found.
func with(r Result) string {
	errors, warnings := 0, 0
	for _, f := range r.Findings {
		switch f.Severity {
		case finding.Error:
			errors++
		case finding.Warning:
			warnings++
		}
	}
	switch {
	case errors > 0 && warnings > 0:
		return " with " + count(int64(errors), "error", "errors") + " and " + count(int64(warnings), "warning", "warnings")
	case errors > 0:
		return " with " + count(int64(errors), "error", "errors")
	case warnings > 0 && r.Status != finding.Undetermined:
		return " with " + count(int64(warnings), "warning", "warnings")
	case r.Status == finding.Undetermined:
		return ": it could not be found out, which is no pass"
	default:
		return ""
	}
}

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(n, 10) + " " + many
}

// printable is a text that does nothing to a terminal.
func printable(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}
