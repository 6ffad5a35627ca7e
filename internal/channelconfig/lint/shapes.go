package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

type check = func(finding.Doc, Input) finding.Outcome

// onURL makes a check of a judgement about the text of REDIS_URL, which holds
// for every redis-py alike. An empty detail is a pass.
func onURL(judge func(in Input) (detail string)) check {
	return func(doc finding.Doc, in Input) finding.Outcome {
		if status := in.urlStatus(); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		detail := judge(in)
		if detail == "" {
			return finding.Pass()
		}
		return finding.Fail(doc.New(channelconfig.SettingRedisURL, detail))
	}
}

// note is what a judgement has to say. The zero note is a pass; without a fix
// the rule's own holds.
type note struct{ detail, fix string }

// onReading makes a check of a judgement about what one line of redis-py makes
// of REDIS_URL. What holds for some of the lines in scope only is information,
// and says for which; unless the other lines refuse the URL for other reasons.
func onReading(judge func(in Input, r Reading) note) check {
	return func(doc finding.Doc, in Input) finding.Outcome {
		if status := in.urlStatus(); status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		var lines []redisurl.Line
		var newest note
		for _, r := range in.Readings {
			if n := judge(in, r); n != (note{}) {
				lines, newest = append(lines, r.Line), n
			}
		}
		if len(lines) == 0 {
			return finding.Pass()
		}
		f := doc.New(channelconfig.SettingRedisURL, newest.detail)
		if newest.fix != "" {
			f = f.WithFix(newest.fix)
		}
		if len(lines) < len(in.Readings) {
			f.Detail += fmt.Sprintf(" So it is with redis-py %s; the version that the app has is not stated.", describeLines(lines))
			if !in.refusedByAll() {
				f = f.WithSeverity(finding.Info)
			}
		}
		return finding.Fail(f)
	}
}

// onHost makes a check of a judgement about REDIS_HOST, where that decides.
func onHost(judge func(host string) (detail string)) check {
	return func(doc finding.Doc, in Input) finding.Outcome {
		host, status := in.host()
		if status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		detail := judge(host)
		if detail == "" {
			return finding.Pass()
		}
		return finding.Fail(doc.New(channelconfig.SettingRedisHost, detail))
	}
}

// onPort makes a check of a judgement about a REDIS_PORT that int() refuses,
// which it does whatever else is set.
func onPort(judge func(text string) (detail string)) check {
	return func(doc finding.Doc, in Input) finding.Outcome {
		text, known := in.Settings.RedisPort.Get()
		switch {
		case in.Settings.RedisPort.IsUnknown():
			return finding.Unknown()
		case !known, in.Resolution.Exception == nil:
			return finding.Pass()
		}
		detail := judge(text)
		if detail == "" {
			return finding.Pass()
		}
		return finding.Fail(doc.New(channelconfig.SettingRedisPort, detail+" "+portCrash))
	}
}

// What the details of many rules end with.
const (
	portCrash  = "The settings compute int(REDIS_PORT) on import, even when REDIS_URL is set: Django does not start, with \"ValueError: invalid literal for int() with base 10\"."
	noSuchHost = "Django starts; the first message through the layer then fails with \"redis.exceptions.ConnectionError: Error -2 connecting to ...: Name or service not known\"."
)

// refusal says what Django does with a URL that redis-py raises on.
func refusal(exception string) string {
	return fmt.Sprintf("Django starts; the first message through the layer then raises %s in redis-py, and every WebSocket that uses the layer closes with an error.", exception)
}

// at names a byte of REDIS_URL by its index in u.text.
func (u urlText) at(index int) string { return atByte(u.offsets[index]) }

// atByte names a byte of REDIS_URL, counted from 1, by its offset.
func atByte(offset int) string { return fmt.Sprintf("at byte %d of REDIS_URL", offset+1) }

// where is the place of a refusal, with a space before it; "" where it lies in
// no one place.
func (r Reading) where() string {
	if r.Err == nil || r.Err.Offset < 0 {
		return ""
	}
	return " " + atByte(r.Err.Offset)
}

// firstOf is the index of the first byte of the span that is one of chars; -1
// where none is.
func (u urlText) firstOf(s span, chars string) int {
	i := strings.IndexAny(s.in(u.text), chars)
	if i < 0 {
		return -1
	}
	return s.start + i
}

// anyWord reports whether text is one of the words, in any case and with white
// space around it.
func anyWord(text string, words ...string) bool {
	return slices.Contains(words, strings.ToLower(strings.TrimSpace(text)))
}

// passUnless is Passed, or Undetermined where the condition holds.
func passUnless(undetermined bool) finding.Status {
	if undetermined {
		return finding.Undetermined
	}
	return finding.Passed
}
