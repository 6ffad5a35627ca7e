package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/readers"
)

// planCode is the settings code that channelconfig.Resolve mirrors.
const planCode = `REDIS_URL = os.getenv('REDIS_URL')
REDIS_HOST = os.getenv('REDIS_HOST', '127.0.0.1')
REDIS_PORT = int(os.getenv('REDIS_PORT', 6379))

CHANNEL_LAYERS = {
    'default': {
        'BACKEND': 'channels_redis.core.RedisChannelLayer' if (REDIS_URL or not DEBUG) else 'channels.layers.InMemoryChannelLayer',
        'CONFIG': {
            "hosts": [REDIS_URL] if REDIS_URL else [(REDIS_HOST, REDIS_PORT)],
        } if (REDIS_URL or not DEBUG) else {},
    },
}
`

const madeUpURL = "rediss://default:made-up%21@redis.example.com:6380/2"

func settings(change ...func(*channelconfig.Settings)) channelconfig.Settings {
	s := channelconfig.Settings{Variables: channelconfig.DefaultVariables()}
	for _, c := range change {
		c(&s)
	}
	return s
}

func withURL(s *channelconfig.Settings) { s.RedisURL = channelconfig.Known(secret.New(madeUpURL)) }

func withHost(s *channelconfig.Settings) {
	s.RedisHost = channelconfig.Known("redis.example.com")
	s.RedisPort = channelconfig.Known(" 6_380")
}

func withDebug(s *channelconfig.Settings) { s.Debug = channelconfig.Known(true) }

func withBackend(b channelconfig.Backend) func(*channelconfig.Settings) {
	return func(s *channelconfig.Settings) { s.Backend = channelconfig.Known(b) }
}

func keys(texts ...string) channelconfig.Value[[]secret.String] {
	list := []secret.String{}
	for _, text := range texts {
		list = append(list, secret.New(text))
	}
	return channelconfig.Known(list)
}

// withRedisOptions sets all that core and pub/sub share.
func withRedisOptions(s *channelconfig.Settings) {
	s.Alias = channelconfig.Known("tickets")
	s.Config.Prefix = channelconfig.Known("tick'ets-\u00e9")
	s.Config.SymmetricEncryptionKeys = keys("made-up-key-1", "made-up-key-2")
	s.Config.SerializerFormat = channelconfig.Known("json")
}

func withCoreOptions(s *channelconfig.Settings) {
	withRedisOptions(s)
	s.Config.Expiry = channelconfig.Known[int64](30)
	s.Config.GroupExpiry = channelconfig.Known[int64](3600)
	s.Config.Capacity = channelconfig.Known[int64](500)
	s.Config.ChannelCapacity = channelconfig.Known([]channelconfig.ChannelCapacity{
		{Pattern: "websocket.send!*", Capacity: 20}, {Pattern: "http.request", Capacity: 200}, {Pattern: "*", Capacity: 7},
	})
	s.Config.RandomPrefixLength = channelconfig.Known[int64](16)
}

func withPubSubOptions(s *channelconfig.Settings) {
	withRedisOptions(s)
	s.Config.OnDisconnect = channelconfig.Known("redis.disconnect")
	s.Config.OnReconnect = channelconfig.Known("redis.reconnect")
}

func withOtherVariables(s *channelconfig.Settings) {
	s.Variables = channelconfig.Variables{
		RedisURL: "CACHE_URL", RedisHost: "CACHE_HOST", RedisPort: "CACHE_PORT", EncryptionKeys: "LAYER_KEYS",
	}
}

func withoutVariables(s *channelconfig.Settings) { s.Variables = channelconfig.Variables{} }

// withHosts has an entry of each kind.
func withHosts(s *channelconfig.Settings) {
	s.Hosts = channelconfig.Known([]channelconfig.HostEntry{
		{URL: channelconfig.Known(secret.New(madeUpURL))},
		{
			Host: channelconfig.Known("redis-b.example.com"), Password: channelconfig.Known(secret.New("made-up '\"\\$#&\u00e9")),
			DB: channelconfig.Known[int64](1), Arguments: channelconfig.Known(map[string]secret.String{"socket_timeout": secret.New("10"), "client_name": secret.New("a")}),
		},
		{
			Sentinels:  channelconfig.Known([]channelconfig.SentinelEntry{{Host: channelconfig.Known("s1.example.com")}, {Host: channelconfig.Known("s2.example.com"), Port: channelconfig.Known[int64](5000)}}),
			MasterName: channelconfig.Known("chat"), Username: channelconfig.Known(secret.New("default")), Password: channelconfig.Known(secret.New("made-up '\"\\$#&%20\u00e9\U0001f600\n")),
			SentinelPassword: channelconfig.Known(secret.New("made-up")), TLS: channelconfig.Known(true), Arguments: channelconfig.Known(map[string]secret.String{"socket_timeout": secret.New("10"), "ssl_check_hostname": secret.New("false")}),
		},
		{Path: channelconfig.Known("/run/redis.sock")},
	})
}

