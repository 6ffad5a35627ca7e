package netprobe

import "testing"

// The expected values are what Python's socket.getaddrinfo makes of the texts
// (CPython 3.12, glibc 2.36).
func TestInetAton_ReadsWhatGetaddrinfoReads(t *testing.T) {
	for text, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "127.1": "127.0.0.1", "0x7f.1": "127.0.0.1", "2130706433": "127.0.0.1",
		"0177.0.0.1": "127.0.0.1", "0": "0.0.0.0", "10.1.258": "10.1.1.2", "1.65538": "1.1.0.2", "0XfF.1": "255.0.0.1",
		"": "", "1.2.3.4.5": "", "256.1.1.1": "", "1.2.3.256": "", "1.2.65536": "", "1.16777216": "", "4294967296": "",
		"1..2": "", ".1": "", "1.": "", "0x": "", "08": "", "1.2.3.4 ": "", "+1": "", "-1": "", "1_0": "", "redis": "", "0x1g": "",
	} {
		got := ""
		if address, ok := inetAton(text); ok {
			got = address.String()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
