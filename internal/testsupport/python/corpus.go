package python

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// URLResult is what redis-py does with a URL: one of the two is set.
type URLResult struct {
	Error      *Refusal    `json:"error,omitempty"`
	Connection *Connection `json:"connection,omitempty"`
}

// Refusal is why redis-py refuses a URL.
type Refusal struct {
	Stage     string `json:"stage"` // "parse" or "connect"
	Exception string `json:"exception"`
	// Reason is redisurl's for the message, or "brackets" and "scheme" where
	// the message fits two of them.
	Reason   string `json:"reason"`
	Argument string `json:"argument,omitempty"`
}

// Connection is what redis-py would connect with. Numbers are text.
type Connection struct {
	Transport            string            `json:"transport"` // "tcp", "tls" or "unix"
	Host                 string            `json:"host,omitempty"`
	Port                 string            `json:"port,omitempty"`
	Path                 string            `json:"path,omitempty"`
	Username             string            `json:"username"`
	Password             string            `json:"password"`
	DB                   string            `json:"db"`
	SocketTimeout        *string           `json:"socket_timeout"`
	SocketConnectTimeout *string           `json:"socket_connect_timeout"`
	Options              map[string]Option `json:"options"`
	TLS                  *TLS              `json:"tls,omitempty"`
}

// Option is a query argument by the type that redis-py's parser returned.
type Option struct {
	Text  *string `json:"text,omitempty"`
	Int   *string `json:"int,omitempty"`
	Float *string `json:"float,omitempty"`
	Bool  *bool   `json:"bool,omitempty"`
	Flags *int    `json:"flags,omitempty"` // how many
}

// TLS is what redis-py sets up for a TLS connection.
type TLS struct {
	CertReqs      string   `json:"cert_reqs"`
	CheckHostname bool     `json:"check_hostname"`
	CACerts       string   `json:"ca_certs"`
	CAPath        string   `json:"ca_path"`
	CAData        string   `json:"ca_data"`
	CertFile      string   `json:"certfile"`
	KeyFile       string   `json:"keyfile"`
	KeyPassword   string   `json:"key_password"`
	MinVersion    *string  `json:"min_version"`
	Impossible    bool     `json:"impossible"`
	Ciphers       string   `json:"ciphers"`
	IncludeFlags  []string `json:"include_flags"`
	ExcludeFlags  []string `json:"exclude_flags"`
}

// URLCase is a URL of the corpus with what the real packages do with it.
type URLCase struct {
	URL  string `json:"url"`
	Note string `json:"note"`
	// Python says which CPythons do something else; the results are those of
	// one with its security fixes.
	Python string `json:"python,omitempty"`
	// Differs says why this project does something else on purpose.
	Differs string `json:"differs,omitempty"`
	Results []struct {
		Versions []string `json:"versions"` // of redis-py
		URLResult
	} `json:"results"`
}

// For is the recorded result of that redis-py version.
func (c URLCase) For(version string) (result URLResult, ok bool) {
	for _, r := range c.Results {
		for _, v := range r.Versions {
			if v == version {
				return r.URLResult, true
			}
		}
	}
	return URLResult{}, false
}

// SettingsResult is what the settings code computes: one of the two is set.
type SettingsResult struct {
	Error *struct {
		Exception string `json:"exception"`
	} `json:"error,omitempty"`
	Layer *Layer `json:"layer,omitempty"`
}

// Layer is an entry of CHANNEL_LAYERS.
type Layer struct {
	Backend string `json:"backend"`
	// Hosts are CONFIG's; nil where CONFIG is empty.
	Hosts []Host `json:"hosts,omitempty"`
}

// Host is an entry of hosts: a URL, or a host and port.
type Host struct {
	URL  *string `json:"url,omitempty"`
	Host *string `json:"host,omitempty"`
	Port *string `json:"port,omitempty"` // of any size, so text
}

// EnvironmentCase is a set of variables of the corpus with what the settings
// code computes from it, for both values of DEBUG. A DEBUG among the variables
// plays no role in it.
type EnvironmentCase struct {
	Environ map[string]string `json:"environ"`
	Note    string            `json:"note"`
	Differs string            `json:"differs,omitempty"`
	Results struct {
		True  SettingsResult `json:"true"`
		False SettingsResult `json:"false"`
	} `json:"results"`
}

// For is the recorded result for that value of DEBUG.
func (c EnvironmentCase) For(debug bool) SettingsResult {
	if debug {
		return c.Results.True
	}
	return c.Results.False
}

// URLCases are the URLs of the corpus.
func URLCases(tb testing.TB) []URLCase {
	tb.Helper()
	return readLines[URLCase](tb, "urls.jsonl")
}

// EnvironmentCases are the environments of the corpus.
func EnvironmentCases(tb testing.TB) []EnvironmentCase {
	tb.Helper()
	return readLines[EnvironmentCase](tb, "environments.jsonl")
}

// Version is the redis-py version of an environment: its requirements pin it.
func Version(tb testing.TB, environment string) string {
	tb.Helper()
	requirements := filepath.Join(root(tb), "internal", "testsupport", "python", "requirements")
	pins, err := os.ReadFile(filepath.Join(requirements, environment+".txt"))
	if err != nil {
		pins, err = os.ReadFile(filepath.Join(requirements, "lines", environment+".txt"))
	}
	if err != nil {
		tb.Fatal(err)
	}
	for _, line := range strings.Split(string(pins), "\n") {
		if version, is := strings.CutPrefix(line, "redis=="); is {
			return version
		}
	}
	tb.Fatalf("%s pins no redis", environment)
	return ""
}

func readLines[T any](tb testing.TB, name string) []T {
	tb.Helper()
	file, err := os.Open(filepath.Join(root(tb), "testdata", "corpus", name))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	var cases []T
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			tb.Fatalf("%s, line %d: %v", name, len(cases)+1, err)
		}
		cases = append(cases, one)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return cases
}

// root is the directory of the module.
func root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no go.mod in any directory above")
		}
		dir = parent
	}
}
