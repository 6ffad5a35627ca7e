package redisprobe

import (
	"context"
	"math/big"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// mortal is a prober whose addresses are dead for a while. Attempts last as long
// as their time-out, unless the host is named "refuses".
type mortal struct {
	*Prober
	attempts atomic.Int64
	born     time.Time     // when the addresses come alive; zero: never
	hears    time.Duration // when a live address answers
}

func dying(born time.Duration) *mortal {
	m := &mortal{Prober: New()}
	if born > 0 {
		m.born = time.Now().Add(born)
	}
	m.attempt = func(ctx context.Context, request Request, heard *pulse) result {
		m.attempts.Add(1)
		started := time.Now()
		a := &attempt{request: request}
		kind, lasts := (*attempt).silent, request.timeout()
		if request.Connection.Host == "refuses" {
			kind, lasts = (*attempt).closed, 0
		}
		alive := !m.born.IsZero() && !started.Before(m.born)
		if alive {
			lasts = m.hears
		}
		if !sleep(ctx, lasts) {
			return result{ended: true}
		}
		switch {
		case alive && request.Connection.Password.Reveal() == "wrong":
			heard.felt.Store(true)
			a.result.problem = wrong(docWrongPassword, "Wrong.", "")
			a.result.answered = true
		case alive:
			heard.felt.Store(true)
			a.result.answered = true
		default:
			a.result.problem = a.unheard(speaksNothing, kind)
		}
		a.result.attempts, a.result.duration = 1, time.Since(started)
		return a.result
	}
	return m
}

// differing is the i-th of many requests for one address: none is equal to
// another, in what comes after the first answer.
func differing(i int) Request {
	r := someRequest()
	r.Timeout = 3 * time.Second
	r.Connection.DB = big.NewInt(int64(i))
	r.Connection.Username = secret.New("user-" + strconv.Itoa(i))
	r.Connection.Password = secret.New("made-up-" + strconv.Itoa(i))
	r.Depth = Depth(i % 3)
	r.Layer = &Layer{Backend: []channelconfig.Backend{channelconfig.Core, channelconfig.PubSub}[i%2], Options: channellayer.Defaults()}
	return r
}

// inTens calls n functions, ten at a time, as core does.
func inTens(n int, call func(i int)) {
	var next atomic.Int64
	all(10, func(int) {
		for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
			call(int(i))
		}
	})
}

func TestLook_DifferentLayersOnDeadAddressCostOneTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := dying(0)
		started := time.Now()
		inTens(1000, func(i int) {
			report := m.Look(t.Context(), differing(i))
			if !report.Outcome.Has("network/silent") || report.Outcome.Status != finding.Undetermined || report.Answered {
				t.Errorf("%d: got %+v", i, report)
			}
		})
		if took := time.Since(started); took != 3*time.Second {
			t.Errorf("they took %s, want the 3 s of one time-out", took)
		}
		if got := m.attempts.Load(); got > 10 {
			t.Errorf("%d attempts, want no more than run at once", got)
		}
	})
}

// Those that began later hear of it from the first.
func TestLook_LatecomersEndWithTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := dying(0)
		started := time.Now()
		all(6, func(i int) {
			sleep(t.Context(), time.Duration(i)*500*time.Millisecond)
			if report := m.Look(t.Context(), differing(i)); !report.Outcome.Has("network/silent") {
				t.Errorf("%d: got %+v", i, report)
			}
		})
		if took := time.Since(started); took != 3*time.Second {
			t.Errorf("they took %s, want the 3 s of the first", took)
		}
	})
}

func TestLook_OtherAddressesAreNotConcerned(t *testing.T) {
	for name, change := range map[string]func(*Request){
		"host":    func(r *Request) { r.Connection.Host = "other" },
		"port":    func(r *Request) { r.Connection.Port = big.NewInt(1) },
		"timeout": func(r *Request) { r.Timeout = 4 * time.Second },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := dying(0)
				m.Look(t.Context(), differing(0))
				other := differing(1)
				change(&other)
				m.Look(t.Context(), other)
				if got := m.attempts.Load(); got != 2 {
					t.Errorf("%d attempts, want 2", got)
				}
			})
		})
	}
}

func TestLook_WhatIsAnsweredIsNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := dying(time.Nanosecond)
		sleep(t.Context(), time.Second)
		wrong := differing(0)
		wrong.Connection.Password = secret.New("wrong")
		if report := m.Look(t.Context(), wrong); !report.Outcome.Has("auth/wrong-password") {
			t.Errorf("got %+v", report)
		}
		if report := m.Look(t.Context(), differing(1)); !report.Passed() {
			t.Errorf("another user got %+v", report)
		}
	})
}

// One who has heard from the address is not stopped by one who has not.
func TestLook_HeardFromIsNotStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New()
		p.attempt = func(ctx context.Context, request Request, heard *pulse) result {
			a := &attempt{request: request}
			if request.Connection.DB.Sign() == 0 {
				sleep(ctx, time.Second)
				a.result.problem = a.unheard(speaksNothing, (*attempt).closed)
				return a.result
			}
			heard.felt.Store(true)
			if !sleep(ctx, 2*time.Second) {
				return result{ended: true}
			}
			return result{answered: true}
		}
		all(2, func(i int) {
			if report := p.Look(t.Context(), differing(i)); report.Passed() != (i == 1) {
				t.Errorf("%d: got %+v", i, report)
			}
		})
	})
}

func TestLook_CancelingTheFirstFailsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := dying(time.Nanosecond)
		m.hears = time.Second
		sleep(t.Context(), time.Second)
		impatient, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		all(10, func(i int) {
			if i == 0 {
				if report := m.Look(impatient, differing(i)); !report.Canceled {
					t.Errorf("the first got %+v", report)
				}
				return
			}
			if report := m.Look(t.Context(), differing(i)); !report.Passed() {
				t.Errorf("%d: got %+v", i, report)
			}
		})
		if known := m.seen.at(m.keys.site(differing(0))).known; known != nil {
			t.Errorf("the canceled one has left %+v", known)
		}
	})
}

func TestProve_DifferentLayersOnDeadAddressWaitOnce(t *testing.T) {
	for _, wait := range []time.Duration{0, 5 * time.Second, 30 * time.Second} {
		t.Run(wait.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := dying(0)
				m.Look(t.Context(), differing(0))
				started := time.Now()
				inTens(100, func(i int) {
					report := m.Prove(t.Context(), differing(i), wait, nil)
					if !report.Outcome.Has("network/silent") || report.Attempts < 1 {
						t.Errorf("%d: got %+v", i, report)
					}
				})
				if took := time.Since(started); took > max(wait, 3*time.Second) {
					t.Errorf("they took %s, want one wait of %s", took, wait)
				}
			})
		})
	}
}

// A look's failure is nothing to a proof, and who comes alive is seen by all.
func TestProve_DifferentLayersSeeARedisThatStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := dying(10 * time.Second)
		m.Look(t.Context(), differing(99))
		inTens(100, func(i int) {
			if report := m.Prove(t.Context(), differing(i), 30*time.Second, nil); !report.Ready {
				t.Errorf("%d: got %+v", i, report)
			}
		})
	})
}

// What depends on the start of a Redis sees it, although others waited in vain.
func TestProve_LatecomersSeeARedisThatHasStartedSince(t *testing.T) {
	for host, later := range map[string]time.Duration{"refuses": 2 * time.Second, "redis": 6 * time.Second} {
		t.Run(host, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := dying(15 * time.Second)
				const wait = 5 * time.Second
				prove := func(i int) Report {
					r := differing(i)
					r.Connection.Host = host
					return m.Prove(t.Context(), r, wait, nil)
				}
				if report := prove(0); report.Ready {
					t.Fatalf("got %+v", report)
				}
				// Still dead: that costs one attempt and no other wait.
				sleep(t.Context(), later)
				started := time.Now()
				for i := range 3 {
					if report := prove(i); report.Ready && !time.Now().After(m.born) {
						t.Errorf("got %+v", report)
					}
				}
				if took := time.Since(started); took > 3*time.Second {
					t.Errorf("the dead were waited for again, for %s", took)
				}
				sleep(t.Context(), 10*time.Second)
				for i := range 3 {
					if report := prove(i); !report.Ready {
						t.Errorf("%d: it is up and was not seen: %+v", i, report)
					}
				}
			})
		})
	}
}

