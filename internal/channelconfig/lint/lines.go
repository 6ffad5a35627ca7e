package lint

import (
	"fmt"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
)

// linesInScope are the redis-py lines to judge by: that of the stated version,
// or every supported one. A version outside of the supported range is treated
// as the nearest inside; rule packages/unsupported-version says so.
func linesInScope(stated *packages.Version) []redisurl.Line {
	if stated == nil {
		return redisurl.Lines()
	}
	line, _ := redisurl.LineOf(*stated)
	return []redisurl.Line{line}
}

// describeLines says which redis-py versions the lines cover, out of all
// lines: "before 5.0", "5.0 and later", "from 6.0 to before 6.1".
func describeLines(some []redisurl.Line) string {
	in := map[redisurl.Line]bool{}
	for _, line := range some {
		in[line] = true
	}
	var parts []string
	all := redisurl.Lines()
	for i := 0; i < len(all); i++ {
		if !in[all[i]] {
			continue
		}
		first := i
		for i+1 < len(all) && in[all[i+1]] {
			i++
		}
		parts = append(parts, describeRun(all, first, i))
	}
	return strings.Join(parts, ", ")
}

// describeRun describes all[first:last+1].
func describeRun(all []redisurl.Line, first, last int) string {
	switch {
	case last == len(all)-1:
		return fmt.Sprintf("%s and later", all[first])
	case first == 0:
		return fmt.Sprintf("before %s", all[last+1])
	default:
		return fmt.Sprintf("from %s to before %s", all[first], all[last+1])
	}
}
