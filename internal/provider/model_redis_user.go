package provider

import (
	"context"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// redisUserModel is a user as written.
type redisUserModel struct {
	name channelconfig.Value[string]
	spec redisuser.Spec
	// ruleUnknown is set while something that decides the rule is not known yet.
	ruleUnknown bool
	// layer has the administrator's connection.
	layer layerModel
	// fromProvider: the connection is the provider's.
	fromProvider bool
	hosts        []hostAndPort
	hostsUnknown bool
	// writeOnly is the password from the configuration; of a user in the state
	// only its version is there.
	writeOnly        channelconfig.Value[secret.String]
	writeOnlyVersion types.Int64
	keep             bool
	persist          redisuser.Persist
	timeout, wait    time.Duration
}

type hostAndPort struct {
	host string
	port int64
}

// readRedisUser reads a user; config is nil where there is none, as in a refresh.
func readRedisUser(ctx context.Context, d *defaults, from, config attributes) (redisUserModel, diag.Diagnostics) {
	r := &reader{ctx: ctx, from: from}
	m := redisUserModel{
		name:             r.text("name"),
		writeOnlyVersion: get[types.Int64](r, "password_wo_version"),
		keep:             r.boolean("keep_previous_password").Or(true),
		persist:          persistNamed(r.text("persist").Or("auto")),
		timeout:          durationOr(r.text("timeout"), redisprobe.DefaultTimeout),
		wait:             durationOr(r.text("wait"), defaultUserWait),
	}
	m.readSpec(r)
	m.readHosts(r)
	m.layer = layerModel{settings: channelconfig.Settings{
		RedisURL:  r.secret("redis_url"),
		Backend:   channelconfig.Known(channelconfig.Core),
		Variables: channelconfig.DefaultVariables(),
	}}
	m.layer.findings = readSeverities(get[types.Map](r, "findings"))
	m.layer.check.timeout = r.text("timeout")
	if !m.layer.settings.RedisURL.IsSet() {
		m.layer.settings.RedisURL, m.fromProvider = d.redisURL, true
	}
	diags := m.layer.withDefaults(d)
	if config != nil {
		hidden := &reader{ctx: ctx, from: config}
		m.writeOnly = hidden.secret("password_wo")
		diags.Append(hidden.diags...)
	}
	return m, append(r.diags, diags...)
}

const defaultUserWait = 30 * time.Second

func persistNamed(name string) redisuser.Persist {
	switch name {
	case "acl_file":
		return redisuser.PersistACLFile
	case "config":
		return redisuser.PersistConfig
	case "none":
		return redisuser.PersistNone
	default:
		return redisuser.PersistAuto
	}
}

func (m *redisUserModel) readSpec(r *reader) {
	backend, prefix := r.text("backend"), r.text("prefix")
	flush, checks := r.boolean("flush"), r.boolean("checks")
	database := intValue(get[types.Int64](r, "database"))
	channels := get[types.List](r, "channels")
	m.ruleUnknown = backend.IsUnknown() || prefix.IsUnknown() || flush.IsUnknown() || checks.IsUnknown() || database.IsUnknown() || channels.IsUnknown()
	named, _ := channelconfig.BackendNamed(backend.Or("core"))
	m.spec = redisuser.Spec{
		Backend: named, Prefix: prefix.Or(channellayer.Defaults().Prefix), Database: database.Or(0),
		Flush: flush.Or(false), Checks: checks.Or(true),
	}
	for _, element := range channels.Elements() {
		text, _ := element.(types.String)
		m.ruleUnknown = m.ruleUnknown || text.IsUnknown()
		m.spec.Channels = append(m.spec.Channels, text.ValueString())
	}
}

func (m *redisUserModel) readHosts(r *reader) {
	list := get[types.List](r, "hosts")
	m.hostsUnknown = list.IsUnknown()
	for _, element := range list.Elements() {
		object, _ := element.(types.Object)
		o := objectReader{object}
		host, port := o.text("host"), o.integer("port")
		m.hostsUnknown = m.hostsUnknown || host.IsUnknown() || port.IsUnknown()
		m.hosts = append(m.hosts, hostAndPort{host.Or(""), port.Or(6379)})
	}
}

// rule is the rule as an output.
func (m redisUserModel) rule() attr.Value {
	if m.ruleUnknown {
		return types.StringUnknown()
	}
	return types.StringValue(m.spec.Rule().String())
}

// requests are the connections of the administrator; not ok where they are not
// known yet, or where there are none (see malformed).
func (m redisUserModel) requests() (requests []redisprobe.Request, ok bool) {
	url, known := m.layer.settings.RedisURL.Get()
	if !known || url.IsEmpty() || m.hostsUnknown {
		return nil, false
	}
	request, ok := requestFor(m.layer, channelconfig.Resolve(m.layer.settings), redisprobe.DepthPing)
	if !ok {
		return nil, false
	}
	if len(m.hosts) == 0 {
		return []redisprobe.Request{request}, true
	}
	for _, h := range m.hosts {
		one := request
		one.Connection.Host, one.Connection.Port = strings.ToLower(h.host), big.NewInt(h.port)
		one.Hidden = false
		requests = append(requests, one)
	}
	return requests, true
}

// addresses are where the user shall be; not ok where it is not known yet.
func (m redisUserModel) addresses() (list []string, ok bool) {
	requests, ok := m.requests()
	for _, request := range requests {
		list = append(list, redisprobe.AddressOf(request))
	}
	return list, ok
}

func (m redisUserModel) manager(d *defaults) (redisuser.Manager, bool) {
	requests, ok := m.requests()
	return redisuser.Manager{Prober: d.prober, Hosts: requests, Name: m.name.Or(""), Rule: m.spec.Rule()}, ok && d.prober != nil
}

// malformed are arguments that no user could be made with, as far as they are
// known. needed is set where there must be a connection.
func (m redisUserModel) malformed(needed bool) diag.Diagnostics {
	diags := m.malformedNames()
	url := m.layer.settings.RedisURL
	text, known := url.Get()
	switch {
	case !known && url.IsUnknown():
	case !known || text.IsEmpty():
		if needed {
			diags.AddError("channels_redis_user needs the connection of an administrator",
				"Set redis_url in the provider block, which accepts ephemeral values, or here. A terraform import knows the provider's alone.")
		}
	default:
		// Where the administrator connects from is here, often through a tunnel.
		in := lint.NewInput(m.layer.settings, channelconfig.Resolve(m.layer.settings), false)
		in.Here = true
		diags.Append(malformed(lint.Run(in), m.layer, nil)...)
		if len(m.hosts) > 0 && isUnix(m) {
			diags.AddError("hosts needs a URL of a host", "The URL of the administrator is that of a Unix socket, which is on one machine. Leave hosts out, or give redis:// or rediss://.")
		}
	}
	return diags
}

func isUnix(m redisUserModel) bool {
	alone := m
	alone.hosts, alone.hostsUnknown = nil, false
	requests, ok := alone.requests()
	return ok && requests[0].Connection.Transport == redisurl.Unix
}

func (m redisUserModel) malformedNames() diag.Diagnostics {
	var diags diag.Diagnostics
	if name, ok := m.name.Get(); ok {
		switch {
		case name == "default":
			diags.Append(diagnose([]finding.Finding{redisuser.DefaultUser()}, severities{}, finding.Error, nil)...)
		case !isUserName(name):
			diags.AddAttributeError(path.Root("name"), "Not a name for a Redis user",
				"Redis takes no spaces in it, and this provider ASCII letters, digits and - _ . @ : alone, at most 100 of them.")
		}
	}
	if m.spec.Database < 0 {
		diags.AddAttributeError(path.Root("database"), "Not a database", "Databases are numbered from 0.")
	}
	for _, channel := range m.spec.Channels {
		start, all := strings.CutSuffix(channel, "*")
		empty := all && start == ""
		if !empty && channellayer.CheckChannelName(start) != nil || empty && m.spec.Backend == channelconfig.PubSub {
			diags.AddAttributeError(path.Root("channels"), "Not a channel",
				"Each is a name that Channels takes (ASCII letters, digits, hyphens, underscores and periods), with * behind it for all that begin so. "+
					"Of pub/sub layers the whole cannot be *: that is every channel of the server.")
		}
	}
	for _, h := range m.hosts {
		if !m.hostsUnknown && (h.host == "" || strings.ContainsAny(h.host, "/@ ") || h.port < 1 || h.port > 65535) {
			diags.AddAttributeError(path.Root("hosts"), "Not a host", "Each host is a name or an address alone, with a port from 1 to 65535.")
		}
	}
	return diags
}

func isUserName(name string) bool {
	return name != "" && len(name) <= 100 && strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.@:", r)
	}) < 0
}

