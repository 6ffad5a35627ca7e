package netprobe

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

// inetAton reads IPv4 addresses as glibc's inet_aton does: one to four parts,
// each decimal, octal (leading 0) or hexadecimal (leading 0x), the last one
// filling all bytes that are left.
func inetAton(text string) (netip.Addr, bool) {
	parts := strings.Split(text, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var value uint64
	for i, part := range parts {
		number, ok := atonPart(part)
		if !ok {
			return netip.Addr{}, false
		}
		if i < len(parts)-1 {
			if number > 0xff {
				return netip.Addr{}, false
			}
			value |= number << (8 * (3 - i))
			continue
		}
		if number >= 1<<(8*(4-i)) {
			return netip.Addr{}, false
		}
		value |= number
	}
	var bytes [4]byte
	binary.BigEndian.PutUint32(bytes[:], uint32(value))
	return netip.AddrFrom4(bytes), true
}

func atonPart(part string) (uint64, bool) {
	base := 10
	switch {
	case len(part) > 2 && (part[:2] == "0x" || part[:2] == "0X"):
		base, part = 16, part[2:]
	case len(part) > 1 && part[0] == '0':
		base, part = 8, part[1:]
	}
	// ParseUint takes underscores only with base 0, and never a sign.
	number, err := strconv.ParseUint(part, base, 32)
	return number, err == nil
}
