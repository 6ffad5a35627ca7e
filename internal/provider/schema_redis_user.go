package provider

// redisUserInputs are the fields of channels_redis_user that users write.
func redisUserInputs() []field {
	return []field{
		text("name", "The user's name. Another name is another user: the old one is removed, and a new one made.").required(),
		text("backend", "Which layer: `core` or `pubsub`. Effective default `core`.").among("core", "pubsub"),
		text("prefix", "`prefix` in the layer's `CONFIG`. Effective default `asgi`, as in channels_redis."),
		integer("database", "The database that the app selects. Redis gives no rights by database: for another one than 0 the user may run SELECT, and use the keys of the layer in all of them. Effective default `0`."),
		text("channels", "Channels that the app names itself, beside those that layers make up: what `runworker` listens to, or what is given to `new_channel()`. A name that ends in `*` stands for all that begin so. The layer's own channels and its groups need no mention.").as(kindStringList),
		boolean("flush", "Whether the app may call `flush()` of the core layer (in tests, say). It deletes every key that begins with the prefix, so that the user gets the rights for all of them, and KEYS. Effective default `false`."),
		boolean("checks", "Whether the user may ask what this provider's check of a layer asks beyond what the app needs: INFO, and for pub/sub EVAL and PUBSUB CHANNELS. Without it a check still proves that the layer works, and says nothing about memory and versions. Effective default `true`."),
		text("password_wo", "The password, as a write-only argument (Terraform and OpenTofu 1.11): neither it nor its hash is ever stored in plan or state. Without it a password is generated, and stands in `password`.").secret().isWriteOnly(),
		integer("password_wo_version", "Raise it whenever `password_wo` changes: its value is not stored, so a change of it alone goes unseen. Required with `password_wo`."),
		integer("password_version", "Raise it to have a new password generated."),
		boolean("keep_previous_password", "Whether a new password leaves the one before valid as well, so that an app goes on while it is deployed anew: see the guide [A Redis user for the app](../guides/redis-user.md). `false` ends it. There are never more than two. Effective default `true`."),
		text("persist", "How the user survives a restart of Redis. `auto`: in the ACL file of Redis; a warning where there is none. `acl_file`: the same, an error where there is none. `config`: in the ACL file, else in redis.conf, which Redis rewrites as a whole (CONFIG REWRITE). `none`: that is for somebody else. Both files get all users as they are at that moment. Effective default `auto`.").
			among("auto", "acl_file", "config", "none"),
		text("redis_url", "The URL of an administrator of Redis: of a user with `+acl`. The provider's own `redis_url` serves where there is none, and accepts ephemeral values, so that nothing of it is stored. There is no write-only twin: Terraform shows such arguments neither to a refresh nor to a destroy.").secret(),
		object("hosts", "Each Redis that the layer uses, if not the one in the URL: of several shards all, behind Sentinels the master and each replica, because users are not replicated. Users, passwords and query arguments are those of the URL.",
			text("host", "Name or address.").required(),
			integer("port", "Effective default `6379`."),
		).as(kindObjectList),
		text("timeout", "How long one attempt may take on each host, for example `5s`. Effective default `5s`.").isDuration(),
		text("wait", "How long apply tries again until Redis can be reached. Effective default `30s`.").isDuration(),
		findingsField(),
	}
}

// redisUserOutputs are the fields that it puts out.
func redisUserOutputs() []field {
	return []field{
		text("rule", "What the user may do, as ACL SETUSER takes it. A plan shows here what somebody changed by hand.").computed(),
		text("password", "The generated password: 26 capitals and digits. Null with `password_wo`.").secret().computed(),
		boolean("password_valid", "Whether the user takes `password`. `false` where a refresh found that it was changed by hand, which apply mends. With `password_wo` it is not known, and `true`.").computed(),
		integer("passwords", "How many passwords the user takes: two while the one before the current one is still valid.").computed(),
		text("addresses", "Where the user is, as `host:port`.").as(kindStringList).computed(),
	}
}
