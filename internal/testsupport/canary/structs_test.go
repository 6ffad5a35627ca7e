package canary_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"maps"
	"math/big"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/render"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/serializer"
	"github.com/channel-layer/terraform-provider-channels/internal/delivery"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
	"github.com/channel-layer/terraform-provider-channels/internal/tunnel"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// looked are the packages whose exported structs are looked at.
func looked() []string {
	return []string{
		"secret", "finding", "channelconfig", "channelconfig/packages", "channelconfig/pyvalue", "channelconfig/redisurl",
		"channelconfig/lint", "channelconfig/render", "channelconfig/envfile", "redisprobe", "wsprobe", "delivery", "tunnel",
	}
}

// structs are values of every exported struct, as full of the secret as they
// get.
func structs(t *testing.T, text string) map[string]any {
	t.Helper()
	s := secret.New(text)
	url, err := redisurl.Parse(secret.New("redis://"+text+":"+text+"@h/1?client_name="+text+"#"+text), redisurl.Newest)
	if err != nil {
		t.Fatal(err)
	}
	_, refused := redisurl.Parse(secret.New("redis://:"+text+"#@h:"+text), redisurl.Newest)
	settings := channelconfig.Settings{
		RedisURL: channelconfig.Known(secret.New("redis://:" + text + "@h")),
		Config:   channelconfig.Config{SymmetricEncryptionKeys: channelconfig.Known([]secret.String{s})},
	}
	resolution := channelconfig.Resolve(settings)
	broken := channelconfig.Resolve(channelconfig.Settings{RedisPort: channelconfig.Known(text)})
	in := lint.NewInput(settings, resolution, true)
	hosts := hostsWith(t, s)
	reading := in.Readings[len(in.Readings)-1]
	_, misread := render.DotEnv([]render.Var{{Name: "A", Value: secret.New(text + "'#")}})
	_, parts := redisurl.Build(redisurl.Parts{Host: "h", Query: map[string]secret.String{text: s}})
	_, unreadable := packages.FromRequirements("redis==" + text)
	_, noNumber := pyvalue.Int(text)
	options, _ := channellayer.OptionsOf(settings.Config)
	options.Prefix = "asgi"
	layer := redisprobe.Layer{Backend: channelconfig.Core, Options: options}
	request := redisprobe.Request{Connection: url.Connection, Layer: &layer}
	encrypting, err := serializer.New(serializer.ForCore(options))
	if err != nil {
		t.Fatal(err)
	}
	socket, err := wsprobe.ParseURL(secret.New("ws://" + text + ":" + text + "@h/" + text + "?" + text))
	if err != nil {
		t.Fatal(err)
	}
	_, noSocket := wsprobe.ParseURL(secret.New("ws://h:" + text))
	hidden := map[string]secret.String{"X": s}
	opened := wsprobe.Request{Target: socket, Headers: hidden, Cookies: hidden, Send: &s, Expect: &wsprobe.Expectation{Text: s}}
	return map[string]any{
		"secret.String":                 s,
		"finding.Doc":                   finding.CrashedDoc(),
		"finding.Finding":               lint.Run(in).Findings,
		"finding.Outcome":               lint.Run(in),
		"finding.Registry":              finding.NewRegistry(lint.Docs()),
		"channelconfig.Value":           settings.RedisURL,
		"channelconfig.Settings":        settings,
		"channelconfig.Config":          settings.Config,
		"channelconfig.TLS":             channelconfig.TLS{KeyPEM: channelconfig.Known(s)},
		"redisurl.Argument":             redisurl.Argument{Name: "ssl_check_hostname", Value: "true"},
		"redisprobe.TLS":                redisprobe.TLS{Certificate: s, Key: s},
		"channelconfig.ChannelCapacity": channelconfig.ChannelCapacity{},
		"channelconfig.Variables":       channelconfig.DefaultVariables(),
		"channelconfig.Host":            resolution.Hosts.Or(nil)[0],
		"channelconfig.HostEntry":       hosts.Hosts.Or(nil)[0],
		"channelconfig.SentinelEntry":   hosts.Hosts.Or(nil)[0].Sentinels.Or(nil)[0],
		"channelconfig.Sentinel":        channelconfig.Resolve(hosts).Hosts.Or(nil)[0],
		"channelconfig.SentinelAddress": channelconfig.Resolve(hosts).Hosts.Or(nil)[0].Sentinel.Addresses,
		"channelconfig.HostError":       brokenHost(t, text),
		"channelconfig.HostsError":      channelconfig.Resolve(channelconfig.Settings{HostsText: channelconfig.Known(secret.New("[" + text))}).Exception,
		"channelconfig.Origins":         resolution.Origins,
		"channelconfig.Resolution":      resolution,
		"channelconfig.Exception":       broken.Exception,
		"channelconfig.Variable":        channelconfig.Environment(settings, resolution).Or(nil),
		"channelconfig.DebugReader":     channelconfig.DebugReader{},
		"packages.Version":              packages.Version{},
		"packages.Set":                  packages.Set{},
		"packages.Error":                unreadable,
		"pyvalue.Error":                 noNumber,
		"redisurl.URL":                  url,
		"redisurl.Connection":           url.Connection,
		"redisurl.Option":               url.Options["client_name"],
		"redisurl.Written":              url.Written,
		"redisurl.Error":                refused,
		"redisurl.Parts":                redisurl.Parts{Host: "h", Port: big.NewInt(1), Password: s, Query: map[string]secret.String{"ssl_password": s}},
		"redisurl.PartsError":           parts,
		"redisurl.VersionError":         &redisurl.VersionError{},
		"redisurl.TLSSettings":          url.TLSSettings(redisurl.Newest),
		"lint.Input":                    in,
		"lint.Reading":                  reading,
		"lint.Rule":                     lint.Rules()[0],
		"render.Var":                    render.Var{Name: "A", Value: s},
		"render.DotEnvError":            misread,
		"render.OptionError":            &render.OptionError{},
		"render.ValueError":             &render.ValueError{},
		"redisprobe.Request":            request,
		"redisprobe.Sentinel":           redisprobe.Sentinel{Sentinels: []redisurl.Connection{{Username: s, Password: s}}, MasterName: "m"},
		"redisprobe.Layer":              layer,
		"redisprobe.Server":             redisprobe.Server{},
		"redisprobe.RoundTrip":          redisprobe.RoundTrip{},
		"redisprobe.Stage":              redisprobe.Stage{},
		"redisprobe.Report":             redisprobe.New().Look(t.Context(), redisprobe.Request{Connection: redisurl.Connection{Transport: redisurl.Unix, Path: "/nowhere", Username: s, Password: s, DB: new(big.Int)}}),
		"redisprobe.Prober":             redisprobe.New(),
		"redisprobe.SystemNetwork":      redisprobe.SystemNetwork{},
		"wsprobe.Target":                socket,
		"wsprobe.URLError":              noSocket,
		"wsprobe.Request":               opened,
		"wsprobe.Expectation":           *opened.Expect,
		"wsprobe.TLS":                   wsprobe.TLS{},
		"wsprobe.ClientCertificate":     wsprobe.ClientCertificate{},
		"wsprobe.InputError":            wsprobe.Request{Headers: map[string]secret.String{text + ":": s}}.Check(),
		"wsprobe.Stage":                 wsprobe.Stage{},
		"wsprobe.Report":                wsprobe.Probe(t.Context(), nowhere{}, nil, opened),
		"wsprobe.Session":               wsprobe.Begin(t.Context(), nowhere{}, nil, opened),
		"delivery.Request":              delivery.Request{Redis: request, WebSocket: opened},
		"delivery.Report":               delivery.Report{},
		"delivery.Courier":              delivery.Courier{Prober: redisprobe.New()},
		"delivery.InputError":           delivery.Request{Group: text}.Check(),
		"tunnel.SSHSettings":            tunnel.SSHSettings{PrivateKey: s, PrivateKeyPassphrase: s, Password: s},
		"tunnel.SSH":                    tunnel.NewSSH(tunnel.SSHSettings{PrivateKey: s, PrivateKeyPassphrase: s, Password: s}, nowhere{}),
		"tunnel.SOCKS5Settings":         tunnel.SOCKS5Settings{Password: s},
		"tunnel.SOCKS5":                 tunnel.NewSOCKS5(tunnel.SOCKS5Settings{Password: s}, nowhere{}),
		"channellayer.Options":          options,
		"serializer.Settings":           serializer.ForCore(options),
		"serializer.Serializer":         encrypting,
	}
}

