// Package tunneltest starts what leads into private networks: real SSH servers
// (sshd of OpenSSH), agents, SOCKS5 proxies (microsocks, dante, ssh -D), and the
// private networks themselves, network namespaces that only processes in them and
// the two ends of a cable reach. All end with the test.
//
// It needs root, for users and names of its own: each server runs in a mount
// namespace with an /etc/passwd, /etc/hosts and /etc/resolv.conf that hold what
// the test says and nothing else, so that no name is ever asked for outside of
// the machine.
package tunneltest