func TestJoin_HundredDifferentOnesOnDeadAddressCostOneTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := dying(0)
		started := time.Now()
		inTens(100, func(i int) {
			if report := m.Join(t.Context(), differing(i)); !report.Outcome.Has("network/silent") {
				t.Errorf("%d: got %+v", i, report)
			}
		})
		if took := time.Since(started); took != 3*time.Second {
			t.Errorf("they took %s, want 3 s", took)
		}
	})
}

func TestJoin_OldDeathsAndCheapOnesAreLookedAtAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := dying(0)
		m.Join(t.Context(), differing(0))
		sleep(t.Context(), fresh)
		m.Join(t.Context(), differing(1))
		if got := m.attempts.Load(); got != 1 {
			t.Errorf("a second later: %d attempts, want 1", got)
		}
		sleep(t.Context(), 1)
		m.Join(t.Context(), differing(2))
		if got := m.attempts.Load(); got != 2 {
			t.Errorf("after more than a second: %d attempts, want 2", got)
		}

		cheap := dying(0)
		for i := range 3 {
			request := differing(i)
			request.Connection.Host = "refuses"
			cheap.Join(t.Context(), request)
		}
		if got := cheap.attempts.Load(); got != 3 {
			t.Errorf("what costs no time: %d attempts, want 3", got)
		}
	})
}

// Each is told of the death in the terms of its own request.
func TestDeath_IsRetoldForEachRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := dying(0)
		m.Look(t.Context(), differing(0))
		other := differing(1)
		other.Setting, other.Hidden, other.Redis = "REDIS_HOST", true, &packages.Version{Major: 8, Minor: 1}
		report := m.Look(t.Context(), other)
		got := report.Outcome.Findings[0]
		if got.Setting != "REDIS_HOST" || strings.Contains(got.Detail, "redis:6379") || !strings.Contains(got.Detail, "redis-py 8.1") {
			t.Errorf("got %+v", got)
		}
		if m.attempts.Load() != 1 || report.Attempts != 1 || report.Duration != 3*time.Second {
			t.Errorf("%d attempts, report %+v", m.attempts.Load(), report)
		}
	})
}

func TestSite_HoldsOnlyWhatComesBeforeTheFirstAnswer(t *testing.T) {
	keys := newKeyring()
	if keys.site(differing(0)) != keys.site(differing(1)) {
		t.Error("what comes after the first answer counts")
	}
	if keys.site(differing(0)) == keys.site(differing(0), "30s") {
		t.Error("what is added must count")
	}
}

// A bug in a flight becomes a finding, whoever shares it.
func TestFlight_PanicBecomesUndetermined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged strings.Builder
		p := New(WithLog(func(_ context.Context, message string, fields ...map[string]any) {
			logged.WriteString(message)
			for _, field := range fields {
				logged.WriteString(field["panic_type"].(string) + field["stack"].(string))
			}
		}))
		const canary = "canary-5up3r-s3cr3t"
		p.attempt = func(context.Context, Request, *pulse) result { panic(canary) }
		for name, report := range map[string]Report{
			"look":  p.Look(t.Context(), someRequest()),
			"join":  p.Join(t.Context(), someRequest()),
			"proof": p.Prove(t.Context(), someRequest(), time.Second, nil),
		} {
			if report.Outcome.Status != finding.Undetermined || !report.Outcome.Has(finding.IDCrashed) || report.Ready {
				t.Errorf("%s: got %+v", name, report)
			}
		}
		if strings.Contains(logged.String(), canary) || !strings.Contains(logged.String(), "deaths_test.go") {
			t.Errorf("logged %s", strings.ReplaceAll(logged.String(), canary, "<HERE>"))
		}
	})
}
