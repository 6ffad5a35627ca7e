package redisprobe

import (
	"context"
	"math/big"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// These tests run on synctest's clock, with attempts that are made up.

// script is a prober whose attempts are counted and take a second each.
type script struct {
	*Prober
	attempts atomic.Int64
	canceled atomic.Int64
}

// scripted makes one; outcome is asked for the n-th attempt's problem, nil for
// a pass.
func scripted(outcome func(n int64) *problem) *script {
	s := &script{Prober: New()}
	s.attempt = func(ctx context.Context, request Request, _ *pulse) result {
		n := s.attempts.Add(1)
		timer := time.NewTimer(min(time.Second, request.timeout()))
		defer timer.Stop()
		select {
		case <-timer.C:
			return result{problem: outcome(n), attempts: 1}
		case <-ctx.Done():
			s.canceled.Add(1)
			return result{ended: true}
		}
	}
	return s
}

func always(p *problem) func(int64) *problem { return func(int64) *problem { return p } }

func refused() *problem { return maybe(docRefused, "Refused.", "") }

func until(n int64, p *problem) func(int64) *problem {
	return func(i int64) *problem {
		if i < n {
			return p
		}
		return nil
	}
}

func someRequest() Request {
	return Request{
		Connection: redisurl.Connection{Transport: redisurl.TCP, Host: "redis", Port: big.NewInt(6379), DB: new(big.Int), Password: secret.New("a password")},
		Setting:    "REDIS_URL",
	}
}

// all calls n functions at once and waits for them.
func all(n int, call func(i int)) {
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { call(i) })
	}
	wait.Wait()
}

func TestLook_EqualConnectionsAreCheckedOnceFailuresIncluded(t *testing.T) {
	for name, p := range map[string]*problem{"failing": refused(), "passing": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scripted(always(p))
				started := time.Now()
				all(100, func(int) {
					if report := s.Look(t.Context(), someRequest()); report.Passed() != (p == nil) {
						t.Errorf("got %+v", report)
					}
				})
				s.Look(t.Context(), someRequest())
				if got := s.attempts.Load(); got != 1 {
					t.Errorf("101 looks made %d attempts, want 1", got)
				}
				if took := time.Since(started); took != time.Second {
					t.Errorf("they took %s, want the second of one", took)
				}
			})
		})
	}
}

func TestLook_SharedResultNamesTheSettingOfEachCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(always(refused()))
		for _, setting := range []string{"REDIS_URL", "REDIS_HOST"} {
			request := someRequest()
			request.Setting = setting
			if got := s.Look(t.Context(), request).Outcome.Findings[0].Setting; got != setting {
				t.Errorf("got %s, want %s", got, setting)
			}
		}
		if got := s.attempts.Load(); got != 1 {
			t.Errorf("%d attempts, want 1", got)
		}
	})
}

func TestLook_DifferentConnectionsAreCheckedApart(t *testing.T) {
	for name, change := range map[string]func(*Request){
		"host":      func(r *Request) { r.Connection.Host = "other" },
		"port":      func(r *Request) { r.Connection.Port = big.NewInt(1) },
		"user":      func(r *Request) { r.Connection.Username = secret.New("u") },
		"password":  func(r *Request) { r.Connection.Password = secret.New("another") },
		"database":  func(r *Request) { r.Connection.DB = big.NewInt(1) },
		"transport": func(r *Request) { r.Connection.Transport = redisurl.TLS },
		"option": func(r *Request) {
			r.Connection.Options = map[string]redisurl.Option{"ssl_cert_reqs": {Text: secret.New("none")}}
		},
		"timeout": func(r *Request) { r.Timeout = time.Minute },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scripted(always(nil))
				other := someRequest()
				change(&other)
				s.Look(t.Context(), someRequest())
				s.Look(t.Context(), other)
				if got := s.attempts.Load(); got != 2 {
					t.Errorf("%d attempts, want 2", got)
				}
			})
		})
	}
}

func TestLook_CanceledCallerReturnsAtOnceAndOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(always(nil))
		started := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var impatient, patient Report
		var after time.Duration
		all(2, func(i int) {
			if i == 0 {
				impatient = s.Look(ctx, someRequest())
				after = time.Since(started)
				return
			}
			patient = s.Look(t.Context(), someRequest())
		})
		if !impatient.Canceled || impatient.Passed() || after != 100*time.Millisecond {
			t.Errorf("the canceled caller got %+v after %s", impatient, after)
		}
		if !patient.Passed() || s.canceled.Load() != 0 {
			t.Errorf("the other got %+v", patient)
		}
	})
}

func TestLook_LastCallerGoneEndsTheFlightAndNothingIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(always(nil))
		all(5, func(int) {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			s.Look(ctx, someRequest())
		})
		synctest.Wait()
		if s.attempts.Load() != 1 || s.canceled.Load() != 1 {
			t.Fatalf("%d attempts, %d canceled, want 1 and 1", s.attempts.Load(), s.canceled.Load())
		}
		if report := s.Look(t.Context(), someRequest()); !report.Passed() || s.attempts.Load() != 2 {
			t.Errorf("the next look got %+v after %d attempts", report, s.attempts.Load())
		}
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		if report := s.Look(canceled, someRequest()); !report.Canceled {
			t.Errorf("a canceled look got %+v", report)
		}
	})
}

