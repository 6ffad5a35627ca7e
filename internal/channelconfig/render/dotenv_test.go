package render

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file under testdata. The bytes that users get are
// frozen: a difference is a breaking change.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; got:\n%s", path, got)
	}
}

func vars(pairs ...string) []Var {
	var list []Var
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, Var{Name: pairs[i], Value: secret.New(pairs[i+1])})
	}
	return list
}

func TestDotEnv_BytesAreFrozen(t *testing.T) {
	text, err := DotEnv(vars(
		"REDIS_URL", "redis://default:made-up%23pass%24word@redis.example.com:6379/0?socket_timeout=10",
		"REDIS_PORT", "6379",
		"EMPTY", "",
		"DEBUG", "False",
		"DJANGO_SETTINGS_MODULE", "config.settings",
		"_lower_case9", "caf\u00e9",
	))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "environment.env", text.Reveal())
}

func TestDotEnv_NoVariablesGiveTheEmptyText(t *testing.T) {
	text, err := DotEnv(nil)
	if err != nil || !text.IsEmpty() {
		t.Errorf("got %d bytes and %v", text.Len(), err)
	}
}

func TestDotEnv_RefusalSaysWhichVariableWhoAndWhere(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	for _, test := range []struct {
		vars []Var
		want DotEnvError
	}{
		{vars("A", "k", "B", "kq#"), DotEnvError{ValueMisread, 1, "B", "npm dotenv", 2}},
		{vars("A", "k q"), DotEnvError{ValueMisread, 0, "A", "bash", 1}},
		{vars("A", "\u00e9$"), DotEnvError{ValueMisread, 0, "A", "bash", 2}},
		{vars("A", "k\xff"), DotEnvError{ValueMisread, 0, "A", "docker --env-file", 1}},
		{vars("A", "k\u2028q"), DotEnvError{ValueMisread, 0, "A", "django-environ", 1}},
		{vars("A", "kq\u00a0"), DotEnvError{ValueMisread, 0, "A", "python-dotenv", 2}},
		{vars("A", "\ufeffk"), DotEnvError{ValueMisread, 0, "A", "npm dotenv", 0}},
		{vars("A", "k\ufdd0q"), DotEnvError{ValueMisread, 0, "A", "systemd", 1}},
		{vars("A", "k:~root"), DotEnvError{ValueMisread, 0, "A", "bash", 2}},
		{vars("A", "k", "", "q"), DotEnvError{NameInvalid, 1, "", "", -1}},
		{vars("1A", "q"), DotEnvError{NameInvalid, 0, "", "", -1}},
		{vars("A-B", "q"), DotEnvError{NameInvalid, 0, "", "", -1}},
		{vars("\u00c4", "q"), DotEnvError{NameInvalid, 0, "", "", -1}},
		{vars("UID", "0"), DotEnvError{NameReserved, 0, "UID", "bash", -1}},
		{vars("A", "k", "A", "k"), DotEnvError{NameRepeated, 1, "A", "", -1}},
		{vars("A", long), DotEnvError{LineTooLong, 0, "A", "docker --env-file", -1}},
	} {
		text, err := DotEnv(test.vars)
		var got *DotEnvError
		if !errors.As(err, &got) || *got != test.want {
			t.Errorf("want %+v, got %+v", test.want, err)
		}
		if !text.IsEmpty() {
			t.Errorf("%+v comes with a text", test.want)
		}
	}
}

func TestDotEnv_ErrorsHoldNothingOfTheValue(t *testing.T) {
	const canary = "cAnArY"
	for _, list := range [][]Var{
		vars("A", canary+"#"+canary),
		vars("A", canary+"\n"+canary),
		vars(canary+"=", "k"),
		vars("redis://:"+canary+"@redis.example.com", ""),
		vars("A", canary, "A", canary),
		vars("UID", canary),
		vars("A", strings.Repeat(canary, maxLine)),
	} {
		_, err := DotEnv(list)
		var refusal *DotEnvError
		if !errors.As(err, &refusal) {
			t.Fatal("accepted")
		}
		for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err)} {
			if strings.Contains(text, canary) {
				t.Errorf("a value shows in an error of reason %v", refusal.Reason)
			}
		}
	}
}

func TestDotEnv_ErrorNamesReaderAndWayOut(t *testing.T) {
	_, err := DotEnv(vars("REDIS_URL", "redis://:made#up@redis.example.com"))
	const want = "variable REDIS_URL: npm dotenv would misread the character at byte 13 of the value; in a URL it must be percent-encoded, which build_url does; other values reach the app unchanged through a map of variables"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestEnvironmentDotEnv_UnknownPartsMakeItUnknown(t *testing.T) {
	known := func(name, value string) channelconfig.Variable {
		return channelconfig.Variable{Name: name, Value: channelconfig.Known(secret.New(value))}
	}
	notKnown := channelconfig.Variable{Name: "B", Value: channelconfig.Unknown[secret.String]()}
	list := func(v ...channelconfig.Variable) channelconfig.Value[[]channelconfig.Variable] {
		return channelconfig.Known(v)
	}
	if text, err := EnvironmentDotEnv(list(known("A", "k"), known("B", "q"))); err != nil || text.Or(secret.String{}).Reveal() != "A=k\nB=q\n" {
		t.Errorf("all known: %v", err)
	}
	if text, err := EnvironmentDotEnv(list(known("A", "k"), notKnown)); err != nil || !text.IsUnknown() {
		t.Errorf("a value unknown: %v, %v", text.IsUnknown(), err)
	}
	if text, err := EnvironmentDotEnv(channelconfig.Unknown[[]channelconfig.Variable]()); err != nil || !text.IsUnknown() {
		t.Errorf("all unknown: %v, %v", text.IsUnknown(), err)
	}
	var refusal *DotEnvError
	if _, err := EnvironmentDotEnv(list(notKnown, known("A", "k#"))); !errors.As(err, &refusal) || refusal.Index != 1 {
		t.Errorf("what is known and cannot be written: %v", err)
	}
}