// redisUserState is what the state says of a user; the zero value is none.
type redisUserState struct {
	exists                            bool
	rule                              types.String
	password                          types.String
	passwords                         types.Int64
	addresses                         types.List
	writeOnlyVersion, passwordVersion types.Int64
}

func readRedisUserState(ctx context.Context, state attributes, exists bool) (redisUserState, diag.Diagnostics) {
	if !exists {
		return redisUserState{}, nil
	}
	r := &reader{ctx: ctx, from: state}
	return redisUserState{
		exists: true,
		rule:   get[types.String](r, "rule"), password: get[types.String](r, "password"),
		passwords: get[types.Int64](r, "passwords"), addresses: get[types.List](r, "addresses"),
		writeOnlyVersion: get[types.Int64](r, "password_wo_version"), passwordVersion: get[types.Int64](r, "password_version"),
	}, r.diags
}

func (s redisUserState) places() []string {
	var places []string
	for _, element := range s.addresses.Elements() {
		text, _ := element.(types.String)
		places = append(places, text.ValueString())
	}
	return places
}

func textList(list []string) types.List {
	values := make([]attr.Value, 0, len(list))
	for _, item := range list {
		values = append(values, types.StringValue(item))
	}
	return types.ListValueMust(types.StringType, values)
}

// imported: nothing is known yet but the name.
func (s redisUserState) imported() bool { return s.rule.IsNull() }

