package render

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Var is an environment variable.
type Var struct {
	Name  string
	Value secret.String
}

// DotEnv is .env text that every reader of the package comment reads back as
// exactly these variables: a line NAME=value each, in the given order. No
// variables give the empty text. The error is a [*DotEnvError], for the first
// variable that cannot be written that way.
func DotEnv(vars []Var) (secret.String, error) {
	var text strings.Builder
	seen := make(map[string]bool, len(vars))
	for i, v := range vars {
		if err := check(i, v); err != nil {
			return secret.String{}, err
		}
		if seen[v.Name] {
			return secret.String{}, &DotEnvError{Reason: NameRepeated, Index: i, Name: v.Name, Offset: -1}
		}
		seen[v.Name] = true
		text.WriteString(v.Name + "=" + v.Value.Reveal() + "\n")
	}
	return secret.New(text.String()), nil
}

// EnvironmentDotEnv is [DotEnv] for a layer's environment: unknown where a
// part of it is, and unset where a part has no value. What is known is checked
// all the same. Hosts, whose JSON needs quotes, stand there in the spelling that
// has none.
func EnvironmentDotEnv(environment channelconfig.Value[[]channelconfig.Variable]) (channelconfig.Value[secret.String], error) {
	variables, ok := environment.Get()
	if !ok {
		return channelconfig.Unknown[secret.String](), nil
	}
	var vars []Var
	complete := true
	for i, variable := range variables {
		value, known := variable.Spelled.Else(variable.Value).Get()
		if !variable.Value.IsSet() {
			return channelconfig.Value[secret.String]{}, nil
		}
		if !known {
			complete = false
			continue
		}
		v := Var{Name: variable.Name, Value: value}
		if err := check(i, v); err != nil {
			return channelconfig.Value[secret.String]{}, err
		}
		vars = append(vars, v)
	}
	if !complete {
		return channelconfig.Unknown[secret.String](), nil
	}
	text, err := DotEnv(vars)
	if err != nil {
		return channelconfig.Value[secret.String]{}, err
	}
	return channelconfig.Known(text), nil
}

// check says whether the variable, by itself, can stand in .env text.
func check(index int, v Var) error {
	if !isName(v.Name) {
		return &DotEnvError{Reason: NameInvalid, Index: index, Offset: -1}
	}
	if reader := nameReader(v.Name); reader != "" {
		return &DotEnvError{Reason: NameReserved, Index: index, Name: v.Name, Reader: reader, Offset: -1}
	}
	if reader, offset, found := misreading(v.Value.Reveal()); found {
		return &DotEnvError{Reason: ValueMisread, Index: index, Name: v.Name, Reader: reader, Offset: offset}
	}
	if len(v.Name)+1+v.Value.Len()+1 > maxLine {
		return &DotEnvError{Reason: LineTooLong, Index: index, Name: v.Name, Reader: readerDocker, Offset: -1}
	}
	return nil
}

// isName reports whether the name is one that POSIX shells know.
func isName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
