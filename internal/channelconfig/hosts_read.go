package channelconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// HostsError says that the text of hosts is not JSON. It holds nothing of it.
type HostsError struct {
	// Offset is the byte in the JSON at which it ends to be some.
	Offset int64
}

func (e *HostsError) Error() string { return fmt.Sprintf("is not JSON, at byte %d", e.Offset) }

// readHosts is what the rendered settings make of the variable for hosts:
//
//	json.loads(text if '"' in text else unquote(text))
//
// and what channels_redis makes of that (4.1.0 to 4.3.0, utils.py, decode_hosts
// and create_pool). It is empty where Python takes the value for false, so that
// the settings go on to REDIS_URL; an empty text is as none. The error is a
// [*HostsError].
func readHosts(text string) ([]Host, error) {
	if text == "" {
		return nil, nil
	}
	value, err := decodeJSON(unspellHosts(text))
	if err != nil {
		return nil, err
	}
	if !truth(value) {
		return nil, nil
	}
	list, ok := value.([]any)
	if !ok {
		return []Host{{Setting: SettingHosts, Problem: &HostError{Reason: HostNotAList, Setting: SettingHosts}}}, nil
	}
	hosts := make([]Host, len(list))
	for i, item := range list {
		hosts[i] = readHost(item, HostSetting(i))
	}
	return hosts, nil
}

// decodeJSON is json.loads for one document.
func decodeJSON(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, &HostsError{Offset: syntax.Offset}
		}
		return nil, &HostsError{Offset: int64(len(text))}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, &HostsError{Offset: decoder.InputOffset()}
	}
	return value, nil
}

// truth is bool() of what json.loads gives.
func truth(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case json.Number:
		f, err := v.Float64()
		return err != nil || f != 0
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	default:
		return true
	}
}

// readHost is decode_hosts for one entry.
func readHost(item any, setting string) Host {
	broken := func(reason HostReason) Host {
		return Host{Setting: setting, Problem: &HostError{Reason: reason, Setting: setting}}
	}
	switch v := item.(type) {
	case string:
		if v == "" {
			return broken(HostEmptyURL)
		}
		return Host{URL: secret.New(v), Setting: setting}
	case []any:
		if len(v) < 2 {
			return broken(HostNotAPair)
		}
		host, port, reason := readPair(v)
		if reason != "" {
			return broken(reason)
		}
		return Host{Host: host, Port: port, Form: FormList, Setting: setting}
	case map[string]any:
		return readDict(v, setting)
	default:
		return broken(HostNotAnEntry)
	}
}

// readPair is a host and a port. None for a host is "" to getaddrinfo.
func readPair(pair []any) (host string, port *big.Int, reason HostReason) {
	host, isText := pair[0].(string)
	if !isText && pair[0] != nil {
		return "", nil, HostArgument
	}
	port, ok := readInt(pair[1])
	if !ok {
		return "", nil, HostPort
	}
	return host, port, ""
}

// readInt is int() of a value of JSON.
func readInt(value any) (*big.Int, bool) {
	switch v := value.(type) {
	case string:
		n, err := pyvalue.Int(v)
		return n, err == nil
	case bool:
		if v {
			return big.NewInt(1), true
		}
		return new(big.Int), true
	case json.Number:
		if n, ok := new(big.Int).SetString(v.String(), 10); ok {
			return n, true
		}
		f, err := v.Float64()
		if err != nil {
			return nil, false // infinity, which int() refuses
		}
		n, _ := big.NewFloat(f).Int(nil)
		return n, true
	default:
		return nil, false
	}
}

// readDict is create_pool for a dict.
func readDict(dict map[string]any, setting string) Host {
	h := Host{Form: FormDict, Setting: setting}
	rest, reason := h.readArguments(dict)
	switch {
	case reason != "":
	case misplaced(dict):
		reason = HostArgument
	case dict["address"] != nil || has(dict, "address"):
		url, ok := dict["address"].(string)
		h.URL = secret.New(url)
		switch {
		case !ok:
			reason = HostArgument
		case url == "":
			reason = HostEmptyURL
		}
	case dict["master_name"] != nil:
		h.Sentinel, h.Problem = readSentinel(dict, setting)
		h.TLS = truth(dict["ssl"])
		delete(rest, "ssl")
	case has(dict, "sentinels"):
		reason = HostNoMaster
	default:
		reason = h.readPlace(dict)
	}
	if reason != "" {
		h.Problem = &HostError{Reason: reason, Setting: setting}
	}
	h.Arguments = rest
	return h
}

// misplaced reports arguments of Sentinels that reach a connection, which does
// not know them (TypeError), or that ask for a replica.
func misplaced(dict map[string]any) bool {
	address := has(dict, "address")
	if !address && dict["master_name"] != nil {
		return has(dict, "is_master") && !truth(dict["is_master"])
	}
	return has(dict, "sentinel_kwargs") || has(dict, "is_master") || has(dict, "check_connection") ||
		address && (has(dict, "sentinels") || has(dict, "master_name"))
}

