package flush_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/core"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/flush"
	"github.com/channel-layer/terraform-provider-channels/internal/channellayer/transport"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

func layer(t *testing.T, prefix string, server *redistest.Server, login ...channellayer.Command) *core.Layer {
	t.Helper()
	pool := transport.NewPool(func(ctx context.Context) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "tcp", server.Addr())
	}, login...)
	t.Cleanup(func() { _ = pool.Close() })
	options := channellayer.Defaults()
	options.Prefix = prefix
	protocol, err := core.NewProtocol(options, 1)
	if err != nil {
		t.Fatal(err)
	}
	made, err := core.New(protocol, []channellayer.Conn{pool}, core.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestCore_DeletesEveryKeyThatBeginsWithThePrefix: those of another layer whose
// prefix begins alike too, as Python does; more keys than one DEL takes.
func TestCore_DeletesEveryKeyThatBeginsWithThePrefix(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for n := range 5001 {
		server.Do("SET", fmt.Sprintf("app%d", n), "x")
	}
	server.Do("MSET", "app-staging:group:room", "x", "other", "x", "xapp", "x")
	if err := flush.Core(t.Context(), layer(t, "app", server)); err != nil {
		t.Fatal(err)
	}
	if n := server.Do("EXISTS", "other", "xapp"); n != int64(2) {
		t.Errorf("%v keys of others are left, want 2", n)
	}
	if n := server.Do("DBSIZE"); n != int64(2) {
		t.Errorf("%v keys are left, want 2", n)
	}
}

func TestCore_TellsWhatItMayNot(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.User("app", "on", ">made-up", "~*", "+@all", "-keys"))
	var failed *channellayer.OperationError
	err := flush.Core(t.Context(), layer(t, "app", server, channellayer.Command{"AUTH", "app", "made-up"}))
	if !errors.As(err, &failed) || failed.Operation != "flush" || failed.Step != "EVAL" {
		t.Errorf("error %v, want that of EVAL", err)
	}
}
