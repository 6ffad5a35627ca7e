package cli

import (
	"fmt"
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// facts writes what a server said of itself; what it did not say is left out.
func (s *screen) facts(f *redisprobe.Server) {
	if f == nil {
		return
	}
	for _, row := range []struct {
		name  string
		parts []string
	}{
		{"server", kindOf(f)},
		{"uptime", uptimeOf(f)},
		{"memory", memoryOf(f)},
		{"clients", clientsOf(f)},
		{"listeners", listenersOf(f)},
	} {
		if text := strings.Join(row.parts, ", "); text != "" {
			s.row(row.name, strings.Fields(text)...)
		}
	}
}

func kindOf(f *redisprobe.Server) []string {
	var parts []string
	switch {
	case f.Product != nil && f.Version != nil:
		parts = append(parts, *f.Product+" "+*f.Version)
	case f.Product != nil:
		parts = append(parts, *f.Product)
	case f.Version != nil:
		parts = append(parts, "version "+*f.Version)
	}
	for _, text := range []*string{f.Mode, f.Role} {
		if text != nil {
			parts = append(parts, *text)
		}
	}
	return parts
}

func uptimeOf(f *redisprobe.Server) []string {
	var parts []string
	if f.UptimeSeconds != nil {
		parts = append(parts, duration(*f.UptimeSeconds))
	}
	if f.Persistence != nil {
		parts = append(parts, "persistence "+*f.Persistence)
	}
	return parts
}

func memoryOf(f *redisprobe.Server) []string {
	var parts []string
	switch {
	case f.UsedMemory != nil && f.MaxMemory != nil && *f.MaxMemory > 0:
		parts = append(parts, size(*f.UsedMemory)+" of "+size(*f.MaxMemory))
	case f.UsedMemory != nil && f.MaxMemory != nil:
		parts = append(parts, size(*f.UsedMemory)+" without a limit")
	case f.UsedMemory != nil:
		parts = append(parts, size(*f.UsedMemory))
	}
	if f.EvictionPolicy != nil {
		parts = append(parts, *f.EvictionPolicy)
	}
	if f.EvictedKeys != nil && *f.EvictedKeys > 0 {
		parts = append(parts, count(*f.EvictedKeys, "key", "keys")+" evicted")
	}
	return parts
}

func clientsOf(f *redisprobe.Server) []string {
	var parts []string
	switch {
	case f.ConnectedClients != nil && f.MaxClients != nil:
		parts = append(parts, fmt.Sprintf("%d of at most %d", *f.ConnectedClients, *f.MaxClients))
	case f.ConnectedClients != nil:
		parts = append(parts, fmt.Sprint(*f.ConnectedClients))
	}
	if f.RejectedConnections != nil && *f.RejectedConnections > 0 {
		parts = append(parts, fmt.Sprintf("%d were rejected", *f.RejectedConnections))
	}
	if len(f.RedisPy) > 0 {
		parts = append(parts, "redis-py "+strings.Join(f.RedisPy, " and "))
	}
	return parts
}

func listenersOf(f *redisprobe.Server) []string {
	var parts []string
	switch blocked, channels := f.BlockedListeners, f.SubscribedChannels; {
	case blocked != nil && *blocked > 0:
		parts = append(parts, "at most "+count(*blocked, "process waits for messages", "processes wait for messages"))
	case channels != nil && *channels > 0:
		parts = append(parts, count(*channels, "channel of this prefix", "channels of this prefix"))
	case blocked != nil || channels != nil:
		parts = append(parts, "nobody waits for messages now")
	}
	return parts
}

// size is a number of bytes in the unit that leaves at least one digit.
func size(bytes int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	value, unit := float64(bytes), 0
	for value >= 1024 && unit < len(units)-1 {
		value /= 1024
		unit++
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

// duration is a number of seconds in its two largest units.
func duration(seconds int64) string {
	units := []struct {
		seconds int64
		name    string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}
	for i, unit := range units {
		if seconds < unit.seconds {
			continue
		}
		text := fmt.Sprintf("%d %s", seconds/unit.seconds, unit.name)
		if rest := seconds % unit.seconds; i+1 < len(units) && rest >= units[i+1].seconds {
			text += fmt.Sprintf(" %d %s", rest/units[i+1].seconds, units[i+1].name)
		}
		return text
	}
	return "0 s"
}
