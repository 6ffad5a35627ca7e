package provider

// connectionFields are the settings that decide where the layer's Redis is.
func connectionFields() []field {
	return []field{
		text("redis_url", "`REDIS_URL`: `redis://`, `rediss://` (TLS) or `unix://`. An empty string counts as unset, as in Django's settings code; pass `null` to leave it out. Build it with [`provider::channels::build_url`](../functions/build_url.md), so that special characters in a password survive.").secret(),
		text("redis_host", "`REDIS_HOST`: the host that the settings code falls back to without a URL. Effective default `127.0.0.1`."),
		integer("redis_port", "`REDIS_PORT`: the port beside `redis_host`. Effective default `6379`."),
		hostsInputField(),
		text("backend", "Which layer: `auto` follows the settings code (`core` if there is a URL or `debug` is off, else `in_memory`); `core`, `pubsub` and `in_memory` say it outright. Effective default `auto`.").
			among("auto", "core", "pubsub", "in_memory"),
		configField(),
		packagesField(),
	}
}

// writeOnlyURLFields are the twins of redis_url and hosts that are never stored.
func writeOnlyURLFields() []field {
	return append([]field{
		text("redis_url_wo", "`redis_url` as a write-only argument (Terraform and OpenTofu 1.11): it is never stored in plan or state. Every output that would carry it is null then; the ephemeral resource `channels_layer` delivers the wiring.").secret().isWriteOnly(),
		integer("redis_url_wo_version", "Raise it whenever `redis_url_wo` changes: its value is not stored, so a change of it alone goes unseen. Required with `redis_url_wo`."),
	}, hostsWriteOnlyFields()...)
}

// layerFields are the inputs of a layer.
func layerFields() []field {
	fields := []field{
		text("alias", "The key in `CHANNEL_LAYERS`. Effective default `default`."),
	}
	fields = append(fields, connectionFields()...)
	return append(fields,
		tlsField("tls"),
		boolean("debug", "Django's `DEBUG`. Effective default `false`."),
		text("django_settings_module", "`DJANGO_SETTINGS_MODULE`. Effective default `config.settings`."),
		variablesField(),
		findingsField(),
	)
}

func configField() field {
	return object("config", "The options of the layer's `CONFIG` other than `hosts`.",
		text("prefix", "Prefix of all keys and channel names of the layer. channels_redis' default is `asgi`."),
		integer("expiry", "Seconds after which an undelivered message is dropped. channels_redis' default is 60. Core only; pub/sub has no queues."),
		integer("group_expiry", "Seconds after which a group member that was not added again is dropped. channels_redis' default is 86400. Core only."),
		integer("capacity", "Messages a channel holds before `send` raises `ChannelFull`. channels_redis' default is 100."),
		object("channel_capacity", "Capacities of channels whose name matches a pattern, in order: the first match counts. Core and in-memory only.",
			text("pattern", "A glob pattern (Python's `fnmatch`) for channel names.").required(),
			integer("capacity", "The capacity of those channels.").required(),
		).as(kindObjectList),
		text("symmetric_encryption_keys", "Keys that messages are encrypted with: the first encrypts, any decrypts. They reach the app in the environment variable named by `variables.symmetric_encryption_keys`, separated by commas.").as(kindStringList).secret(),
		text("symmetric_encryption_keys_wo", "`symmetric_encryption_keys` as a write-only argument, never stored in plan or state.").as(kindStringList).secret().isWriteOnly(),
		integer("symmetric_encryption_keys_wo_version", "Raise it whenever `symmetric_encryption_keys_wo` changes. Required with it.").onlyWithWriteOnly(),
		text("serializer_format", "`msgpack` or `json`; channels_redis 4.2.1 and later. Its default is `msgpack`."),
		integer("random_prefix_length", "Bytes of randomness before a message in the sorted set. channels_redis' default is 12. Core only."),
		text("on_disconnect", "Option of the pub/sub layer: the type of a message for lost connections, for example `redis.disconnect`. channels_redis stores it and, up to 4.3, never sends it."),
		text("on_reconnect", "Option of the pub/sub layer: the same for connections that came back."),
	)
}

func packagesField() field {
	return object("packages", "The versions of the Python packages in the app, because behaviour differs between them. What is not stated is reported only where it holds for every supported version. What is rendered never depends on it, but for `tls.min_version`.",
		text("channels", "Version of `channels`, for example `4.3.2`."),
		text("channels_redis", "Version of `channels_redis`, for example `4.3.0`."),
		text("redis", "Version of `redis` (redis-py), for example `7.4.1`."),
		text("requirements", "Text of a pinned requirements.txt, `pip freeze`, uv.lock or poetry.lock to read the versions from that are not stated. Sensitive, because addresses of private indexes carry passwords.").secret(),
	)
}