// cases are rendered, compared with golden files, and executed.
func cases() map[string]channelconfig.Settings {
	return map[string]channelconfig.Settings{
		"auto_defaults":        settings(),
		"auto_url":             settings(withURL),
		"auto_url_debug":       settings(withURL, withDebug),
		"auto_debug":           settings(withDebug),
		"auto_debug_options":   settings(withDebug, withCoreOptions),
		"auto_host":            settings(withHost),
		"auto_options":         settings(withURL, withCoreOptions),
		"auto_other_variables": settings(withURL, withCoreOptions, withOtherVariables),
		"auto_no_variables":    settings(withHost, withoutVariables),
		"auto_empty_url":       settings(func(s *channelconfig.Settings) { s.RedisURL = channelconfig.Known(secret.New("")) }),
		"auto_empty_host":      settings(func(s *channelconfig.Settings) { s.RedisHost = channelconfig.Known("") }),
		"auto_no_keys":         settings(withURL, func(s *channelconfig.Settings) { s.Config.SymmetricEncryptionKeys = keys() }),
		"auto_hosts":           settings(withHosts),
		"auto_hosts_debug":     settings(withHosts, withDebug, withCoreOptions),
		"auto_hosts_variables": settings(withHosts, withOtherVariables, func(s *channelconfig.Settings) { s.Variables.Hosts = "CACHE_HOSTS" }),
		"pubsub_hosts":         settings(withBackend(channelconfig.PubSub), withHosts, withoutVariables, func(s *channelconfig.Settings) { s.Variables.Hosts = "CACHE_HOSTS" }),
		"in_memory_hosts":      settings(withBackend(channelconfig.InMemory), withHosts),
		"core_options":         settings(withBackend(channelconfig.Core), withHost, withDebug, withCoreOptions),
		"core_defaults":        settings(withBackend(channelconfig.Core), withDebug),
		"core_no_variables":    settings(withBackend(channelconfig.Core), withoutVariables),
		"pubsub_options":       settings(withBackend(channelconfig.PubSub), withURL, withPubSubOptions),
		"pubsub_defaults":      settings(withBackend(channelconfig.PubSub)),
		"in_memory_defaults":   settings(withBackend(channelconfig.InMemory), withURL),
		"in_memory_options":    settings(withBackend(channelconfig.InMemory), withCoreOptions),
	}
}

// rendered are the code and the JSON of a case.
func rendered(t *testing.T, s channelconfig.Settings) (code, layers string) {
	t.Helper()
	python, err := SettingsPython(s)
	if err != nil {
		t.Fatal(err)
	}
	text, err := ChannelLayersJSON(s)
	if err != nil {
		t.Fatal(err)
	}
	return python.Or("unknown"), text.Or(secret.New("unknown")).Reveal()
}

func TestSettingsPython_DefaultsAreThePlansCode(t *testing.T) {
	for _, s := range []channelconfig.Settings{settings(), settings(withURL), settings(withDebug), settings(withHost)} {
		if code, _ := rendered(t, s); code != "import os\n\n"+planCode {
			t.Errorf("got:\n%s", code)
		}
	}
}

func TestRender_BytesAreFrozen(t *testing.T) {
	for name, s := range cases() {
		code, layers := rendered(t, s)
		golden(t, name+".py", code)
		golden(t, name+".json", layers+"\n")
	}
}

type pythonCase struct {
	Code        string            `json:"code"`
	Debug       bool              `json:"debug"`
	Environment map[string]string `json:"environment"`
	Expected    string            `json:"expected"`
	Layer       bool              `json:"layer"`
}

type pythonAnswer struct {
	Same       bool           `json:"same"`
	Error      string         `json:"error"`
	Attributes map[string]any `json:"attributes"`
}

// pythonOf is a case with the environment that the layer is given.
func pythonOf(t *testing.T, s channelconfig.Settings) pythonCase {
	t.Helper()
	code, layers := rendered(t, s)
	c := pythonCase{Code: code, Debug: s.Debug.Or(false), Environment: map[string]string{}, Expected: layers}
	environment, ok := channelconfig.Environment(s, channelconfig.Resolve(s)).Get()
	if !ok {
		t.Fatal("the environment is not known")
	}
	for _, variable := range environment {
		value, _ := variable.Value.Get()
		c.Environment[variable.Name] = value.Reveal()
	}
	return c
}

