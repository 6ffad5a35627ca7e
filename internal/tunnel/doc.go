// Package tunnel is the ways into private networks: over an SSH server and
// through a SOCKS5 proxy, each a netprobe.Way for the live checks. Names of
// servers are resolved at the far end, the name of the SSH server or proxy
// itself here.
//
// golang.org/x/crypto/ssh and golang.org/x/net/proxy speak the protocols. What
// decides is OpenSSH's ssh(1), as far as a program without a terminal can follow
// it, with these differences:
//
//   - ~/.ssh/config and the default keys in ~/.ssh are not read: the provider
//     block says it all. known_hosts and the agent are those of ssh(1).
//   - A host key that is not known is refused, as with StrictHostKeyChecking=yes,
//     and nothing is ever added to known_hosts.
//   - Host keys and signatures with SHA-1 are refused, as by OpenSSH from 8.8 on.
//   - For a host with known keys only their kinds are asked for, so that a server
//     that prefers another kind is no server with a changed key.
//
// What another machine says in words (banners, reasons for a disconnect) is
// never shown. Of the reasons that an SSH server gives for a channel that it
// does not open, those that OpenSSH takes from its C library are recognised by
// comparison; a SOCKS5 proxy is judged by the bytes it sent.
package tunnel
