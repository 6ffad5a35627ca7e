package e2e

import (
	"fmt"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/django"
)

const (
	chatPath    = "/ws/chat/lobby/"
	updatesPath = "/ws/updates/"
	// orderPath sends to a channel, which stores a message whoever listens; a push
	// to a group without members does nothing.
	orderPath = "/updates/report/x"
)

// say sends a message to a chat.
func say(t testing.TB, chat *django.Socket, message string) {
	t.Helper()
	chat.Send(t, fmt.Sprintf(`{"message": %q}`, message))
}

// hears fails the test unless a message is the next that arrives.
func hears(t testing.TB, chat *django.Socket, message string) {
	t.Helper()
	if got, want := chat.Receive(t), fmt.Sprintf(`{"message": %q}`, message); got != want {
		t.Errorf("the next message is %s, want %s", got, want)
	}
}

// seesUpdate does so for what is pushed to those who look at updates.
func seesUpdate(t testing.TB, updates *django.Socket, text string) {
	t.Helper()
	if got, want := updates.Receive(t), fmt.Sprintf(`{"update": %q}`, text); got != want {
		t.Errorf("the next update is %s, want %s", got, want)
	}
}

// push calls the view that pushes.
func push(t testing.TB, app *django.App, text string) {
	t.Helper()
	if status := app.Get(t, "/updates/push/"+text); status != 204 {
		t.Fatalf("the view answers %d:\n%s", status, app.Log())
	}
}

// exchange fails the test unless every chat message and every push reaches the
// clients of both processes.
func exchange(t testing.TB, one, two *django.App) {
	t.Helper()
	chats := []*django.Socket{one.Dial(t, chatPath), two.Dial(t, chatPath)}
	updates := []*django.Socket{one.Dial(t, updatesPath), two.Dial(t, updatesPath)}
	for i, app := range []*django.App{one, two} {
		message := fmt.Sprintf("message %d", i)
		say(t, chats[i], message)
		push(t, app, message)
		for j := range chats {
			hears(t, chats[j], message)
			seesUpdate(t, updates[j], message)
		}
	}
	for _, socket := range append(chats, updates...) {
		if socket.Pending() != 0 {
			t.Error("a message arrived more than once")
		}
		socket.Close()
	}
}

// apart fails the test unless messages and pushes reach the clients of the same
// process and not those of the other. A socket shows what comes in the order
// in which it was sent: had the other's come, it would have come first.
func apart(t testing.TB, one, two *django.App) {
	t.Helper()
	chats := []*django.Socket{one.Dial(t, chatPath), two.Dial(t, chatPath)}
	updates := []*django.Socket{one.Dial(t, updatesPath), two.Dial(t, updatesPath)}
	for i, app := range []*django.App{one, two, one} {
		message := fmt.Sprintf("message %d", i)
		say(t, chats[i%2], message)
		hears(t, chats[i%2], message)
		push(t, app, message)
		seesUpdate(t, updates[i%2], message)
	}
}
