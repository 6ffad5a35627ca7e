package provider

// tlsField is what people want of TLS for a layer's Redis.
func tlsField(name string) field {
	return object(name, "What is wanted of TLS, for a URL with `rediss://` or hosts with `tls`. The app gets it as arguments of redis-py in its URL, in a spelling that all supported versions read the same; what is unset is left to redis-py. "+
		"Texts in PEM stand for a check in the place of files that exist only where the app runs. See the [TLS guide](../guides/tls.md).",
		text("verify", "`full`: the certificate must be signed by a trusted authority and be for the host's name. `chain`: signed by a trusted authority, for any name. `none`: any certificate is taken, as Heroku's self-signed ones need it. Unset, redis-py decides: `full` from 6.0 on, `chain` before.").
			among("full", "chain", "none"),
		text("min_version", "The oldest version of TLS, `1.2` or `1.3`. Python from 3.10 on takes no older one than 1.2 by itself. How the app is told `1.3` hangs on `packages`.").among("1.2", "1.3"),
		text("ca_file", "Path of the authority's certificates (PEM) where the app runs."),
		text("ca_pem", "The authority's certificates as PEM text. Where nothing names a file, the app gets them inside of its URL (`ssl_ca_data`); with `ca_file`, or `ssl_ca_certs` in the URL, they only stand in the place of that file for checks."),
		text("certificate_file", "Path of the app's own certificate (PEM) where the app runs, for a Redis that asks for one."),
		text("key_file", "Path of its private key (PEM) where the app runs."),
		text("certificate_pem", "The app's own certificate as PEM text, in the place of `certificate_file` for checks. It never reaches the app, because redis-py reads it from files alone."),
		text("key_pem", "Its private key as PEM text, in the place of `key_file` for checks. It is stored in plan and state: `key_pem_wo`, or `tls` of the provider, leave it out of there.").secret(),
		text("key_pem_wo", "`key_pem` as a write-only argument (Terraform and OpenTofu 1.11), never stored in plan or state.").secret().isWriteOnly(),
		integer("key_pem_wo_version", "Raise it whenever `key_pem_wo` changes. Required with it.").onlyWithWriteOnly(),
		text("server_name", "The name in the certificate, where that is not the host. For data sources and deliveries, which may reach Redis by another name than the app does (a forwarded port). For a layer it is a finding unless it is the host: redis-py cannot do it."),
	)
}

// providerTLSField is what checks use in the place of files.
func providerTLSField() field {
	return object("tls", "What checks use in the place of certificate files that exist only where the app runs, where an object has none of its own. It accepts ephemeral values, and nothing of it reaches an app, a plan or the state.",
		text("ca_pem", "The authority's certificates as PEM text, in the place of the file that `ssl_ca_certs` or `tls.ca_file` names."),
		text("certificate_pem", "The app's own certificate as PEM text, in the place of the file that `ssl_certfile` or `tls.certificate_file` names."),
		text("key_pem", "Its private key as PEM text, in the place of the file that `ssl_keyfile` or `tls.key_file` names.").secret(),
	)
}
