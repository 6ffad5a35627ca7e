package provider

// hostsInputField are several hosts, in the place of one. It is not sensitive as
// a whole, so that plans show what changes; its secrets are.
func hostsInputField() field {
	return object("hosts", "Several Redis servers that share the load of the layer (sharding), or one behind Sentinels, in place of `redis_url`, `redis_host` and `redis_port`. Each entry is a URL, or a host, or the path of a Unix socket, or Sentinels with the name of a master. Order counts: the names of channels and groups decide about the place in the list. They reach the app as JSON in the variable that `variables.hosts` names, which the output `settings_python` reads. An empty list counts as unset. See the guide on [several hosts](../guides/several-hosts.md).",
		hostFields()...,
	).as(kindObjectList)
}

// hostsWriteOnlyFields are the twin of hosts that is never stored.
func hostsWriteOnlyFields() []field {
	return []field{
		object("hosts_wo", "`hosts` as a write-only argument (Terraform and OpenTofu 1.11): it is never stored in plan or state. Every output that would carry it is null then; the ephemeral resource `channels_layer` delivers the wiring. Without its stored order a change of it cannot be told.",
			writeOnly(hostFields())...,
		).as(kindObjectList).isWriteOnly(),
		integer("hosts_wo_version", "Raise it whenever `hosts_wo` changes: its value is not stored, so a change of it alone goes unseen. Required with `hosts_wo`."),
	}
}

func hostFields() []field {
	return []field{
		text("url", "A URL, as in `redis_url`. Excludes what follows.").secret(),
		text("host", "Name or address. It reaches the app as a URL, with what follows."),
		integer("port", "TCP port beside `host`. Effective default 6379."),
		text("path", "Absolute path of a Unix socket, in place of `host`."),
		text("username", "ACL user. Redis' default user needs none."),
		text("password", "Its password. Special characters need no escaping here.").secret(),
		integer("db", "Number of the database. Effective default 0."),
		boolean("tls", "Whether the connection is encrypted. Effective default `false`."),
		text("arguments", "Further arguments of the connection, by redis-py's names, as they would stand in the query of a URL: `{ socket_timeout = \"10\" }`.").as(kindStringMap).secret(),
		object("sentinels", "Sentinels to ask for the master, in this order.",
			text("host", "Name or address of a Sentinel.").required(),
			integer("port", "Its TCP port. Effective default 26379."),
		).as(kindObjectList),
		text("master_name", "The name under which the Sentinels watch the master."),
		text("sentinel_username", "ACL user of the Sentinels themselves; `username` and `password` are the master's."),
		text("sentinel_password", "Password of the Sentinels themselves.").secret(),
		boolean("sentinel_tls", "Whether the connections to the Sentinels are encrypted. Effective default `false`."),
		text("sentinel_arguments", "Further arguments of the connections to the Sentinels, which get nothing of `arguments`: `{ socket_timeout = \"3\" }` keeps the app from waiting for one that is silent.").as(kindStringMap).secret(),
	}
}

// writeOnly makes fields write-only: all below an attribute that is must be, too.
func writeOnly(fields []field) []field {
	made := make([]field, len(fields))
	for i, f := range fields {
		f.nested = writeOnly(f.nested)
		made[i] = f.isWriteOnly()
	}
	return made
}
