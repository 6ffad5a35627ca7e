package redisurl

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// Argument is a query argument to be written into a URL.
type Argument struct {
	Name string
	// Value is text that is not percent-encoded.
	Value string
}

// Append is the URL with further query arguments behind its own, each
// percent-encoded as [Build] does, and otherwise as it was written. redis-py
// takes the first of two arguments of one name, so that one which the URL has
// already changes nothing.
func Append(url secret.String, arguments ...Argument) secret.String {
	if len(arguments) == 0 {
		return url
	}
	// Whatever stands before it, the first "#" begins the fragment.
	text, fragment, hasFragment := strings.Cut(url.Reveal(), "#")
	separator := "?"
	if strings.Contains(text, "?") {
		separator = "&"
		if strings.HasSuffix(text, "?") || strings.HasSuffix(text, "&") {
			separator = ""
		}
	}
	var out strings.Builder
	out.WriteString(text)
	for _, argument := range arguments {
		out.WriteString(separator + argument.Name + "=" + quote(argument.Value))
		separator = "&"
	}
	if hasFragment {
		out.WriteString("#" + fragment)
	}
	return secret.New(out.String())
}