// inDotEnv is the case with the spelling of hosts that .env files carry.
func inDotEnv(t *testing.T, s channelconfig.Settings) pythonCase {
	t.Helper()
	c := pythonOf(t, s)
	environment, _ := channelconfig.Environment(s, channelconfig.Resolve(s)).Get()
	for _, variable := range environment {
		if spelled, ok := variable.Spelled.Get(); ok {
			c.Environment[variable.Name] = spelled.Reveal()
		}
	}
	return c
}

func execute(t *testing.T, venv string, cases []pythonCase) []pythonAnswer {
	t.Helper()
	script, err := os.ReadFile("testdata/load_settings.py")
	if err != nil {
		t.Fatal(err)
	}
	var in bytes.Buffer
	for _, c := range cases {
		if err := json.NewEncoder(&in).Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), readers.Python(t, venv), "-I", "-c", string(script))
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers []pythonAnswer
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var answer pythonAnswer
		if err := decoder.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	if len(answers) != len(cases) {
		t.Fatalf("%d answers for %d cases", len(answers), len(cases))
	}
	return answers
}

func TestRender_CPythonMakesOfTheCodeWhatTheJSONSays(t *testing.T) {
	var names []string
	var list []pythonCase
	for name, s := range cases() {
		names = append(names, name, name+" in a .env file")
		list = append(list, pythonOf(t, s), inDotEnv(t, s))
	}
	for i, answer := range execute(t, "readers", list) {
		if !answer.Same || answer.Error != "" {
			t.Errorf("%s: %+v", names[i], answer)
		}
	}
}

// The comparison must be able to fail.
func TestRender_CPythonComparisonNoticesADifference(t *testing.T) {
	c := pythonOf(t, settings(withURL, withCoreOptions))
	other := c
	other.Expected = strings.Replace(c.Expected, `"http.request":200,"*":7`, `"*":7,"http.request":200`, 1)
	withoutKeys := c
	withoutKeys.Environment = map[string]string{"REDIS_URL": madeUpURL}
	answers := execute(t, "readers", []pythonCase{c, other, withoutKeys})
	if !answers[0].Same || answers[1].Same {
		t.Errorf("%+v", answers)
	}
	if answers[2].Error != "KeyError" {
		t.Errorf("keys that do not arrive must stop the app, not its encryption: %+v", answers[2])
	}
}

func TestRender_RandomTextsAreSameInCPython(t *testing.T) {
	source := random(t)
	characters := []rune("ab'\"\\\t\r\n{}%$# \x00\x01\x7f\u0080\u00a0\u00e9\u2028\ufeff\U0001f600")
	text := func() string {
		value := make([]rune, source.IntN(10))
		for i := range value {
			value[i] = characters[source.IntN(len(characters))]
		}
		return string(value)
	}
	var list []pythonCase
	for range 500 {
		list = append(list, pythonOf(t, settings(withURL, func(s *channelconfig.Settings) {
			s.Alias = channelconfig.Known(text())
			s.Config.Prefix = channelconfig.Known(text())
			s.Config.ChannelCapacity = channelconfig.Known([]channelconfig.ChannelCapacity{
				{Pattern: text() + "1", Capacity: source.Int64()}, {Pattern: text() + "2", Capacity: -1},
			})
		})))
	}
	for i, answer := range execute(t, "readers", list) {
		if !answer.Same || answer.Error != "" {
			t.Errorf("%+v:\n%s\n%s", answer, list[i].Code, list[i].Expected)
		}
	}
}

