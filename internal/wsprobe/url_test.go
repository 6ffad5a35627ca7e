package wsprobe_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

func TestParseURL_ReadsAddressAndOrigin(t *testing.T) {
	for text, want := range map[string][2]string{
		"wss://chat.example.com":                   {"wss://chat.example.com", "https://chat.example.com"},
		"WSS://Chat.Example.com:443/ws?token=x":    {"wss://chat.example.com", "https://chat.example.com"},
		"ws://localhost:8000/ws/":                  {"ws://localhost:8000", "http://localhost:8000"},
		"ws://127.0.0.1:80?x":                      {"ws://127.0.0.1", "http://127.0.0.1"},
		"ws://[::1]:8000/":                         {"ws://[::1]:8000", "http://[::1]:8000"},
		"wss://user:p%40ss@h.example.com:8443/a/?": {"wss://h.example.com:8443", "https://h.example.com:8443"},
		"wss://h.example.com:/x":                   {"wss://h.example.com", "https://h.example.com"},
	} {
		target, err := wsprobe.ParseURL(secret.New(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := [2]string{target.Address(), target.Origin()}; got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestParseURL_RefusesWithReasonAndPlaceAndWithoutTheURL(t *testing.T) {
	const hidden = "made-up-5ecret"
	for text, want := range map[string]wsprobe.URLError{
		"":                                    {Reason: wsprobe.URLEmpty, At: -1},
		"chat.example.com/" + hidden:          {Reason: wsprobe.URLNoScheme, At: -1},
		"ftp://h/" + hidden:                   {Reason: wsprobe.URLNoScheme, At: -1},
		"http://h/?t=" + hidden:               {Reason: wsprobe.URLHTTP, At: -1},
		"HTTPS://h/?t=" + hidden:              {Reason: wsprobe.URLHTTPS, At: -1},
		"ws:///" + hidden:                     {Reason: wsprobe.URLHost, At: 5},
		"ws://" + hidden + "@/":               {Reason: wsprobe.URLHost, At: 20},
		"ws://a:1:2/" + hidden:                {Reason: wsprobe.URLPort, At: 7},
		"ws://h:0/" + hidden:                  {Reason: wsprobe.URLPort, At: 7},
		"ws://h:65536/" + hidden:              {Reason: wsprobe.URLPort, At: 7},
		"ws://u:" + hidden + "@h:x/":          {Reason: wsprobe.URLPort, At: 24},
		"ws://h/#" + hidden:                   {Reason: wsprobe.URLFragment, At: 7},
		"ws://u:#" + hidden + "@h/":           {Reason: wsprobe.URLFragment, At: 7},
		"ws://h/a b" + hidden:                 {Reason: wsprobe.URLCharacter, At: 8},
		"ws://h/\n" + hidden:                  {Reason: wsprobe.URLCharacter, At: 7},
		"ws://bücher.example.com/" + hidden:   {Reason: wsprobe.URLCharacter, At: 6},
		"ws://h/%zz" + hidden:                 {Reason: wsprobe.URLEscape, At: 7},
		"ws://u:a%z" + hidden + "@h/":         {Reason: wsprobe.URLEscape, At: 8},
		"ws://[fe80::1%25eth0]/" + hidden:     {Reason: wsprobe.URLHost, At: 5},
		"ws://[::1/" + hidden:                 {Reason: wsprobe.URLHost, At: 5},
		"ws://::1:8000/" + hidden:             {Reason: wsprobe.URLHost, At: 5},
		"ws://a/b:" + hidden + "@example.com": {},
	} {
		target, err := wsprobe.ParseURL(secret.New(text))
		if want.Reason == "" {
			if err != nil || strings.Contains(target.Address(), hidden) {
				t.Errorf("%s: %v, %s", text, err, target.Address())
			}
			continue
		}
		var refused *wsprobe.URLError
		if !errors.As(err, &refused) || *refused != want {
			t.Errorf("%s: got %+v, want %+v", text, refused, want)
			continue
		}
		if strings.Contains(err.Error(), hidden) {
			t.Errorf("the error quotes the URL: %v", err)
		}
	}
}

func TestCheck_RefusesWhatNoHandshakeCanCarry(t *testing.T) {
	const hidden = "made-up-5ecret"
	target, err := wsprobe.ParseURL(secret.New("ws://h/"))
	if err != nil {
		t.Fatal(err)
	}
	one := func(name, value string) map[string]secret.String {
		return map[string]secret.String{name: secret.New(value)}
	}
	broken := hidden + "\r\nX: y"
	for name, r := range map[string]wsprobe.Request{
		"a line break in a value":    {Headers: one("X", broken)},
		"a name that is none":        {Headers: one("X y", hidden)},
		"Origin":                     {Headers: one("origin", hidden)},
		"Cookie":                     {Headers: one("Cookie", hidden)},
		"Upgrade":                    {Headers: one("upgrade", hidden)},
		"Sec-WebSocket-Key":          {Headers: one("sec-websocket-key", hidden)},
		"a cookie with two":          {Cookies: one("a", hidden+"; b=c")},
		"a cookie's name":            {Cookies: one("a=b", hidden)},
		"a subprotocol twice":        {Subprotocols: []string{"a", "a"}},
		"a subprotocol that is none": {Subprotocols: []string{"a b"}},
		"a line break in the origin": {Origin: &broken},
	} {
		r.Target = target
		err := r.Check()
		var refused *wsprobe.InputError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(err.Error(), hidden) {
			t.Errorf("%s: the error quotes the value: %v", name, err)
		}
	}
	if _, err := wsprobe.CompilePattern("(" + hidden); err == nil || strings.Contains(err.Error(), hidden) {
		t.Errorf("the error is %v", err)
	}
	if _, err := wsprobe.ParseAuthorities(hidden); err == nil || strings.Contains(err.Error(), hidden) {
		t.Errorf("the error is %v", err)
	}
}
