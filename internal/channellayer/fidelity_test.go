package channellayer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/layeroracle"
)

// fidelityStacks have the oldest and the newest Channels.
func fidelityStacks() []layeroracle.Stack {
	return []layeroracle.Stack{layeroracle.Stacks()[0], layeroracle.Newest()}
}

// againstPython runs a test with each of those stacks.
func againstPython(t *testing.T, run func(t *testing.T, ctx context.Context, process *layeroracle.Process)) {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("short mode: Python is not asked")
	}
	for _, stack := range fidelityStacks() {
		t.Run(stack.Environment, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			run(t, ctx, layeroracle.Start(t, stack))
		})
	}
}

// generator makes the same cases each time, but for CHANNELS_FUZZ_SEED.
func generator(t *testing.T) *rand.Rand {
	t.Helper()
	var seed uint64 = 1
	if text := os.Getenv("CHANNELS_FUZZ_SEED"); text != "" {
		if _, err := fmt.Sscan(text, &seed); err != nil {
			t.Fatal("CHANNELS_FUZZ_SEED is not a number")
		}
	}
	t.Logf("generated with CHANNELS_FUZZ_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// pick makes a text of up to so many of these characters.
func pick(random *rand.Rand, characters []rune, most int) string {
	var b strings.Builder
	for range random.IntN(most + 1) {
		b.WriteRune(characters[random.IntN(len(characters))])
	}
	return b.String()
}

// isKnown: characters that only one side's Unicode has are not compared.
func isKnown(r rune, unassigned map[int64]bool) bool {
	assigned := unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C)
	return assigned && !unassigned[int64(r)]
}

func TestNames_AreValidExactlyWherePythonSaysSo(t *testing.T) {
	againstPython(t, func(t *testing.T, ctx context.Context, process *layeroracle.Process) {
		unassigned, err := process.Unassigned(ctx)
		if err != nil {
			t.Fatal(err)
		}
		names := nameCorpus(generator(t), unassigned)
		verdicts, err := process.Names(ctx, names)
		if err != nil {
			t.Fatal(err)
		}
		if len(verdicts) != len(names) {
			t.Fatalf("%d answers for %d names", len(verdicts), len(names))
		}
		valid := 0
		for i, name := range names {
			got := [3]bool{
				channellayer.CheckChannelName(name) == nil,
				channellayer.CheckReceiveName(name) == nil,
				channellayer.CheckGroupName(name) == nil,
			}
			if got != verdicts[i] {
				t.Errorf("%q: valid as channel, to receive, as group: %v, Python says %v", name, got, verdicts[i])
			}
			if got[0] {
				valid++
			}
		}
		if valid < len(names)/10 || valid > len(names)*9/10 {
			t.Errorf("%d of %d names are valid: the corpus says little", valid, len(names))
		}
		t.Logf("%d names, %d valid", len(names), valid)
	})
}

func nameCorpus(random *rand.Rand, unassigned map[int64]bool) []string {
	names := []string{"", "!", "a!", "a!b", "a!b!c", "!a", "a\n", "a!\n", "a!b\n", "a\n\n", "a b", "a:b", "a/b", "ä", "a!ä", "٣", "a!²", "a!\u0345", "_", "-", ".", "a!!"}
	for _, length := range []int{98, 99, 100, 101, 1000} {
		names = append(names, strings.Repeat("a", length), strings.Repeat("٣", length), "a!"+strings.Repeat("é", length-2),
			strings.Repeat("a", length-1)+"\n")
	}
	usual, odd := []rune("abzAZ019-_."), []rune("abZ9-_.!! \n:/\\ä٣²Ⅷ中\u0301\u200d＿ａ")
	for range 4000 {
		names = append(names, pick(random, usual, 12)+"!"+pick(random, usual, 12), pick(random, odd, 8))
	}
	full := os.Getenv("CHANNELS_FULL") != ""
	for r := rune(0); r < 0x20000; r++ {
		told := full || r < 0x300 || unicode.IsNumber(r) || r%11 == 0
		if told && !unicode.Is(unicode.Cs, r) && isKnown(r, unassigned) {
			names = append(names, string(r), "a!"+string(r))
		}
	}
	return names
}

func TestShards_AreThoseOfPython(t *testing.T) {
	againstPython(t, func(t *testing.T, ctx context.Context, process *layeroracle.Process) {
		random := generator(t)
		var names []string
		for range 10_000 {
			names = append(names, pick(random, []rune("abcdef0123456789.!-_äß中\U0001F600"), 60))
		}
		for _, hosts := range []int{1, 2, 3, 5, 7, 16, 100, 4096, 5000} {
			want, err := process.Shards(ctx, names, hosts)
			if err != nil {
				t.Fatal(err)
			}
			used := map[int64]bool{}
			for i, name := range names {
				if got := channellayer.Shard(name, hosts); int64(got) != want[i] {
					t.Fatalf("%q is on %d of %d hosts, Python says %d", name, got, hosts, want[i])
				}
				used[want[i]] = true
			}
			if len(used) < min(hosts, 16) {
				t.Errorf("only %d of %d hosts are used", len(used), hosts)
			}
		}
	})
}

func TestCapacities_AreThoseOfPython(t *testing.T) {
	againstPython(t, func(t *testing.T, ctx context.Context, process *layeroracle.Process) {
		random := generator(t)
		decided := 0
		for range 60 {
			patterns, names := patternCorpus(random)
			want, err := process.Capacities(ctx, patterns, names)
			if err != nil {
				t.Fatalf("%q: %v", patterns, err)
			}
			options := channellayer.Options{Capacity: -1}
			for i, pattern := range patterns {
				options.ChannelCapacity = append(options.ChannelCapacity, channellayer.ChannelCapacity{Pattern: pattern, Capacity: int64(i)})
			}
			capacities := channellayer.CompileCapacities(options)
			for i, name := range names {
				if got := capacities.Of(name); got != want[i] {
					t.Errorf("%q: pattern %d of %q decides, Python says %d", name, got, patterns, want[i])
				}
				if want[i] >= 0 {
					decided++
				}
			}
		}
		if decided < 1000 {
			t.Errorf("a pattern decided for %d names only: the corpus says little", decided)
		}
		t.Logf("a pattern decided for %d names", decided)
	})
}

// patternCorpus has patterns and names that some of them match.
func patternCorpus(random *rand.Rand) (patterns, names []string) {
	patterns = []string{"http.request", "websocket.send*", "[!abc]", "[]]", "[!]]", "[a-c]x", "[c-a]x", "[a-", "[", "[]", "[!]", "a[--b]", "[a-c-e]", "[-a]", "[a-]", "[!-a]", "[^a]", "[[a]", "[\\]", "[a&&b]", "*!*"}
	random.Shuffle(len(patterns), func(i, j int) { patterns[i], patterns[j] = patterns[j], patterns[i] })
	patterns = patterns[:8]
	for range 20 {
		patterns = append(patterns, pick(random, []rune("ab-!]\\[[]*?^.c&|~"), 7))
	}
	patterns = slices.Compact(patterns)
	seen := map[string]bool{}
	patterns = slices.DeleteFunc(patterns, func(p string) bool { known := seen[p]; seen[p] = true; return known })
	names = []string{"http.request", "websocket.send", "websocket.send!x", "", "a", "]", "ax", "bx", "-", "a\nb"}
	for range 300 {
		names = append(names, pick(random, []rune("abc-!]\\[^.&|~\né"), 5))
	}
	return patterns, names
}

func TestCheckName_RefusesWhatIsNotText(t *testing.T) {
	var refused *channellayer.NameError
	for _, check := range []func(string) error{channellayer.CheckChannelName, channellayer.CheckReceiveName, channellayer.CheckGroupName} {
		if err := check("a\xff"); !errors.As(err, &refused) || refused.Reason != channellayer.NameNotText {
			t.Errorf("error %v, want %q", err, channellayer.NameNotText)
		}
	}
}