func TestJoin_TakesPartInFlightsAndNoEarlierResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(always(refused()))
		all(10, func(i int) {
			if i%2 == 0 {
				s.Look(t.Context(), someRequest())
			} else {
				s.Join(t.Context(), someRequest())
			}
		})
		if got := s.attempts.Load(); got != 1 {
			t.Fatalf("at once: %d attempts, want 1", got)
		}
		s.Join(t.Context(), someRequest())
		if got := s.attempts.Load(); got != 2 {
			t.Errorf("a later Join: %d attempts, want 2", got)
		}
		fresh := scripted(always(nil))
		fresh.Join(t.Context(), someRequest())
		fresh.Look(t.Context(), someRequest())
		if got := fresh.attempts.Load(); got != 2 {
			t.Errorf("a look after a Join: %d attempts, want 2", got)
		}
	})
}

func TestProve_WaitsUntilReadyAndTakesNoLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(until(4, refused()))
		s.Look(t.Context(), someRequest())
		var told int
		report := s.Prove(t.Context(), someRequest(), 30*time.Second, func(r Report) {
			told++
			if r.Passed() || !r.Outcome.Has("network/refused") {
				t.Errorf("told of %+v", r)
			}
		})
		if !report.Passed() || report.Attempts != 3 || told != 2 {
			t.Errorf("got %+v, told %d times, want a pass at the third attempt", report, told)
		}
		if again := s.Prove(t.Context(), someRequest(), 30*time.Second, nil); !again.Passed() || s.attempts.Load() != 4 {
			t.Errorf("a success must be shared: %d attempts", s.attempts.Load())
		}
		if look := s.Look(t.Context(), someRequest()); look.Passed() {
			t.Error("a proof must not change what a look found")
		}
	})
}

func TestProve_FailedWaitIsSharedAndBounded(t *testing.T) {
	for _, wait := range []time.Duration{0, time.Second, 2 * time.Second, 30 * time.Second} {
		t.Run(wait.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scripted(always(refused()))
				started := time.Now()
				all(100, func(int) {
					if report := s.Prove(t.Context(), someRequest(), wait, nil); report.Outcome.Status != finding.Undetermined {
						t.Errorf("got %+v", report)
					}
				})
				took, attempts := time.Since(started), s.attempts.Load()
				if took > max(wait, time.Second) || took < wait-longestPause-time.Second {
					t.Errorf("100 proofs took %s, want about one wait of %s", took, wait)
				}
				for range 10 {
					s.Prove(t.Context(), someRequest(), wait, nil)
				}
				if time.Since(started) != took || s.attempts.Load() != attempts {
					t.Error("later proofs waited again")
				}
			})
		})
	}
}

func TestProve_DefiniteAnswersAreNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(always(wrong(docWrongPassword, "Wrong.", "")))
		report := s.Prove(t.Context(), someRequest(), time.Hour, func(Report) { t.Error("it waits") })
		if report.Outcome.Status != finding.Failed || report.Attempts != 1 {
			t.Errorf("got %+v", report)
		}
	})
}

func TestProve_HealingIntoADefiniteAnswerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(func(n int64) *problem {
			if n < 3 {
				return refused()
			}
			return wrong(docWrongPassword, "Wrong.", "")
		})
		if report := s.Prove(t.Context(), someRequest(), time.Hour, nil); !report.Outcome.Has("auth/wrong-password") || report.Attempts != 3 {
			t.Errorf("got %+v", report)
		}
	})
}

func TestProve_CancelEndsTheWaitAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(always(refused()))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		started := time.Now()
		report := s.Prove(ctx, someRequest(), time.Hour, nil)
		if !report.Canceled || time.Since(started) != 5*time.Second {
			t.Errorf("got %+v after %s", report, time.Since(started))
		}
	})
}

func TestProve_CutShortAttemptTellsWhatTheOneBeforeSaw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(func(n int64) *problem {
			if n == 1 {
				return refused()
			}
			return maybe(docSilent, "Silent.", "")
		})
		request := someRequest()
		request.Timeout = 10 * time.Second
		report := s.Prove(t.Context(), request, 2*time.Second, nil)
		if !report.Outcome.Has("network/refused") || report.Attempts != 2 {
			t.Errorf("got %+v after %d attempts", report.Outcome, report.Attempts)
		}
	})
}

func TestKey_DependsOnTheProcess(t *testing.T) {
	request := someRequest()
	one, other := newKeyring(), newKeyring()
	if first, second := one.of(request), one.of(request); first != second || first == other.of(request) {
		t.Error("keys must be equal within a keyring only")
	}
	if one.of(request) == one.of(request, "prove") {
		t.Error("what is added must count")
	}
}
