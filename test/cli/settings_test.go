package cli

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/catalog"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// healthySetups are the ordinary setups that the rules are tested with, each
// with versions.
func healthySetups(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile("../../internal/channelconfig/lint/testdata/healthy.txt")
	if err != nil {
		t.Fatal(err)
	}
	setups := map[string]string{}
	for block := range strings.SplitSeq(strings.TrimSuffix(string(content), "\n"), "\n\n") {
		name, text, ok := strings.Cut(block, "]\n")
		if !ok || !strings.HasPrefix(name, "[") {
			continue
		}
		if !strings.Contains(text, "==") {
			text += "\nchannels==4.3.2\nchannels_redis==4.3.0\nredis==7.4.1"
		}
		setups[name[1:]] = text
	}
	if len(setups) < 30 {
		t.Fatalf("%d healthy setups are too few", len(setups))
	}
	return setups
}

// both is a configuration with each of the texts as a layer, where a layer can
// say it, and as an environment, and the ids of what they report as outputs.
func both(texts []string) (config string, layers int) {
	var b strings.Builder
	var asLayers, asEnvironments strings.Builder
	for i, text := range texts {
		e := readExample(text)
		label := fmt.Sprintf("%q", fmt.Sprintf("n%d", i))
		if layer, ok := e.layer(); ok {
			layers++
			b.WriteString(strings.Replace(layer, `"this"`, label, 1))
			fmt.Fprintf(&asLayers, "    n%d = channels_layer.n%d.reported_findings[*].id\n", i, i)
		}
		b.WriteString(strings.NewReplacer(`"this"`, label, `on_findings = "error"`, `on_findings = "warning"`).Replace(e.environment()))
		fmt.Fprintf(&asEnvironments, "    n%d = data.channels_environment.n%d.findings[*].id\n", i, i)
	}
	fmt.Fprintf(&b, "output \"layers\" {\n  value = {\n%s  }\n}\noutput \"environments\" {\n  value = {\n%s  }\n}\n", &asLayers, &asEnvironments)
	return b.String(), layers
}

// reports are the outputs of both.
func reports(w *tfcli.Workspace) (layers, environments map[string][]string) {
	w.Output("layers", &layers)
	w.Output("environments", &environments)
	return layers, environments
}

func TestSettings_HealthySetupsGiveNothing(t *testing.T) {
	t.Parallel()
	notes := map[string]string{
		// Its certificates are self-signed: the usual setting is worth a note.
		"Heroku": "url/unverified-certificate",
		// A shell would misread an & in a .env file: the note says why the
		// output dotenv is null.
		"punctuation in the password": "dotenv/misread",
		"several arguments":           "dotenv/misread",
	}
	setups := healthySetups(t)
	names := slices.Sorted(maps.Keys(setups))
	var texts []string
	for _, name := range names {
		texts = append(texts, setups[name])
	}
	config, layers := both(texts)
	if layers < 30 {
		t.Fatalf("%d layers are too few", layers)
	}
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		t.Parallel()
		w := tfcli.New(t, cli)
		w.WithoutProvider()
		w.Setenv("CHANNELS_CHECKS", "off")
		w.Main(config)
		expectWarnings(t, w.OK("apply"))
		asLayers, asEnvironments := reports(w)
		for i, name := range names {
			key := fmt.Sprintf("n%d", i)
			for kind, found := range map[string]map[string][]string{"layer": asLayers, "environment": asEnvironments} {
				ids, ok := found[key]
				if !ok && kind == "layer" {
					continue
				}
				want := notes[name]
				if kind == "environment" && want == "dotenv/misread" {
					want = "" // it has no such output
				}
				if got := strings.Join(ids, " "); got != want {
					t.Errorf("%s as %s: %q, want %q", name, kind, got, want)
				}
			}
		}
	})
}

// The same settings give the same findings, whether the layer is declared or
// its variables are somebody else's.
func TestSettings_EnvironmentsReportWhatLayersReport(t *testing.T) {
	t.Parallel()
	var texts []string
	var lowered strings.Builder
	for _, doc := range catalog.Registry().Docs() {
		// The variables of an app say nothing of what is wanted of TLS.
		if !doc.Live && len(doc.Bad) > 0 && !strings.Contains(doc.Bad[0], "\ntls.") {
			fmt.Fprintf(&lowered, "    %q = \"warning\"\n", doc.ID)
			texts = append(texts, doc.Bad[0])
		}
	}
	head := "provider \"channels\" {\n  findings = {\n" + lowered.String() + "  }\n}\n"
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		compared := 0
		for part := range slices.Chunk(texts, 30) {
			compared += compare(t, cli, head, part)
		}
		if compared < 50 {
			t.Errorf("%d of %d examples as layers are too few to show anything", compared, len(texts))
		}
	})
}

// compare applies the texts both ways and returns how many it could compare.
func compare(t *testing.T, cli tfcli.CLI, head string, texts []string) int {
	t.Helper()
	config, layers := both(texts)
	w := tfcli.New(t, cli)
	w.Setenv("CHANNELS_CHECKS", "off")
	w.Main(head + config)
	w.OK("apply")
	asLayers, asEnvironments := reports(w)
	for i, text := range texts {
		key := fmt.Sprintf("n%d", i)
		ids, ok := asLayers[key]
		// An environment has no output dotenv for it to be about.
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == "dotenv/misread" })
		if ok && (len(ids) == 0 || !slices.Equal(ids, asEnvironments[key])) {
			t.Errorf("%q: a layer reports %q, an environment %q", text, ids, asEnvironments[key])
		}
	}
	return layers
}
