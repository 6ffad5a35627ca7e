package wsprobe

import (
	"errors"
	"fmt"

	"github.com/coder/websocket"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// Close codes that stand in no frame (RFC 6455, section 7.4.1).
const (
	closeNoCode   = 1005
	closeAbnormal = 1006
)

var docClosedAbnormally = finding.Doc{
	ID:       "websocket/closed-abnormally",
	Title:    "The open WebSocket ends without a goodbye (1006)",
	Severity: finding.Error,
	Why: "The code 1006 stands for an end that nobody announced. Under uvicorn that is what an exception of the consumer looks like " +
		"(connect() after accept(), or receive()); under any server, a process that crashed or was stopped, or a proxy that cuts the connection.",
	Django: "If a consumer raised, the log has its traceback. Browsers report code 1006.",
	Fix:    "Read in the app's log what happened at this moment: a traceback or a restart.",
	Live:   true,
	Since:  since,
}

var docClosedError = finding.Doc{
	ID:       "websocket/closed-error",
	Title:    "The app closes the WebSocket because of an error (1011)",
	Severity: finding.Error,
	Why:      "The consumer accepted the WebSocket and then raised an exception: in connect() after accept(), in receive(), or in the handler of a message from the layer. daphne closes with 1011 then.",
	Django:   "The log has the traceback. daphne also writes 1011 in place of the codes 1012 and 1013.",
	Fix:      "Read the traceback in the app's log.",
	Live:     true,
	Since:    since,
}

var docClosedRestarting = finding.Doc{
	ID:       "websocket/closed-restarting",
	Title:    "The app closes the WebSocket because it is going down",
	Severity: finding.Warning,
	Why:      "The server said that it restarts (1012), is going away (1001), or that it has too much to do now (1013), as during a deployment.",
	Django:   "uvicorn closes open WebSockets with 1012 when it is stopped.",
	Fix:      "Try again when the deployment is done.",
	Live:     true,
	Since:    since,
}

var docClosedByApp = finding.Doc{
	ID:       "websocket/closed-by-app",
	Title:    "The app closes the WebSocket with a code of its own",
	Severity: finding.Error,
	Why: "The consumer accepted the WebSocket and then closed it with a code between 3000 and 4999, whose meaning only the app knows. " +
		"Apps use such codes for users who are not logged in (4401, 4003) or rooms that do not exist (4404).",
	Django: "The consumer called close(code=...). uvicorn passes a reason on, daphne does not.",
	Fix:    "Look up the code in the consumer, and send the cookies or headers that it asks for.",
	Live:   true,
	Since:  since,
}

var docClosedAtOnce = finding.Doc{
	ID:       "websocket/closed-at-once",
	Title:    "The app accepts the WebSocket and closes it",
	Severity: finding.Error,
	Why:      "The consumer accepted the WebSocket and closed it in the ordinary way before anything that was waited for had come: it has nothing to say to this user, or takes no such message.",
	Django:   "The consumer called close() after accept(). Nothing is raised.",
	Fix:      "Find the close() in the consumer, and send what it asks for (cookies, headers or send).",
	Live:     true,
	Since:    since,
}

var docClosedRefusing = finding.Doc{
	ID:       "websocket/closed-refusing",
	Title:    "The app closes the WebSocket over what was sent",
	Severity: finding.Error,
	Why:      "The close code says that the other side broke a rule: of the protocol (1002), a kind of data that is not taken (1003, 1007), a policy (1008), or a message that is too long (1009).",
	Django:   "The server or the consumer closed the WebSocket; a code of 1009 comes from the server's own limit.",
	Fix:      "Change the text in send to one that the consumer takes.",
	Live:     true,
	Since:    since,
}

var docProtocol = finding.Doc{
	ID:       "websocket/protocol-error",
	Title:    "What comes over the WebSocket breaks its rules",
	Severity: finding.Error,
	Why:      "The WebSocket was opened, and what came over it is no frame of a WebSocket. A proxy that changes what passes, or a wrong service behind the path, does that.",
	Django:   "The app takes the WebSocket for open until it is closed. Browsers close with code 1002 or 1006.",
	Fix:      "Let the proxy pass the connection on unchanged once it is upgraded.",
	Live:     true,
	Since:    since,
}

func closeDocs() []finding.Doc {
	return []finding.Doc{
		docClosedAbnormally, docClosedError, docClosedRestarting, docClosedByApp, docClosedAtOnce, docClosedRefusing, docProtocol,
	}
}

// closed says why a WebSocket that was open is no longer. It waits for the
// reader.
func (s *Session) closed() *problem {
	for range s.messages {
		// What came before the end is not what was waited for.
	}
	var frame websocket.CloseError
	switch {
	case errors.As(s.ended, &frame):
		s.report.CloseCode, s.report.CloseReason = int(frame.Code), s.reason(frame.Reason)
		return s.closedWith(s.report.CloseCode)
	case s.ctx.Err() != nil:
		return maybe(docSilent, fmt.Sprintf("%s did not take what was sent within %s.", s.report.Address, s.within()), "")
	}
	s.report.CloseCode = closeAbnormal
	if !netprobe.IsHangUp(s.ended) {
		return wrong(docProtocol, "What came from "+s.report.Address+" is no message of a WebSocket.")
	}
	return passing(docClosedAbnormally, "The WebSocket at "+s.report.Address+" was open, and its connection ended without the message that closes one.")
}

func (s *Session) closedWith(code int) *problem {
	observed := fmt.Sprintf("The WebSocket at %s was open, and the other end closed it with code %d", s.report.Address, code)
	if code == closeNoCode {
		observed = "The WebSocket at " + s.report.Address + " was open, and the other end closed it without a code"
	}
	if s.report.CloseReason != "" {
		observed += fmt.Sprintf(" and the reason %q", s.report.CloseReason)
	}
	observed += "."
	switch {
	case code == 1011:
		return passing(docClosedError, observed)
	case code == 1001, code == 1012, code == 1013, code == 1014:
		return maybe(docClosedRestarting, observed, "")
	case code >= 3000:
		return wrong(docClosedByApp, observed)
	case code == 1000, code == closeNoCode:
		return wrong(docClosedAtOnce, observed)
	default:
		return wrong(docClosedRefusing, observed)
	}
}