// hostsWith has the secret wherever an entry of hosts takes one.
func hostsWith(t *testing.T, s secret.String) channelconfig.Settings {
	t.Helper()
	known := channelconfig.Known[secret.String]
	settings := channelconfig.Settings{Hosts: channelconfig.Known([]channelconfig.HostEntry{{
		Sentinels:  channelconfig.Known([]channelconfig.SentinelEntry{{Host: channelconfig.Known("s.example.com")}}),
		MasterName: channelconfig.Known("m"), Username: known(s), Password: known(s),
		SentinelUsername: known(s), SentinelPassword: known(s),
		Arguments: channelconfig.Known(map[string]secret.String{"client_name": s}),
	}})}
	if problem := channelconfig.Resolve(settings).Hosts.Or(nil)[0].Problem; problem != nil {
		t.Fatal(problem)
	}
	return settings
}

// brokenHost has the secret where a host belongs.
func brokenHost(t *testing.T, text string) *channelconfig.HostError {
	t.Helper()
	entry := channelconfig.HostEntry{Host: channelconfig.Known(text + "@h"), Arguments: channelconfig.Known(map[string]secret.String{text: secret.New(text)})}
	hosts := channelconfig.Resolve(channelconfig.Settings{Hosts: channelconfig.Known([]channelconfig.HostEntry{entry})}).Hosts.Or(nil)
	if len(hosts) != 1 || hosts[0].Problem == nil {
		t.Fatal("the entry is not refused")
	}
	return hosts[0].Problem
}