func has(dict map[string]any, name string) bool {
	_, ok := dict[name]
	return ok
}

// readPlace are the host and port of a connection, with its defaults. They are
// text and number to int(), as in a pair.
func (h *Host) readPlace(dict map[string]any) HostReason {
	host, port := any("localhost"), any(json.Number("6379"))
	if has(dict, "host") {
		host = dict["host"]
	}
	if has(dict, "port") {
		port = dict["port"]
	}
	var reason HostReason
	h.Host, h.Port, reason = readPair([]any{host, port})
	return reason
}

// readArguments takes what is no place out of a dict, as text that stands in a
// URL. None is what every argument is without it, but for ssl_cert_reqs, where
// it is "none" (redis/asyncio/connection.py, RedisSSLContext).
func (h *Host) readArguments(dict map[string]any) (rest map[string]secret.String, reason HostReason) {
	rest = map[string]secret.String{}
	for name, value := range dict {
		switch name {
		case "address", "host", "port", "sentinels", "master_name", "sentinel_kwargs", "check_connection", "is_master":
			continue
		case "db":
			db, ok := readInt(value)
			if !ok && value != nil {
				return nil, HostArgument
			}
			h.DB = db
			continue
		}
		text, ok := argumentText(value)
		_, isText := value.(string)
		switch {
		case !ok, isText && isNumber(name):
			return nil, HostArgument
		case isText && name == "ssl_check_hostname":
			// No parser reads it: every text but "" is true.
			rest[name] = secret.New(strconv.FormatBool(text != ""))
		case value == nil && name == "ssl_cert_reqs":
			rest[name] = secret.New("none")
		case value == nil:
		case name == "username":
			h.Username = secret.New(text)
		case name == "password":
			h.Password = secret.New(text)
		default:
			rest[name] = secret.New(text)
		}
	}
	return rest, ""
}

// isNumber reports an argument that redis-py computes with: in a dict no parser
// makes a number of a text.
func isNumber(name string) bool {
	switch name {
	case "socket_timeout", "socket_connect_timeout", "health_check_interval", "max_connections", "socket_read_size":
		return true
	}
	return false
}

// argumentText is how a value of JSON stands in a URL's query.
func argumentText(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	case json.Number:
		return v.String(), true
	default:
		return "", false
	}
}

// readSentinel are the Sentinels of a dict. A Sentinel in the form of a URL
// raises "too many values to unpack" (redis/asyncio/sentinel.py,
// Sentinel.__init__).
func readSentinel(dict map[string]any, setting string) (*Sentinel, *HostError) {
	fail := func(reason HostReason, at string) (*Sentinel, *HostError) {
		return &Sentinel{}, &HostError{Reason: reason, Setting: at}
	}
	master, isText := dict["master_name"].(string)
	list, isList := dict["sentinels"].([]any)
	switch {
	case !isText:
		return fail(HostArgument, setting)
	case master == "":
		return fail(HostNoMaster, setting)
	case !isList || len(list) == 0:
		return fail(HostNoSentinels, setting)
	}
	s := &Sentinel{MasterName: master}
	for i, item := range list {
		at := sentinelSetting(setting, i)
		pair, ok := item.([]any)
		if !ok || len(pair) != 2 {
			return fail(HostSentinelNotAPair, at)
		}
		host, port, reason := readPair(pair)
		if reason != "" {
			return fail(reason, at)
		}
		s.Addresses = append(s.Addresses, SentinelAddress{Host: host, Port: port, Setting: at})
	}
	about, isDict := dict["sentinel_kwargs"].(map[string]any)
	if !isDict {
		if dict["sentinel_kwargs"] != nil {
			return fail(HostArgument, setting)
		}
		return s, nil
	}
	var own Host
	rest, reason := own.readArguments(about)
	if reason != "" {
		return fail(reason, setting)
	}
	// Redis(host=..., port=..., **sentinel_kwargs); a Sentinel does not know SELECT.
	if has(about, "host") || has(about, "port") || own.DB != nil && own.DB.Sign() != 0 {
		return fail(HostArgument, setting)
	}
	s.Username, s.Password, s.TLS = own.Username, own.Password, truth(about["ssl"])
	delete(rest, "ssl")
	s.Arguments = rest
	return s, nil
}

// unspellHosts undoes [SpelledHosts].
func unspellHosts(text string) string {
	if strings.Contains(text, `"`) {
		return text
	}
	return unquote(text)
}

// unquote is urllib.parse.unquote: what is no escape stays, and bytes that are
// no UTF-8 become U+FFFD.
func unquote(text string) string {
	var out bytes.Buffer
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if high, low := hex(text[i+1]), hex(text[i+2]); high >= 0 && low >= 0 {
				out.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return strings.ToValidUTF8(out.String(), "\uFFFD")
}

func hex(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }
