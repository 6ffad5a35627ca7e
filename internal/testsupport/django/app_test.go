package django_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/django"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func TestStart_BothServersCarryMessagesInMemory(t *testing.T) {
	t.Parallel()
	redistest.Slow(t)
	for _, server := range []django.Server{django.Daphne, django.Uvicorn} {
		t.Run(string(server), func(t *testing.T) {
			t.Parallel()
			app := django.Start(t, map[string]string{"DEBUG": "True"}, django.With(server))
			one, two := app.Dial(t, "/ws/chat/lobby/"), app.Dial(t, "/ws/chat/lobby/")
			one.Send(t, `{"message":"hello"}`)
			for _, socket := range []*django.Socket{one, two} {
				if got := socket.Receive(t); got != `{"message": "hello"}` {
					t.Errorf("got %s", got)
				}
			}
			updates := app.Dial(t, "/ws/updates/")
			if status := app.Get(t, "/updates/push/news"); status != 204 {
				t.Errorf("the view answers %d:\n%s", status, app.Log())
			}
			if got := updates.Receive(t); got != `{"update": "news"}` {
				t.Errorf("got %s", got)
			}
			app.Stop(t)
			if code := updates.Closed(t); code == 0 {
				t.Error("the socket outlives its server")
			}
		})
	}
}

func TestStart_DotenvIsReadAndNothingElseIsThere(t *testing.T) {
	redistest.Slow(t)
	t.Setenv("REDIS_PORT", "tcp://192.0.2.1:6379") // in this process's own
	app := django.Start(t, nil, django.Dotenv("DEBUG=True\nREDIS_PORT=6379\n"))
	app.Dial(t, "/ws/chat/lobby/").Close()
	app.Signal(t, syscall.SIGKILL)
	app.Kill()
}

func TestCrash_SettingsThatRaiseEndTheServer(t *testing.T) {
	t.Parallel()
	redistest.Slow(t)
	log := django.Crash(t, map[string]string{"REDIS_PORT": "tcp://192.0.2.1:6379"})
	if !strings.Contains(log, "ValueError: invalid literal for int()") {
		t.Errorf("it says:\n%s", log)
	}
}

func TestStart_PackagesOfAnotherEnvironmentComeFirst(t *testing.T) {
	t.Parallel()
	redistest.Slow(t)
	code := "import redis\nprint('redis-py', redis.__version__, flush=True)\n" + django.SettingsCode(t)
	for environment, want := range map[string]string{"": "redis-py 7.4.1", "redis-8.1": "redis-py 8.1.0"} {
		app := django.Start(t, map[string]string{"DEBUG": "True"}, django.Packages(environment), django.Settings(code))
		app.AwaitLog(t, want)
	}
}
