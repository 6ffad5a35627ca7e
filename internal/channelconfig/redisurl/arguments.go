package redisurl

// kind is the parser of a query argument in URL_QUERY_ARGUMENT_PARSERS.
type kind int

const (
	asText kind = iota
	asInt
	asFloat
	asBool
	asFlags
)

// parserOf mirrors URL_QUERY_ARGUMENT_PARSERS of redis/asyncio/connection.py,
// as the line has it.
func parserOf(name string, line Line) kind {
	switch name {
	case "db", "max_connections", "health_check_interval":
		return asInt
	case "socket_timeout", "socket_connect_timeout":
		return asFloat
	case "socket_keepalive", "retry_on_timeout", "ssl_check_hostname":
		return asBool
	case "timeout":
		return since(line502, line, asFloat)
	case "ssl_include_verify_flags", "ssl_exclude_verify_flags":
		return since(line70, line, asFlags)
	case "socket_read_size", "protocol":
		return since(line80, line, asInt)
	case "legacy_responses":
		return since(line80, line, asBool)
	case "ssl_min_version":
		return since(line801, line, asInt)
	}
	return asText
}

func since(first, line Line, k kind) kind {
	if line < first {
		return asText
	}
	return k
}

// takers says which connection classes have a keyword argument.
type takers int

const (
	tcp takers = 1 << iota
	tls
	unix
	pool // taken by ConnectionPool itself

	network = tcp | tls
	all     = network | unix
)

// parameter is a keyword argument that some line takes.
type parameter struct {
	name  string
	takes takers
	// first is the first line that takes it.
	first Line
	// object: it must be a Python object; text makes Python fail.
	object bool
}

// parameters are the keyword arguments of the connection classes and of the
// pool, from the signatures in redis/asyncio/connection.py of every line. A
// name may come twice, where a class took it later than another.
func parameters() []parameter {
	return []parameter{
		{"connection_class", pool, line43, true},
		{"max_connections", pool, line43, false},
		{"maint_notifications_config", pool, line81, true},

		{"db", all, line43, false},
		{"username", all, line43, false},
		{"password", all, line43, false},
		{"socket_timeout", all, line43, false},
		{"socket_connect_timeout", all, line43, false},
		{"socket_read_size", all, line43, false},
		{"health_check_interval", all, line43, false},
		{"retry_on_timeout", all, line43, false},
		{"retry_on_error", all, line434, true},
		{"retry", all, line43, true},
		{"encoding", all, line43, false},
		{"encoding_errors", all, line43, false},
		{"decode_responses", all, line43, false},
		{"client_name", all, line43, false},
		{"parser_class", all, line43, true},
		{"redis_connect_func", all, line43, true},
		{"encoder_class", network, line43, true},
		{"encoder_class", unix, line46, true},
		{"credential_provider", all, line44, true},
		{"lib_name", all, line50, false},
		{"lib_version", all, line50, false},
		{"protocol", all, line50, false},
		{"event_dispatcher", all, line53, true},
		{"driver_info", all, line72, true},
		{"legacy_responses", all, line80, false},
		{"maint_notifications_pool_handler", all, line81, true},
		{"maintenance_state", all, line81, true},
		{"maintenance_notification_hash", all, line81, true},
		{"orig_host_address", all, line81, true},
		{"orig_socket_timeout", all, line81, true},
		{"orig_socket_connect_timeout", all, line81, true},
		{"oss_cluster_maint_notifications_handler", all, line81, true},
		{"himport_registry", all, line81, true},

		{"host", network, line43, false},
		{"port", network, line43, false},
		{"socket_keepalive", network, line43, false},
		{"socket_keepalive_options", network, line43, true},
		{"socket_type", network, line43, true},
		{"path", unix, line43, false},

		{"ssl_keyfile", tls, line43, false},
		{"ssl_certfile", tls, line43, false},
		{"ssl_cert_reqs", tls, line43, false},
		{"ssl_ca_certs", tls, line43, false},
		{"ssl_ca_data", tls, line43, false},
		{"ssl_check_hostname", tls, line43, false},
		{"ssl_min_version", tls, line502, false},
		{"ssl_ciphers", tls, line504, false},
		{"ssl_include_verify_flags", tls, line70, false},
		{"ssl_exclude_verify_flags", tls, line70, false},
		{"ssl_ca_path", tls, line72, false},
		{"ssl_password", tls, line72, false},
	}
}

// takes reports whether the connection of that transport, or the pool, has
// the keyword argument in that line.
func takes(name string, transport Transport, line Line) bool {
	by := pool
	switch transport {
	case TLS:
		by |= tls
	case Unix:
		by |= unix
	default:
		by |= tcp
	}
	for _, p := range parameters() {
		if p.name == name && p.takes&by != 0 && line >= p.first {
			return true
		}
	}
	return false
}

// isKnown reports whether a query argument's name may be shown: it is one of
// redis-py's, or one that people carry over from other clients, so that it is
// no piece of a password by accident.
func isKnown(name string) bool {
	switch name {
	case "ssl", "tls", "timeout", "skip_verify", "sslmode", "insecure",
		"dial_timeout", "read_timeout", "write_timeout", "idle_timeout", "connect_timeout",
		"pool_size", "pool_timeout", "min_idle_conns", "max_idle_conns", "max_active_conns",
		"conn_max_idle_time", "conn_max_lifetime", "max_conn_age", "idle_check_frequency",
		"max_retries", "min_retry_backoff", "max_retry_backoff", "addr", "network", "family",
		"visibility_timeout", "virtual_host", "service_name", "master_name", "sentinel_master_id",
		"client_class", "key_prefix", "prefix", "expiry", "capacity", "database", "user", "cls", "self", "url",
		"ssl_validate_ocsp", "ssl_validate_ocsp_stapled", "ssl_ocsp_context", "ssl_ocsp_expected_cert",
		"ssl_version", "ssl_cert", "ssl_key", "ssl_ca", "single_connection_client", "auto_close_connection_pool",
		"unix_socket_path", "charset", "errors", "cache", "cache_config", "retries", "retry_on_timeouts":
		return true
	}
	for _, p := range parameters() {
		if p.name == name {
			return true
		}
	}
	return false
}

// KnownArguments are the query arguments that can be given as text to a
// connection of some line, in the order of redis-py's signatures: what [Build]
// takes beside the parts that it has fields for.
func KnownArguments() []string {
	var names []string
	for _, p := range parameters() {
		switch p.name {
		case "db", "username", "password", "host", "port", "path", "encoder_class":
			continue
		}
		if !p.object {
			names = append(names, p.name)
		}
	}
	return names
}