// nowhere is a network without names.
type nowhere struct{ redisprobe.SystemNetwork }

func (nowhere) Resolve(context.Context, string) ([]string, error) { return nil, nil }

func TestStructs_NothingPrintsTheSecretInThem(t *testing.T) {
	s := canary.New("in a struct")
	finder := canary.NewFinder(s)
	values := structs(t, s.Text)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		v := values[name]
		// Printed as it is, inside of another value, and behind a pointer that
		// fmt follows.
		type holder struct{ Held any }
		for _, text := range []string{shown(v), shown(&v), shown(holder{v}), shown([]any{&holder{v}}), shown(map[string]any{"held": v}), encodings(v)} {
			for _, leak := range finder.Find(text) {
				t.Errorf("%s: %s", name, leak)
			}
		}
	}
}

// encodings are those that shown has not.
func encodings(v any) string {
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "v", v)
	encoded, _ := xml.Marshal(v)
	indented, _ := json.MarshalIndent([]any{v}, "", " ")
	return out.String() + string(encoded) + string(indented)
}

// A struct that nobody looks at could print what it likes.
func TestStructs_EveryExportedOneIsLookedAt(t *testing.T) {
	values := structs(t, canary.New("in a struct").Text)
	found := 0
	for _, dir := range looked() {
		for _, name := range exportedStructs(t, "../../"+dir) {
			found++
			if _, ok := values[path.Base(dir)+"."+name]; !ok {
				t.Errorf("%s.%s is not among the structs of this test", path.Base(dir), name)
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d structs were found", found)
	}
}

func exportedStructs(t *testing.T, dir string) []string {
	t.Helper()
	files := token.NewFileSet()
	//nolint:staticcheck // build constraints do not matter here
	parsed, err := parser.ParseDir(files, dir, func(info fs.FileInfo) bool { return !strings.HasSuffix(info.Name(), "_test.go") }, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, pkg := range parsed {
		ast.Inspect(pkg, func(node ast.Node) bool {
			if spec, ok := node.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				if _, ok := spec.Type.(*ast.StructType); ok {
					names = append(names, spec.Name.Name)
				}
			}
			return true
		})
	}
	return names
}
