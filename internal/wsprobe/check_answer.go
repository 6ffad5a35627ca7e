package wsprobe

import (
	"fmt"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// passUpgrade is the step for a proxy that makes an ordinary request of a WebSocket.
const passUpgrade = "Pass the upgrade on in the proxy (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;)."

var docServerError = finding.Doc{
	ID:       "websocket/server-error",
	Title:    "The app answers the WebSocket with 500",
	Severity: finding.Error,
	Why: "An exception ended the request. In order of frequency: no route of the URLRouter matches this path (a missing or superfluous slash is enough), " +
		"connect() of the consumer raised before accept(), as it does when group_add() finds no Redis, or the ProtocolTypeRouter has no \"websocket\" key.",
	Django: "The log has the traceback: \"No route found for path\", an exception of connect() such as redis.exceptions.ConnectionError, or \"No application configured for scope type 'websocket'\". daphne and uvicorn answer 500 to all three.",
	Fix:    "Read the traceback in the app's log; \"No route found\" means that the URL's path is not one of websocket_urlpatterns.",
	Live:   true,
	Since:  since,
	Sources: []string{
		"channels 4.3.2, routing.py, URLRouter and ProtocolTypeRouter",
	},
}

var docNotFound = finding.Doc{
	ID:       "websocket/not-found",
	Title:    "The WebSocket is answered with 404",
	Severity: finding.Error,
	Why: "It was answered as an ordinary page that does not exist, not as a WebSocket: an ASGI app with Channels answers 500 to a WebSocket that it has no route for. " +
		"Either a proxy on the way strips the header Upgrade, or the app runs under a WSGI server (gunicorn without an ASGI worker, mod_wsgi), or uvicorn has no WebSocket library installed.",
	Django: "Django looks the path up among its pages and answers \"Not Found\"; no consumer is asked.",
	Fix:    passUpgrade + " Without a proxy, run the app's asgi.py under daphne or uvicorn[standard].",
	Live:   true,
	Since:  since,
}

var docForbidden = finding.Doc{
	ID:       "websocket/forbidden",
	Title:    "The WebSocket is refused with 403",
	Severity: finding.Error,
	Why: "Either the Origin is not among those allowed (AllowedHostsOriginValidator compares its host with ALLOWED_HOSTS and refuses a missing one as well), " +
		"or connect() of the consumer closed the WebSocket without accepting it, as consumers do with users who are not logged in. A firewall before the app may also answer so.",
	Django: "daphne answers \"403 Access denied\", uvicorn \"403 Forbidden\", to either. A code given to close() before accept() does not reach the browser.",
	Fix:    "Add the host of the site to ALLOWED_HOSTS, or send the cookies of a user whom the consumer accepts.",
	Live:   true,
	Since:  since,
	Sources: []string{
		"channels 4.3.2, security/websocket.py, OriginValidator",
	},
}

var docUnauthorized = finding.Doc{
	ID:       "websocket/unauthorized",
	Title:    "The WebSocket is answered with a demand for a login",
	Severity: finding.Error,
	Why:      "Something before the app asks for a password (401, or 407 from a proxy): a site that is locked for the time before its opening, as a rule. Browsers send no password that a page gives them for a WebSocket.",
	Django:   notAsked,
	Fix:      "Exempt the path of the WebSocket from the login, or send the header Authorization with headers.",
	Live:     true,
	Since:    since,
}

var docUpgradeRequired = finding.Doc{
	ID:       "websocket/upgrade-required",
	Title:    "The WebSocket is answered with 426, Upgrade Required",
	Severity: finding.Error,
	Why:      "What answers wants a WebSocket and was not asked for one: a proxy on the way strips the headers Upgrade and Connection, or speaks another version of HTTP or of WebSockets.",
	Django:   "No consumer is asked.",
	Fix:      passUpgrade,
	Live:     true,
	Since:    since,
}

var docBadRequest = finding.Doc{
	ID:       "websocket/bad-request",
	Title:    "The WebSocket is answered with 400",
	Severity: finding.Error,
	Why: "What answers finds the request malformed: a proxy that passes on only a part of the handshake's headers, a Host that is not among ALLOWED_HOSTS " +
		"where the WebSocket has become an ordinary request, or a header or cookie that is too long.",
	Django: "For an ordinary request Django logs \"Invalid HTTP_HOST header\" and answers 400; daphne does so for a handshake that lacks a header.",
	Fix:    "Find in the logs of the proxy and of the app which of them answers 400: the line says why.",
	Live:   true,
	Since:  since,
}

var docNoUpgrade = finding.Doc{
	ID:       "websocket/no-upgrade",
	Title:    "An ordinary page answers instead of a WebSocket",
	Severity: finding.Error,
	Why:      "The answer is a success, and no WebSocket: the path belongs to a page (that of a single-page app answers to everything), or a proxy strips the header Upgrade and the app has a page there, too.",
	Django:   "If the app answers it is a view, not a consumer.",
	Fix:      "Correct the path of the URL to one of websocket_urlpatterns. " + passUpgrade,
	Live:     true,
	Since:    since,
}

var docRedirect = finding.Doc{
	ID:       "websocket/redirect",
	Title:    "The WebSocket is answered with a redirect",
	Severity: finding.Error,
	Why: "Browsers do not follow redirects for a WebSocket: it fails. Usually a proxy sends http:// to https:// (then the URL must begin with wss://), to another host name, " +
		"to a login page, or Django adds a slash to a path that never was a WebSocket's for it.",
	Django: "If the app answers it is Django's CommonMiddleware or SecurityMiddleware (SECURE_SSL_REDIRECT), not a consumer.",
	Fix:    "Use the URL that the redirect leads to, with wss:// for https://.",
	Live:   true,
	Since:  since,
}

var docUnexpectedStatus = finding.Doc{
	ID:       "websocket/unexpected-status",
	Title:    "The WebSocket is answered with an unusual HTTP status",
	Severity: finding.Error,
	Why:      "The answer is neither a WebSocket nor one of the refusals that are known. Firewalls and content networks have statuses of their own; an app can answer what it likes with Channels' websocket.http.response.",
	Django:   "If it is the app that answers, it decided so itself.",
	Fix:      "Look up the status in the documentation of what answers.",
	Live:     true,
	Since:    since,
}

var docHandshakeBroken = finding.Doc{
	ID:       "websocket/handshake-broken",
	Title:    "The WebSocket is accepted in a way that browsers refuse",
	Severity: finding.Error,
	Why: "The answer is 101, Switching Protocols, and not a right one: a header is missing or wrong, the accept key is another handshake's, or an extension or subprotocol is chosen that nobody offered. " +
		"A proxy or cache that changes or repeats answers does that.",
	Django: "The consumer may have accepted, and the browser closes with code 1006.",
	Fix:    "Pass the answer 101 on unchanged in the proxy before the app.",
	Live:   true,
	Since:  since,
}

var docNoSubprotocol = finding.Doc{
	ID:       "websocket/no-subprotocol",
	Title:    "The app chooses none of the offered subprotocols",
	Severity: finding.Error,
	Why:      "A browser that offers subprotocols closes the WebSocket if the server chooses none of them.",
	Django:   "accept() without subprotocol= chooses none, and the consumer sees an open WebSocket that closes at once with code 1006.",
	Fix:      "Call accept(subprotocol=...) in the consumer with one of those in self.scope[\"subprotocols\"].",
	Live:     true,
	Since:    since,
}

func (s *Session) noSubprotocol() *problem {
	p := wrong(docNoSubprotocol, s.report.Address+" accepted the WebSocket and chose no subprotocol.")
	p.setting = SettingSubprotocols
	return p
}

func answerDocs() []finding.Doc {
	return []finding.Doc{
		docServerError, docNotFound, docForbidden, docUnauthorized, docUpgradeRequired, docBadRequest, docNoUpgrade, docRedirect,
		docUnexpectedStatus, docHandshakeBroken, docNoSubprotocol,
	}
}

// notUpgraded classifies an HTTP answer that opened no WebSocket.
func (s *Session) notUpgraded(a answer) *problem {
	observed := s.observed(a)
	switch a.status {
	case 101:
		return wrong(docHandshakeBroken, observed)
	case 400:
		if strings.Contains(a.body, "HTTPS port") || strings.Contains(a.body, "HTTPS server") {
			return s.tlsRequired()
		}
		return wrong(docBadRequest, observed)
	case 401, 407:
		return wrong(docUnauthorized, observed)
	case 403:
		p := wrong(docForbidden, observed)
		if s.request.origin() == "" {
			p.fix = "Leave the argument origin out: AllowedHostsOriginValidator refuses a WebSocket without an Origin."
			p.setting = SettingOrigin
		}
		return p
	case 404:
		return passing(docNotFound, observed)
	case 426:
		return wrong(docUpgradeRequired, observed)
	case 429:
		return passing(docTooMany, observed)
	case 500:
		return passing(docServerError, observed)
	case 502:
		return passing(docBadGateway, observed)
	case 503:
		return passing(docUnavailable, observed)
	case 504:
		return passing(docGatewayTimeout, observed)
	case 301, 302, 303, 307, 308:
		return s.redirected(a, observed)
	}
	if a.status >= 200 && a.status < 300 {
		return wrong(docNoUpgrade, observed)
	}
	return wrong(docUnexpectedStatus, observed)
}

func (s *Session) observed(a answer) string {
	who := ""
	if a.server != "" {
		who = " (" + a.server + ")"
	}
	return fmt.Sprintf("%s%s answered the request for a WebSocket with HTTP status %d.", s.report.Address, who, a.status)
}

func (s *Session) redirected(a answer, observed string) *problem {
	if a.location != "" {
		observed += " It leads to " + a.location + "."
	}
	p := wrong(docRedirect, observed)
	switch {
	case a.secure && a.path && !s.request.Target.Secure:
		p.fix = "Write wss:// in place of ws://."
	case a.path:
		p.fix = "Correct the path of the URL: a slash at its end is missing or superfluous, or a login is needed."
	}
	return p
}