func TestRender_ChannelsMakesALayerWithTheseOptions(t *testing.T) {
	all := cases()
	names := []string{"auto_options", "core_options", "core_defaults", "pubsub_options", "pubsub_defaults", "in_memory_defaults", "in_memory_options", "auto_debug_options"}
	core := map[string]any{
		"prefix": "tick'ets-\u00e9", "expiry": 30.0, "group_expiry": 3600.0, "capacity": 500.0, "serializer": "JSONSerializer",
		"random_prefix_length": 16.0, "encrypts": true, "on_disconnect": nil, "on_reconnect": nil,
		"capacities": []any{200.0, 20.0, 7.0}, "hosts": []any{map[string]any{"address": madeUpURL}},
	}
	wants := map[string]map[string]any{
		"auto_options": core,
		"pubsub_options": {
			"prefix": "tick'ets-\u00e9", "serializer": "JSONSerializer", "encrypts": true,
			"on_disconnect": "redis.disconnect", "on_reconnect": "redis.reconnect",
		},
		"core_defaults":      {"prefix": "asgi", "capacity": 100.0, "encrypts": false, "serializer": "MsgPackSerializer"},
		"in_memory_options":  {"expiry": 30.0, "group_expiry": 3600.0, "capacity": 500.0},
		"auto_debug_options": {"expiry": 60.0, "capacity": 100.0},
	}
	list := make([]pythonCase, len(names))
	for i, name := range names {
		list[i] = pythonOf(t, all[name])
		list[i].Layer = true
	}
	for i, answer := range execute(t, "redis-7.4", list) {
		if answer.Error != "" {
			t.Errorf("%s: %s", names[i], answer.Error)
		}
		for key, want := range wants[names[i]] {
			if !reflect.DeepEqual(answer.Attributes[key], want) {
				t.Errorf("%s: %s is %v, not %v", names[i], key, answer.Attributes[key], want)
			}
		}
	}
}

func TestRender_UnknownPartsMakeItUnknown(t *testing.T) {
	for name, test := range map[string]struct {
		settings     channelconfig.Settings
		code, layers bool // known
	}{
		"url":         {settings(func(s *channelconfig.Settings) { s.RedisURL = channelconfig.Unknown[secret.String]() }), true, false},
		"host":        {settings(func(s *channelconfig.Settings) { s.RedisHost = channelconfig.Unknown[string]() }), true, false},
		"host inline": {settings(withoutVariables, func(s *channelconfig.Settings) { s.RedisHost = channelconfig.Unknown[string]() }), false, false},
		"port inline": {settings(withoutVariables, func(s *channelconfig.Settings) { s.RedisPort = channelconfig.Unknown[string]() }), false, false},
		"host unused": {settings(withURL, func(s *channelconfig.Settings) { s.RedisHost = channelconfig.Unknown[string]() }), true, true},
		"debug":       {settings(func(s *channelconfig.Settings) { s.Debug = channelconfig.Unknown[bool]() }), true, false},
		"alias":       {settings(func(s *channelconfig.Settings) { s.Alias = channelconfig.Unknown[string]() }), false, false},
		"backend":     {settings(func(s *channelconfig.Settings) { s.Backend = channelconfig.Unknown[channelconfig.Backend]() }), false, false},
		"prefix":      {settings(func(s *channelconfig.Settings) { s.Config.Prefix = channelconfig.Unknown[string]() }), false, false},
		"keys": {settings(func(s *channelconfig.Settings) {
			s.Config.SymmetricEncryptionKeys = channelconfig.Unknown[[]secret.String]()
		}), false, false},
		"hosts":            {settings(func(s *channelconfig.Settings) { s.Hosts = channelconfig.Unknown[[]channelconfig.HostEntry]() }), true, false},
		"hosts write-only": {settings(withHosts, func(s *channelconfig.Settings) { s.HostsWriteOnly = true }), true, false},
		"a part of hosts": {settings(func(s *channelconfig.Settings) {
			s.Hosts = channelconfig.Known([]channelconfig.HostEntry{{URL: channelconfig.Unknown[secret.String]()}})
		}), true, false},
		"url write-only": {settings(withURL, func(s *channelconfig.Settings) { s.RedisURLWriteOnly = true }), true, false},
		"url write-only, in memory": {settings(withURL, withBackend(channelconfig.InMemory),
			func(s *channelconfig.Settings) { s.RedisURLWriteOnly = true }), true, true},
		"keys write-only": {settings(withCoreOptions, func(s *channelconfig.Settings) { s.Config.KeysWriteOnly = true }), true, false},
	} {
		code, err := SettingsPython(test.settings)
		if err != nil || code.IsKnown() != test.code || code.IsUnknown() == test.code {
			t.Errorf("%s: the code is known: %v; %v", name, code.IsKnown(), err)
		}
		layers, err := ChannelLayersJSON(test.settings)
		if err != nil || layers.IsKnown() != test.layers || layers.IsUnknown() == test.layers {
			t.Errorf("%s: the JSON is known: %v; %v", name, layers.IsKnown(), err)
		}
	}
}