// owned is the manager for a user that is ours only where the state says so, or
// where it takes the password of the state.
func (s redisUserState) owned(m redisuser.Manager) redisuser.Manager {
	if !s.imported() {
		m.Made, m.Mine = append([]string{}, s.places()...), s.mine()
	}
	return m
}

func (s redisUserState) mine() secret.String {
	if s.password.IsNull() {
		return secret.String{}
	}
	return secret.New(s.password.ValueString())
}

// ours reports a user that this resource has made, also where its host has another
// address now.
func (s redisUserState) ours(sight redisuser.Sight) bool {
	return s.imported() || slices.Contains(s.places(), sight.Address) || !s.password.IsNull() && sight.User.Takes(s.mine())
}

// elsewhere are the addresses of the state that were not looked at. Where all that
// was seen is ours they are other names of the same.
func (s redisUserState) elsewhere(sights []redisuser.Sight) []string {
	foreign := func(sight redisuser.Sight) bool { return !sight.Known || sight.User == nil || !s.ours(sight) }
	if !slices.ContainsFunc(sights, foreign) {
		return nil
	}
	return slices.DeleteFunc(s.places(), func(address string) bool {
		return slices.ContainsFunc(sights, func(sight redisuser.Sight) bool { return sight.Address == address })
	})
}

// refreshed is the state after a look. gone is set where no host has the user.
func (s redisUserState) refreshed(sights []redisuser.Sight) (out outputs, gone bool) {
	rule, passwords, valid := s.rule, s.passwords, true
	places := s.elsewhere(sights)
	gone = len(places) == 0
	for _, sight := range sights {
		if !sight.Known {
			gone = false
			if slices.Contains(s.places(), sight.Address) {
				places = append(places, sight.Address)
			}
			continue
		}
		if sight.User == nil {
			continue
		}
		gone = false
		if !s.ours(sight) {
			continue // apply says that it exists
		}
		places = append(places, sight.Address)
		if seen := types.StringValue(sight.User.Rule); rule.Equal(s.rule) && !seen.Equal(rule) {
			rule = seen
		}
		if seen := types.Int64Value(int64(sight.User.Passwords())); passwords.Equal(s.passwords) && !seen.Equal(passwords) {
			passwords = seen
		}
		if !s.password.IsNull() {
			valid = valid && sight.User.Takes(secret.New(s.password.ValueString()))
		}
	}
	return outputs{"rule": rule, "passwords": passwords, "password_valid": types.BoolValue(valid), "addresses": textList(places)}, gone
}
