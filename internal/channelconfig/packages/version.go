package packages

import (
	"regexp"
	"strconv"
	"strings"
)

// versionPattern is PEP 440's, Appendix B (packaging 24, version.py,
// VERSION_PATTERN), with the release as its only group.
var versionPattern = regexp.MustCompile(`(?i)^v?(?:[0-9]+!)?([0-9]+(?:\.[0-9]+)*)` +
	`(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?[0-9]*)?` +
	`(?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?` +
	`(?:[-_.]?dev[-_.]?[0-9]*)?` +
	`(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$`)

// maxNumber is above every number in a version of these packages, dates
// included.
const maxNumber = 1_000_000_000

// ParseVersion reads a version as PEP 440 writes it and keeps its release
// part: "v4.3.0", "1!4.3", "4.3.0rc1" and "4.3.0+local" are 4.3.0. Parts that
// are absent are 0, parts after the third are dropped. White space around it
// does not count. The error is an [*Error].
func ParseVersion(text string) (Version, error) {
	version, err := parseVersion(text)
	if err != nil {
		return Version{}, err
	}
	return version, nil
}

func parseVersion(text string) (Version, *Error) {
	match := versionPattern.FindStringSubmatch(strings.Trim(text, " \t\n\v\f\r"))
	if match == nil {
		return Version{}, &Error{Reason: NotAVersion}
	}
	var numbers [3]int
	for i, part := range strings.SplitN(match[1], ".", 4) {
		if i == len(numbers) {
			break
		}
		number, err := strconv.Atoi(part)
		if err != nil || number > maxNumber {
			return Version{}, &Error{Reason: NumberTooLarge}
		}
		numbers[i] = number
	}
	return Version{numbers[0], numbers[1], numbers[2]}, nil
}
