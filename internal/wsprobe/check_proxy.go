package wsprobe

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

var docBadGateway = finding.Doc{
	ID:       "websocket/bad-gateway",
	Title:    "The proxy before the app gets no answer from it (502)",
	Severity: finding.Error,
	Why:      "The proxy is there and the app behind it is not: it is down, still starting, has crashed, or listens on another host or port than the proxy asks.",
	Django:   "The app is not reached. A browser fires \"close\" with code 1006.",
	Fix:      "Start the app, and compare the host and port that it listens on with those in the proxy's configuration.",
	Live:     true,
	Since:    since,
}

var docUnavailable = finding.Doc{
	ID:       "websocket/unavailable",
	Title:    "The app is not available now (503)",
	Severity: finding.Error,
	Why:      "A proxy without a healthy app behind it answers so, one in a maintenance window, and a server that has as many connections as it takes (uvicorn's --limit-concurrency).",
	Django:   "As a rule the app is not reached.",
	Fix:      "Wait until the app is up; if it stays so, read in the proxy's log why it takes the app for down.",
	Live:     true,
	Since:    since,
}

var docGatewayTimeout = finding.Doc{
	ID:       "websocket/gateway-timeout",
	Title:    "The app does not answer its proxy in time (504)",
	Severity: finding.Error,
	Why:      "The app took the connection and has not answered the request for a WebSocket. Most often connect() of the consumer waits for a Redis that does not answer: group_add() comes before accept().",
	Django:   "connect() goes on waiting, until the proxy's connection ends.",
	Fix:      "Check the channel layer with the data source channels_redis: connect() of the consumer most likely waits for Redis.",
	Live:     true,
	Since:    since,
}

var docTooMany = finding.Doc{
	ID:       "websocket/too-many-requests",
	Title:    "The WebSocket is refused because of too many requests (429)",
	Severity: finding.Error,
	Why:      "Something before the app limits how often one client may ask, and this machine has reached the limit.",
	Django:   "As a rule the app is not reached.",
	Fix:      "Wait, or exempt this machine from the limit.",
	Live:     true,
	Since:    since,
}

func proxyDocs() []finding.Doc {
	return []finding.Doc{docBadGateway, docUnavailable, docGatewayTimeout, docTooMany}
}