func variablesField() field {
	return object("variables", "Names and spellings of the environment variables, for projects that use others. An empty string leaves a variable out; null means the default.",
		text("redis_url", "Default `REDIS_URL`."),
		text("redis_host", "Default `REDIS_HOST`."),
		text("redis_port", "Default `REDIS_PORT`."),
		text("hosts", "Default `CHANNEL_LAYERS_HOSTS`. It is among the app's variables only where there are `hosts`."),
		text("debug", "Default `DEBUG`."),
		text("debug_true", "How a true `DEBUG` is written. Default `True`."),
		text("debug_false", "How a false `DEBUG` is written. Default `False`."),
		text("django_settings_module", "Default `DJANGO_SETTINGS_MODULE`."),
		text("symmetric_encryption_keys", "Default `CHANNEL_LAYERS_SYMMETRIC_ENCRYPTION_KEYS`."),
	)
}

func findingsField() field {
	return text("findings", "Severities by finding id: `error`, `warning` or `off`. They overrule the provider's. The ids are listed in the [findings guide](../guides/findings.md).").as(kindStringMap)
}

func checkField() field {
	return object("check", "How the layer is checked against its Redis.",
		text("on_plan", "`auto`: what Redis answers wrongly is an error when the layer is created or changed, what does not answer is a warning, because the Redis may be created by the same apply or be visible only from inside its network. `error` (for CI) makes both errors, `warning` both warnings; `off` does not look. A layer that does not change only ever warns. Effective default `auto`.").
			among("auto", "error", "warning", "off"),
		text("on_apply", "`error`, `warning` or `off`. Effective default `error`: creating or changing the layer succeeds only once its Redis is ready.").
			among("error", "warning", "off"),
		text("plan_depth", "How deep plan looks. `ping`: name, TCP, TLS, password, database, PING. `capabilities`: also what the layer needs of this server and this user, without a change to anything. `round_trip`: also messages, sent and received as the layer would, under names of its own that expire. Effective default `capabilities`.").among(depthNames()...),
		text("apply_depth", "How deep apply looks, in the same words. Effective default `round_trip`.").among(depthNames()...),
		text("timeout", "How long one attempt may take in all, for example `5s`. Effective default `5s`.").isDuration(),
		text("wait", "How long apply tries again until Redis is ready. Effective default `30s`.").isDuration(),
	)
}

// outputFields are what a layer puts out. Those that carry values of
// variables are sensitive.
func outputFields() []field {
	return []field{
		text("backend_class", "The dotted Python path that stands in `BACKEND`.").computed(),
		boolean("uses_redis", "Whether the layer needs a Redis.").computed(),
		hostsField(),
		text("environment", "Exactly the environment variables that the app needs. `REDIS_PORT` is always among them: the settings code computes `int(REDIS_PORT)` even when there is a URL, and a Kubernetes Service named `redis` would set it to an address.").as(kindStringMap).secret().computed(),
		text("variable_names", "The names of the variables in `environment`: not sensitive, and known even while the values are not, for `for_each`.").as(kindStringSet).computed(),
		reportedFindingsField("reported_findings", "What static checks have to say about the layer, notes of severity `info` included. What a server said never stands in it."),
		text("dotenv", "`environment` as the text of a .env file that every known reader reads back the same; null where there is no such text, with a finding in `reported_findings` that names the variable and the reader.").secret().computed(),
		text("settings_python", "The code for `CHANNEL_LAYERS` in Django's settings. It reads the environment and holds no secret. It belongs below the line that sets `DEBUG`; the variable holds a text, so that line must compare it: `DEBUG = os.getenv('DEBUG') == 'True'`.").computed(),
		text("channel_layers_json", "`CHANNEL_LAYERS` as it comes out, as JSON.").secret().computed(),
	}
}

func hostsField() field {
	return object("resolved_hosts", "Where the layer's Redis is, one entry for each host, never secret; null where something that may be a piece of a password stands in the place of a host.",
		text("host", "Name or address; null for a unix socket, and for a master that Sentinels know.").computed(),
		integer("port", "TCP port; null where `host` is.").computed(),
		boolean("tls", "Whether the connection is encrypted.").computed(),
		integer("db", "Number of the database.").computed(),
		text("path", "Path of a unix socket, else null.").computed(),
	).as(kindObjectList).computed()
}

func reportedFindingsField(name, doc string) field {
	return object(name, doc,
		text("id", "The finding's id, `category/slug`.").computed(),
		text("severity", "`error`, `warning` or `info`.").computed(),
		text("summary", "What is wrong, the same for every finding of the id.").computed(),
		text("detail", "What was observed, and what Django does then.").computed(),
		text("setting", "The setting it is about: `REDIS_URL`, `CONFIG.prefix` ...").computed(),
		text("fix", "The one step that mends it.").computed(),
	).as(kindObjectList).computed()
}
