package secret_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

const canary = "canary-5up3r-s3cr3t"

type holder struct {
	Public  secret.String
	private secret.String
	nested  struct{ deep []secret.String }
	byName  map[string]secret.String
	pointer *secret.String
}

func newHolder() holder {
	s := secret.New(canary)
	h := holder{Public: s, private: s, byName: map[string]secret.String{"k": s}, pointer: &s}
	h.nested.deep = []secret.String{s}
	return h
}

func assertHidden(t *testing.T, how, got string) {
	t.Helper()
	if strings.Contains(got, canary) {
		t.Errorf("%s shows the secret", how)
	}
	if got == "" {
		t.Errorf("%s printed nothing, so the test proves nothing", how)
	}
}

func TestString_EveryVerbHides(t *testing.T) {
	s := secret.New(canary)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%10.3s", "%T%v"} {
		for _, value := range []any{s, &s, newHolder(), []any{s, newHolder()}, map[secret.String]int{s: 1}} {
			assertHidden(t, fmt.Sprintf("%s of %T", verb, value), fmt.Sprintf(verb, value))
		}
	}
	assertHidden(t, "Print", fmt.Sprint(s)+fmt.Sprintln(newHolder()))
	assertHidden(t, "error wrapping", fmt.Errorf("failed: %w", fmt.Errorf("%v", newHolder())).Error())
}

func TestString_EveryEncoderHides(t *testing.T) {
	s := secret.New(canary)
	inJSON, err := json.Marshal(map[string]any{"a": s, "b": newHolder(), "c": map[secret.String]int{s: 1}})
	if err != nil {
		t.Fatal(err)
	}
	assertHidden(t, "JSON", string(inJSON))
	inXML, err := xml.Marshal(newHolder())
	if err != nil {
		t.Fatal(err)
	}
	assertHidden(t, "XML", string(inXML))
	if err := gob.NewEncoder(&bytes.Buffer{}).Encode(s); !errors.Is(err, secret.ErrGob) {
		t.Errorf("gob: got %v, want ErrGob", err)
	}
	yaml, _ := s.MarshalYAML()
	assertHidden(t, "YAML", fmt.Sprint(yaml))
}

func TestString_EveryLogHandlerHides(t *testing.T) {
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("message", "bare", secret.New(canary), "held", newHolder(), "group", slog.GroupValue(slog.Any("in", secret.New(canary))))
	}
	assertHidden(t, "slog", out.String())
}

func TestString_ReflectionFindsNoSecret(t *testing.T) {
	field := reflect.ValueOf(newHolder()).FieldByName("private").Field(0)
	if strings.Contains(field.String(), canary) {
		t.Error("the text stands in memory in the clear")
	}
	for _, b := range []byte(field.String()) {
		if b < 0x80 {
			t.Fatal("padded text has a printable byte")
		}
	}
}

func TestString_RoundTripsAndCompares(t *testing.T) {
	for _, text := range []string{"", "a", canary, strings.Repeat("long ", 200), "\x00\x01"} {
		s := secret.New(text)
		if s.Reveal() != text || s.Len() != len(text) || s.IsEmpty() != (text == "") {
			t.Errorf("%q does not round-trip", text)
		}
		if s != secret.New(text) || s == secret.New(text+"x") || !reflect.DeepEqual(s, secret.New(text)) {
			t.Errorf("%q does not compare by its text", text)
		}
	}
}
