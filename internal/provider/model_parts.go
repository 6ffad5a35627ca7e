package provider

import (
	"fmt"
	"math/big"
	"slices"
	"sort"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// partNames are the parts of a URL that are no query arguments.
var partNames = []string{"scheme", "tls", "host", "port", "path", "username", "password", "db"}

// readParts makes the parts of a URL of a map of texts. A Terraform map of
// strings turns numbers and truth values into their texts.
func readParts(texts map[string]secret.String) (redisurl.Parts, error) {
	var parts redisurl.Parts
	names := make([]string, 0, len(texts))
	for name := range texts {
		names = append(names, name)
	}
	sort.Strings(names) // so that the same mistake gives the same message
	for _, name := range names {
		if err := readPart(&parts, name, texts[name]); err != nil {
			return redisurl.Parts{}, err
		}
	}
	return parts, nil
}

func readPart(parts *redisurl.Parts, name string, value secret.String) (err error) {
	text := value.Reveal()
	switch name {
	case "scheme":
		parts.Scheme = text
	case "host":
		parts.Host = text
	case "path":
		parts.Path = text
	case "username":
		parts.Username = text
	case "password":
		parts.Password = value
	case "tls":
		parts.TLS, err = readTruth(name, text)
	case "port":
		parts.Port, err = readNumber(name, text)
	case "db":
		parts.DB, err = readNumber(name, text)
	default:
		err = readArgument(parts, name, value)
	}
	return err
}

func readTruth(name, text string) (*bool, error) {
	truth := text == "true"
	if !truth && text != "false" {
		return nil, fmt.Errorf("%s: must be true or false", name)
	}
	return &truth, nil
}

func readNumber(name, text string) (*big.Int, error) {
	number, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, fmt.Errorf("%s: must be a whole number", name)
	}
	return number, nil
}

func readArgument(parts *redisurl.Parts, name string, value secret.String) error {
	known := redisurl.KnownArguments()
	if !slices.Contains(known, name) {
		return fmt.Errorf("there is no part %q; the parts are %s, and the query arguments of redis-py %s",
			name, strings.Join(partNames, ", "), strings.Join(known, ", "))
	}
	if parts.Query == nil {
		parts.Query = map[string]secret.String{}
	}
	parts.Query[name] = value
	return nil
}
