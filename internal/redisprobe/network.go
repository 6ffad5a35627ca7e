package redisprobe

import "github.com/channel-layer/terraform-provider-channels/internal/netprobe"

// Network is the way to the server: this machine's own, or a tunnel.
type Network = netprobe.Network

// SystemNetwork is this machine's network. The zero value is ready to use.
type SystemNetwork = netprobe.System

func isRefused(err error) bool { return netprobe.IsRefused(err) }

func isNoRoute(err error) bool { return netprobe.IsNoRoute(err) }

func isReset(err error) bool { return netprobe.IsReset(err) }

func isTimeout(err error) bool { return netprobe.IsTimeout(err) }

func isHangUp(err error) bool { return netprobe.IsHangUp(err) }

func isLoopback(host string) bool { return netprobe.IsLoopback(host) }

func isSingleLabel(host string) bool { return netprobe.IsSingleLabel(host) }

func isPlain(text, extra string) bool { return netprobe.IsPlain(text, extra) }