func TestRender_WhatCannotBeRenderedSaysWhichSettingAndWhy(t *testing.T) {
	config := func(change func(*channelconfig.Config)) channelconfig.Settings {
		return settings(func(s *channelconfig.Settings) { change(&s.Config) })
	}
	pubsub := settings(withBackend(channelconfig.PubSub), func(s *channelconfig.Settings) { s.Config.Capacity = channelconfig.Known[int64](5) })
	for name, test := range map[string]struct {
		settings channelconfig.Settings
		want     error
	}{
		"on_disconnect without pub/sub": {config(func(c *channelconfig.Config) { c.OnDisconnect = channelconfig.Known("x.y") }),
			&OptionError{"CONFIG.on_disconnect", "channels_redis.core.RedisChannelLayer", Raises}},
		"capacity of pub/sub": {pubsub, &OptionError{"CONFIG.capacity", "channels_redis.pubsub.RedisPubSubChannelLayer", Ignores}},
		"key with a comma":    {config(func(c *channelconfig.Config) { c.SymmetricEncryptionKeys = keys("k", "a,b") }), &ValueError{KeyHasComma, "CONFIG.symmetric_encryption_keys", 1}},
		"key empty":           {config(func(c *channelconfig.Config) { c.SymmetricEncryptionKeys = keys("") }), &ValueError{KeyEmpty, "CONFIG.symmetric_encryption_keys", 0}},
		"no keys, write-only": {config(func(c *channelconfig.Config) { c.SymmetricEncryptionKeys, c.KeysWriteOnly = keys(), true }), &ValueError{KeyEmpty, "CONFIG.symmetric_encryption_keys", -1}},
		"key not UTF-8":       {config(func(c *channelconfig.Config) { c.SymmetricEncryptionKeys = keys("\xff") }), &ValueError{NotText, "CONFIG.symmetric_encryption_keys", 0}},
		"prefix not UTF-8":    {config(func(c *channelconfig.Config) { c.Prefix = channelconfig.Known("\xff") }), &ValueError{NotText, "CONFIG.prefix", -1}},
		"pattern twice": {config(func(c *channelconfig.Config) {
			c.ChannelCapacity = channelconfig.Known([]channelconfig.ChannelCapacity{{Pattern: "a", Capacity: 1}, {Pattern: "a", Capacity: 2}})
		}), &ValueError{PatternRepeated, "CONFIG.channel_capacity", 1}},
	} {
		_, code := SettingsPython(test.settings)
		_, layers := ChannelLayersJSON(test.settings)
		if !sameError(code, test.want) || !sameError(layers, test.want) {
			t.Errorf("%s: %v; %v", name, code, layers)
		}
	}
	wantNoURL := &ValueError{NoVariable, "REDIS_URL", -1}
	if _, err := SettingsPython(settings(withURL, withoutVariables)); !sameError(err, wantNoURL) {
		t.Errorf("a URL without a variable: %v", err)
	}
	wantNoHosts := &ValueError{NoVariable, "hosts", -1}
	if _, err := SettingsPython(settings(withHosts, withoutVariables)); !sameError(err, wantNoHosts) {
		t.Errorf("hosts without a variable: %v", err)
	}
	noKeys := settings(withCoreOptions, func(s *channelconfig.Settings) { s.Variables.EncryptionKeys = "" })
	if _, err := SettingsPython(noKeys); !sameError(err, &ValueError{NoVariable, "CONFIG.symmetric_encryption_keys", -1}) {
		t.Errorf("keys without a variable: %v", err)
	}
}

// sameError compares errors of this package by what they say and how.
func sameError(got, want error) bool {
	var option, wantOption *OptionError
	if errors.As(want, &wantOption) {
		return errors.As(got, &option) && *option == *wantOption
	}
	var value, wantValue *ValueError
	return errors.As(got, &value) && errors.As(want, &wantValue) && *value == *wantValue
}

func TestRender_APortThatPythonCannotReadIsItsException(t *testing.T) {
	s := settings(withURL, func(s *channelconfig.Settings) { s.RedisPort = channelconfig.Known("tcp://10.0.0.1:6379") })
	var exception *channelconfig.Exception
	if _, err := ChannelLayersJSON(s); !errors.As(err, &exception) || exception.Class != "ValueError" {
		t.Errorf("JSON: %v", err)
	}
	if _, err := SettingsPython(s); err != nil {
		t.Errorf("the code does not depend on the port: %v", err)
	}
	s.Variables, s.RedisURL = channelconfig.Variables{}, channelconfig.Value[secret.String]{}
	if _, err := SettingsPython(s); !errors.As(err, &exception) {
		t.Errorf("the code has the port in it: %v", err)
	}
}

func TestSettingsPython_HoldsNoSecret(t *testing.T) {
	for name, s := range cases() {
		code, _ := rendered(t, s)
		for _, part := range []string{"made-up", "rediss"} {
			if strings.Contains(code, part) {
				t.Errorf("%s holds %q", name, part)
			}
		}
	}
}
