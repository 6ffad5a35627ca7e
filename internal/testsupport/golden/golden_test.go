package golden

import (
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
)

const printed = `
Plan: 1 to add, 0 to change, 0 to destroy.

Warning: Redis has started within the last ten minutes (redis/restarted)

  with channels_layer.this,
  on /tmp/TestX1/001/main.tf line 7, in resource "channels_layer" "this":
   7: resource "channels_layer" "this" {

Redis at 127.0.3.1:41234 started 12345 s ago, and a text that goes on until
it has been broken by core, at port 41234.

Fix: Do what is right, with a sentence that is long enough to be broken into
several lines.
More:
https://registry.example.com/providers/channel-layer/channels/latest/docs/guides/findings#redis-restarted

(and one more similar warning elsewhere)

Error: Another (network/refused)

No link.
`

func TestCut_EndsWithTheLink(t *testing.T) {
	block, ok := cut(printed, "redis/restarted")
	if !ok || !strings.HasPrefix(block, "Warning: ") || !strings.HasSuffix(block, "findings#redis-restarted\n") {
		t.Errorf("cut() = %q, %v", block, ok)
	}
	for _, id := range []finding.ID{"network/refused", "redis/restart"} {
		if block, ok := cut(printed, id); ok {
			t.Errorf("%s: cut() = %q, want nothing", id, block)
		}
	}
}

func TestSteady_ReplacesWhatVariesAndBreaksLinesAgain(t *testing.T) {
	block, _ := cut(printed, "redis/restarted")
	const want = `Warning: Redis has started within the last ten minutes (redis/restarted)

  with channels_layer.this,
  on /tmp/example line 7, in resource "channels_layer" "this":
   7: resource "channels_layer" "this" {

Redis at 127.0.0.1:6379 started 4 s ago, and a text that goes on until it has
been broken by core, at port 6379.

Fix: Do what is right, with a sentence that is long enough to be broken into
two lines.
More:
https://registry.example.com/providers/channel-layer/channels/latest/docs/guides/findings#redis-restarted
`
	got := Block{Replace: map[string]string{"several": "two"}}.steady(block)
	if got != want {
		t.Errorf("got:\n%s", got)
	}
	if again := (Block{}).steady(got); again != got {
		t.Errorf("what is steady changes:\n%s", again)
	}
}

func TestComplaints_SecretsSummariesAndFixes(t *testing.T) {
	secret := canary.New("in a golden block")
	sound := "Error: Something (a/b)\n\nText.\n\nFix: Do it.\nMore:\nhttps://x#a-b\n"
	for name, block := range map[string]string{
		"no fix":              strings.ReplaceAll(sound, "Fix: ", "Perhaps: "),
		"a long summary":      strings.ReplaceAll(sound, "Something", strings.Repeat("x", summaryBelow)),
		"a secret":            strings.ReplaceAll(sound, "Text", "It is Zw9#Kx7-made-up"),
		"a broken secret":     strings.ReplaceAll(sound, "Text", "It is Zw9#Kx7-\nmade-up"),
		"a piece of a secret": strings.ReplaceAll(sound, "Text", "It is Kx7-made-up"),
		"a canary":            strings.ReplaceAll(sound, "Text", "It is "+secret.Text),
	} {
		b := Block{Secrets: []string{"Zw9#Kx7-made-up"}, Finder: canary.NewFinder(secret)}
		if got := b.complaints(sound); len(got) != 0 {
			t.Errorf("complaints about a sound block: %q", got)
		}
		got := b.complaints(block)
		if len(got) != 1 {
			t.Errorf("%s: complaints %q, want one", name, got)
		}
		if strings.Contains(strings.Join(got, ""), "made-up") {
			t.Errorf("%s: the complaint shows the secret", name)
		}
	}
}

func TestAll_FilesBelongToIDs(t *testing.T) {
	for _, kept := range All(t) {
		cut := cut
		if kept.Check {
			cut = cutAssertion
		}
		if block, ok := cut(kept.Text, kept.ID); !ok || block != kept.Text {
			t.Errorf("testdata/golden has a file for %s that holds something else", kept.ID)
		}
	}
}
