package lint

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// inputOf reads an example: variables of the settings code, one NAME=value a
// line and the value verbatim; BACKEND for the backend asked for; CONFIG.name
// for an option of CONFIG, lists as in JSON; tls.name for what is wanted of TLS,
// with CERTIFICATE, KEY and BUNDLE for PEM texts; and package==version for what is
// pinned.
func inputOf(t testing.TB, text string) Input {
	t.Helper()
	vars := map[string]channelconfig.Value[secret.String]{}
	var set packages.Set
	for line := range strings.SplitSeq(text, "\n") {
		if name, version, ok := strings.Cut(line, "=="); ok && (name == "redis" || name == "channels_redis" || name == "channels") {
			pin(t, &set, name, version)
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			t.Fatalf("example line without =: %q", line)
		}
		vars[name] = channelconfig.Known(secret.New(value))
	}
	s := channelconfig.SettingsFrom(vars, channelconfig.DefaultVariables(), channelconfig.DebugReader{})
	s.Packages = set
	s.Config = configOf(t, vars)
	s.TLS = tlsOf(t, vars)
	if asked, ok := vars["BACKEND"].Get(); ok {
		backend, ok := channelconfig.BackendNamed(asked.Reveal())
		if !ok {
			t.Fatalf("example with an unknown backend")
		}
		s.Backend = channelconfig.Known(backend)
	}
	return NewInput(s, channelconfig.Resolve(s), true)
}

// look runs the rules on an example. Where it states no version of redis-py,
// the note about that version's timeout comes beside whatever else there is to
// say, and is left out here; TestRun_SocketTimeoutGoesByTheVersion is about it.
func look(t testing.TB, text string) finding.Outcome {
	t.Helper()
	in := inputOf(t, text)
	got := Run(in)
	if in.Settings.Packages.Redis == nil {
		got.Findings = slices.DeleteFunc(got.Findings, func(f finding.Finding) bool {
			return f.ID == "layer/socket-timeout" && f.Severity == finding.Info
		})
	}
	return got
}

func configOf(t testing.TB, vars map[string]channelconfig.Value[secret.String]) channelconfig.Config {
	t.Helper()
	var c channelconfig.Config
	for name, value := range vars {
		text := value.Or(secret.String{}).Reveal()
		number, err := strconv.ParseInt(text, 10, 64)
		switch name {
		case channelconfig.SettingPrefix:
			c.Prefix, err = channelconfig.Known(text), nil
		case channelconfig.SettingSerializer:
			c.SerializerFormat, err = channelconfig.Known(text), nil
		case channelconfig.SettingExpiry:
			c.Expiry = channelconfig.Known(number)
		case channelconfig.SettingGroupExpiry:
			c.GroupExpiry = channelconfig.Known(number)
		case channelconfig.SettingCapacity:
			c.Capacity = channelconfig.Known(number)
		case channelconfig.SettingKeys:
			var texts []string
			err = json.Unmarshal([]byte(text), &texts)
			keys := make([]secret.String, len(texts))
			for i, key := range texts {
				keys[i] = secret.New(key)
			}
			c.SymmetricEncryptionKeys = channelconfig.Known(keys)
		default:
			err = nil
			if strings.HasPrefix(name, "CONFIG.") {
				t.Fatalf("example with the unknown option %s", name)
			}
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return c
}

// tlsOf are PEM texts in their form alone: no rule looks further.
func tlsOf(t testing.TB, vars map[string]channelconfig.Value[secret.String]) channelconfig.Value[channelconfig.TLS] {
	t.Helper()
	block := func(kind string) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte{0x30, 0x00}}))
	}
	var wanted channelconfig.TLS
	texts := map[string]*channelconfig.Value[string]{
		"tls.min_version": &wanted.MinVersion, "tls.ca_file": &wanted.CAFile, "tls.ca_pem": &wanted.CAPEM, "tls.server_name": &wanted.ServerName,
		"tls.certificate_file": &wanted.CertificateFile, "tls.key_file": &wanted.KeyFile, "tls.certificate_pem": &wanted.CertificatePEM,
	}
	given := false
	for name, value := range vars {
		text := value.Or(secret.String{}).Reveal()
		if !strings.HasPrefix(name, "tls.") {
			continue
		}
		given = true
		text = strings.NewReplacer("CERTIFICATE", block("CERTIFICATE"), "KEY", block("PRIVATE KEY"),
			"BUNDLE", strings.Repeat(block("CERTIFICATE"), 400)).Replace(text)
		switch target := texts[name]; {
		case name == "tls.verify":
			wanted.Verify = channelconfig.Known(channelconfig.Verify(text))
		case name == "tls.key_pem":
			wanted.KeyPEM = channelconfig.Known(secret.New(text))
		case target == nil:
			t.Fatalf("example with the unknown %s", name)
		default:
			*target = channelconfig.Known(text)
		}
	}
	if !given {
		return channelconfig.Value[channelconfig.TLS]{}
	}
	return channelconfig.Known(wanted)
}

func pin(t testing.TB, set *packages.Set, name, text string) {
	t.Helper()
	var v packages.Version
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &v.Major, &v.Minor, &v.Micro); err != nil {
		t.Fatalf("version %q: %v", text, err)
	}
	switch name {
	case "redis":
		set.Redis = &v
	case "channels":
		set.Channels = &v
	default:
		set.ChannelsRedis = &v
	}
}

func TestRules_BadExamplesGiveExactlyTheirID(t *testing.T) {
	for _, rule := range Rules() {
		for _, bad := range rule.Doc.Bad {
			got := look(t, bad)
			if ids := got.IDs(); len(ids) != 1 || ids[0] != rule.Doc.ID {
				t.Errorf("%s: bad example %q gives %v", rule.Doc.ID, bad, ids)
			}
		}
	}
}

func TestRules_GoodExamplesGiveNothing(t *testing.T) {
	for _, rule := range Rules() {
		for _, good := range rule.Doc.Good {
			if got := look(t, good); len(got.Findings) != 0 || got.Status == finding.Failed {
				t.Errorf("%s: good example %q gives %v", rule.Doc.ID, good, got.IDs())
			}
		}
	}
}

func TestRules_FirstBadExampleHasTheDocumentedSeverity(t *testing.T) {
	for _, rule := range Rules() {
		got := look(t, rule.Doc.Bad[0])
		if len(got.Findings) == 0 || got.Findings[0].Severity != rule.Doc.Severity {
			t.Errorf("%s: first bad example gives %v, want severity %s", rule.Doc.ID, got.Findings, rule.Doc.Severity)
		}
	}
}
