package netprobe

import (
	"context"
	"net"
	"net/netip"
)

// Network is the way to a server: this machine's own, or a tunnel. Its
// methods return when the context ends.
type Network interface {
	// Resolve returns the addresses of a host name, in the order in which to
	// try them. A tunnel that resolves at its far end returns the name.
	Resolve(ctx context.Context, host string) ([]string, error)
	// Dial connects to one of them: network is "tcp" with an address of host
	// and port, or "unix" with a path.
	Dial(ctx context.Context, network, address string) (net.Conn, error)
}

// System is this machine's network. The zero value is ready to use.
type System struct {
	// Resolver resolves names; nil is the system's, whose questions end with the
	// context: those of net.DefaultResolver go on for seconds behind its back.
	Resolver *net.Resolver
}

// Resolve asks the system, as getaddrinfo does, except for what is an address
// already.
func (n System) Resolve(ctx context.Context, host string) ([]string, error) {
	if address, ok := ParseAddress(host); ok {
		return []string{address.String()}, nil
	}
	if host == "" {
		// Go would take this machine; getaddrinfo("") finds nothing.
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}
	resolver := n.Resolver
	if resolver == nil {
		resolver = &net.Resolver{Dial: Question}
	}
	found, err := resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	addresses := make([]string, len(found))
	for i, address := range found {
		addresses[i] = address.Unmap().String()
	}
	return addresses, nil
}

// Dial connects.
func (System) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	// Addresses are tried one by one by the caller, so there is nothing to
	// race here; TCP keep-alive is of no use to a check.
	dialer := net.Dialer{FallbackDelay: -1, KeepAlive: -1}
	return dialer.DialContext(ctx, network, address)
}

// ParseAddress reads a host that is an address: as netip does, and the short,
// octal and hexadecimal IPv4 forms of inet_aton, which getaddrinfo takes
// ("127.1", "0x7f.1", "2130706433").
func ParseAddress(host string) (netip.Addr, bool) {
	if address, err := netip.ParseAddr(host); err == nil {
		return address, true
	}
	return inetAton(host)
}

// Question connects a resolver of Go to a name server, until the context of the
// question ends.
func Question(ctx context.Context, network, address string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	return conn, nil
}
