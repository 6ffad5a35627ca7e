package provider

// websocketFields say which WebSocket to open, and how.
func websocketFields() []field {
	return []field{
		text("url", "Where the WebSocket is: `wss://` (TLS) or `ws://`, as browsers open it. Sensitive, because queries carry tokens: messages name its scheme, host and port alone, and not even these where an `@` comes after the host, as with a raw `/` in a password: write `%40` for one in a path or query.").secret(),
		text("origin", "The header `Origin`, which `AllowedHostsOriginValidator` looks at. Unset it is that of the URL's own site (`https://` for `wss://`), as of a page of the app; an empty string sends none."),
		text("headers", "More headers of the handshake. The handshake's own cannot be set.").as(kindStringMap).secret(),
		text("cookies", "Cookies by name, such as `sessionid` of a user whom the consumer accepts.").as(kindStringMap).secret(),
		text("subprotocols", "Subprotocols to offer, in order of preference. A browser closes a WebSocket whose server chooses none of them.").as(kindStringList),
		object("tls", "How a `wss://` connection is secured. By default the certificate must be signed by an authority of this system and name the host, as in browsers.",
			text("ca_pem", "Certificates of authorities, in PEM, to trust besides those of this system."),
			text("server_name", "The name to ask for and to find in the certificate, in place of the URL's host."),
			text("client_certificate_pem", "A certificate of the client, in PEM, with those that lead to its authority."),
			text("client_key_pem", "Its private key, in PEM.").secret(),
			boolean("verify", "`false` takes any certificate. Effective default `true`."),
		),
		text("send", "A text to send once the WebSocket is open.").secret(),
	}
}

// websocketStatusFields are what was found at a WebSocket.
func websocketStatusFields() []field {
	return []field{
		boolean("connected", "Whether the WebSocket was open. False also where nothing was looked at, which `error` says.").computed(),
		boolean("replied", "Whether the message came that was waited for. False where none was.").computed(),
		integer("status", "HTTP status of the answer: 101 for an open WebSocket. Null where there was none.").computed(),
		field{name: "latency_ms", kind: kindNumber, doc: "Milliseconds from the request for the WebSocket to the answer; another value each time."}.computed(),
		text("subprotocol", "The subprotocol that the server chose; null for none.").computed(),
		integer("close_code", "The code with which the server closed the WebSocket: 1005 for none, 1006 for a connection that just ended. Null where it did not.").computed(),
		text("close_reason", "The text beside the code; null where there is none, or where it quotes what was sent.").computed(),
		text("error", "What is wrong, in a line; null where nothing is.").computed(),
		reportedFindingsField("findings", "What was found, notes of severity `info` included."),
	}
}

// deliveryFields are the arguments of a delivery, besides those of the layer and
// the WebSocket.
func deliveryFields() []field {
	return []field{
		text("url_wo", "`url` as a write-only argument (Terraform and OpenTofu 1.11), never stored in plan or state.").secret().isWriteOnly(),
		integer("url_wo_version", "Raise it whenever `url_wo` changes. Required with it."),
		text("headers_wo", "`headers` as a write-only argument.").as(kindStringMap).secret().isWriteOnly(),
		integer("headers_wo_version", "Raise it whenever `headers_wo` changes. Required with it."),
		text("cookies_wo", "`cookies` as a write-only argument.").as(kindStringMap).secret().isWriteOnly(),
		integer("cookies_wo_version", "Raise it whenever `cookies_wo` changes. Required with it."),
		text("group", "The group that the message is sent to, as `group_send()` does. It must begin with `channels-check`, with no letter right behind it, unless `allow_delivery_to_real_members` is set. Effective default `channels-check`."),
		text("channel", "A channel that the message is sent to in place of a group, as `send()` does: that of a worker whose answer comes out of the WebSocket."),
		text("message", "The message: texts by key, `type` among them, and `{token}` in a value, by which it is recognised when it comes out. Effective default `{ type = \"channels.check\", token = \"{token}\" }`, which the test consumer takes.").as(kindStringMap),
		boolean("allow_delivery_to_real_members", "Allows groups and channels of the app itself. Every member gets the message, and a consumer that has no handler for its type ends with an exception: set it only if all have one. Effective default `false`."),
		text("timeout", "How long one attempt may take in all, for example `10s`. Effective default `10s`.").isDuration(),
		text("wait", "How long apply tries again what time may heal, such as an app that is not up yet. Effective default `1m`.").isDuration(),
		findingsField(),
		text("triggers", "Any values: a change repeats the delivery, for example of the app's image.").as(kindStringMap),
	}
}
