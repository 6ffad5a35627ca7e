package redisurl

import "github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"

// check is one thing at which Python may stop.
type check func(*parser) *Error

// makePool mirrors ConnectionPool.__init__ with the arguments of parse_url.
func (p *parser) makePool() *Error {
	return p.first(checkSelf, checkMaxConnections, checkMaintenance)
}

// makeConnection mirrors the constructor of the connection class: for every
// transport and line the checks in Python's order.
func (p *parser) makeConnection() *Error {
	switch {
	case p.transport == TCP && p.has("connection_class"):
		return p.refuseObject("connection_class", typeError)
	case p.line >= line46:
		return p.first(checkCertReqs, checkPort, checkUnknown, checkCredentials, checkDriverInfo, checkRetry,
			checkEncoder, checkProtocolAndParser)
	case p.transport == Unix:
		return p.first(checkUnknown, checkCredentials, checkRetry, checkParser)
	default:
		return p.first(checkUnknown, checkCredentials, checkPort, checkRetry, checkEncoder, checkParser, checkCertReqs)
	}
}

func (p *parser) first(checks ...check) *Error {
	for _, c := range checks {
		if err := c(p); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) has(name string) bool {
	_, has := p.options[name]
	return has
}

// stop is the refusal of an argument's value at connect.
func (p *parser) stop(reason Reason, exception, name string) *Error {
	at := -1
	if a := p.find(name); a != nil {
		at = a.valueAt
	}
	return p.fail(AtConnect, exception, reason, at, name)
}

func (p *parser) refuseObject(name, exception string) *Error {
	err := p.stop(NotFromURL, exception, name)
	err.Offset = p.origin(p.find(name).nameAt)
	return err
}

// checkSelf: cls(**kwargs) already has a self.
func checkSelf(p *parser) *Error {
	if !p.has("self") {
		return nil
	}
	return p.fail(AtParse, typeError, UnknownArgument, p.find("self").nameAt, "self")
}

func checkMaxConnections(p *parser) *Error {
	if n := p.options["max_connections"].Int; n == nil || n.Sign() >= 0 {
		return nil
	}
	return p.fail(AtParse, valueError, NegativeMaxConnections, p.find("max_connections").valueAt, "max_connections")
}

// checkMaintenance mirrors AsyncMaintNotificationsAbstractConnectionPool of
// redis-py 8.1: it reads attributes of these two, which text has not. The
// second is read only if notifications are on: with a host, without a path and
// with protocol 3.
func checkMaintenance(p *parser) *Error {
	if p.line < line81 {
		return nil
	}
	name := "maint_notifications_config"
	if !p.has(name) {
		name = "oss_cluster_maint_notifications_handler"
		if !p.has(name) || !p.maintenanceIsOn() {
			return nil
		}
	}
	return p.fail(AtParse, attributeError, NotFromURL, p.find(name).nameAt, name)
}

func (p *parser) maintenanceIsOn() bool {
	if p.transport == Unix && p.path != "" || p.has("path") || p.transport == TCP && p.has("connection_class") {
		return false
	}
	protocol := p.options["protocol"].Int
	return (p.host != "" || p.has("host")) && (protocol == nil || protocol.IsInt64() && protocol.Int64() == 3)
}

// checkCertReqs mirrors RedisSSLContext.__init__.
func checkCertReqs(p *parser) *Error {
	if p.transport != TLS || !p.has("ssl_cert_reqs") {
		return nil
	}
	switch p.options["ssl_cert_reqs"].Text.Reveal() {
	case "none", "optional", "required":
		return nil
	}
	return p.stop(CertReqs, redisError, "ssl_cert_reqs")
}

// checkPort: Connection.__init__ calls int(port).
func checkPort(p *parser) *Error {
	if p.transport == Unix || p.port != nil || !p.has("port") {
		return nil
	}
	if _, err := pyvalue.Int(p.options["port"].Text.Reveal()); err == nil {
		return nil
	}
	return p.stop(ArgumentValue, valueError, "port")
}

// checkUnknown: the call itself fails for a name that is no parameter.
func checkUnknown(p *parser) *Error {
	for _, a := range p.arguments {
		// The URL itself overrides it before the call.
		overridden := a.name == "connection_class" && p.transport != TCP
		if !overridden && !takes(a.name, p.transport, p.line) {
			return p.fail(AtConnect, typeError, UnknownArgument, a.nameAt, a.name)
		}
	}
	return nil
}

func checkCredentials(p *parser) *Error {
	given := p.username != "" || p.password != "" || p.has("username") || p.has("password")
	if !given || !p.has("credential_provider") {
		return nil
	}
	err := p.refuseObject("credential_provider", dataError)
	err.Reason = CredentialConflict
	return err
}

// checkDriverInfo mirrors resolve_driver_info of redis/driver_info.py.
func checkDriverInfo(p *parser) *Error {
	passed := p.line < line722 || p.line == line73 || p.line == line74
	if passed || !p.has("driver_info") {
		return nil
	}
	return p.refuseObject("driver_info", typeError)
}

// checkRetry mirrors how the constructors treat retry, retry_on_error and
// retry_on_timeout: text is a sequence of characters, so it serves as a list
// of errors until something is appended to it, and it has no retry's methods.
func checkRetry(p *parser) *Error {
	onTimeout := p.options["retry_on_timeout"].Bool
	appends := onTimeout != nil && *onTimeout
	if p.has("retry_on_error") && appends {
		return p.refuseObject("retry_on_error", attributeError)
	}
	var used bool
	switch {
	case p.line < line434:
		return nil // retry is copied, and its methods wait for a failure
	case p.line < line44, p.line < line46 && p.transport == Unix:
		used = appends || p.has("retry_on_error")
	default:
		used = true
	}
	if !used || !p.has("retry") {
		return nil
	}
	return p.refuseObject("retry", attributeError)
}

// checkEncoder: text cannot be called.
func checkEncoder(p *parser) *Error {
	if !p.has("encoder_class") {
		return nil
	}
	return p.refuseObject("encoder_class", typeError)
}

// checkParser: text cannot be called.
func checkParser(p *parser) *Error {
	if !p.has("parser_class") {
		return nil
	}
	return p.refuseObject("parser_class", typeError)
}

// checkProtocolAndParser: redis-py 8.0 chooses the parser by the protocol, so
// it reads that first.
func checkProtocolAndParser(p *parser) *Error {
	if p.line >= line80 {
		return p.first(checkProtocol, checkParser)
	}
	return p.first(checkParser, checkProtocol)
}

// checkProtocol mirrors AbstractConnection.__init__. Before 7.2.1 its finally
// clause reads a variable that a protocol that is no number left unbound.
func checkProtocol(p *parser) *Error {
	if !p.has("protocol") {
		return nil
	}
	option := p.options["protocol"]
	protocol := option.Int
	if protocol == nil {
		n, err := pyvalue.Int(option.Text.Reveal())
		if err != nil && p.line < line721 {
			return p.stop(Protocol, unboundError, "protocol")
		}
		protocol = n
	}
	if protocol != nil && protocol.IsInt64() && (protocol.Int64() == 2 || protocol.Int64() == 3) {
		return nil
	}
	return p.stop(Protocol, connectionError, "protocol")
}
