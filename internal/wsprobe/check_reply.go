package wsprobe

import (
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docSilent = finding.Doc{
	ID:       "websocket/silent",
	Title:    "The WebSocket is open and nothing comes over it",
	Severity: finding.Error,
	Why:      "The consumer answers nothing to such a text, answers only through the layer and that loses it, or takes longer than the timeout.",
	Django:   "Nothing is raised: a consumer need not answer. What group_send() sends to another process is lost without a word if the layer is not the same there.",
	Fix:      "Change send to a text that the consumer answers; if its answer goes through the layer, prove that with channels_delivery.",
	Live:     true,
	Since:    since,
}

var docReplyMismatch = finding.Doc{
	ID:       "websocket/reply-mismatch",
	Title:    "What comes over the WebSocket is not what is expected",
	Severity: finding.Error,
	Why:      "No message had the text, or fitted the regular expression, that is expected. What they were is not shown: they may be somebody's messages.",
	Django:   "Nothing is raised: the consumer answered as it was written.",
	Fix:      "Compare expect or expect_regex with what the consumer sends.",
	Live:     true,
	Since:    since,
}

func replyDocs() []finding.Doc { return []finding.Doc{docSilent, docReplyMismatch} }

// noReply: time is up, and that many other messages came.
func (s *Session) noReply(expected Expectation, others int) *problem {
	if others > 0 && !expected.isAny() {
		p := passing(docReplyMismatch, fmt.Sprintf("%s over the WebSocket at %s within %s, and none is as expected.", came(others), s.report.Address, s.within()))
		p.setting = SettingExpect
		return p
	}
	return passing(docSilent, fmt.Sprintf("The WebSocket at %s was open, and no message came within %s.", s.report.Address, s.within()))
}

func came(messages int) string {
	if messages == 1 {
		return "One message came"
	}
	return fmt.Sprintf("%d messages came", messages)
}
