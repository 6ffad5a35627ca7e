package redisprobe

import (
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
)

// Bounds of what is read of a server's answers. It may be anybody's.
const (
	maxInfoText   = 1 << 20
	maxInfoValue  = 256
	maxInfoFields = 4096
	maxClientText = 8 << 20
	maxVersions   = 16
)

// info are the fields of INFO by name, nil where it was not answered.
type info map[string]string

func readInfo(cmd *redis.Cmd) info {
	if cmd == nil || cmd.Err() != nil {
		return nil
	}
	text, ok := cmd.Val().(string)
	if !ok {
		return nil
	}
	return parseInfo(text)
}

// parseInfo reads lines of "name:value". Of repeated names the first counts;
// what looks like nothing of the kind is passed over, and what is too long is
// left out.
func parseInfo(text string) info {
	text = text[:min(len(text), maxInfoText)]
	fields := info{}
	for line := range strings.Lines(text) {
		if len(fields) >= maxInfoFields {
			break
		}
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if !ok || strings.HasPrefix(name, "#") || len(value) > maxInfoValue || !isPlain(name, "") {
			continue
		}
		if _, repeated := fields[name]; !repeated {
			fields[name] = value
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return fields
}

// number is a count, nil where there is none.
func (i info) number(name string) *int64 {
	n, err := strconv.ParseInt(i[name], 10, 64)
	if err != nil || n < 0 {
		return nil
	}
	return &n
}

// word is a short text of letters, digits, ".", "-" and "_", nil where there
// is none.
func (i info) word(names ...string) *string {
	for _, name := range names {
		if value := i[name]; isWord(value) {
			value = strings.ToLower(value)
			return &value
		}
	}
	return nil
}

func isWord(text string) bool { return len(text) <= 64 && isPlain(text, "") }

// Modes and roles as they are told here.
const (
	modeStandalone = "standalone"
	modeSentinel   = "sentinel"
	modeCluster    = "cluster"
	roleMaster     = "master"
	roleReplica    = "replica"
)

// helloFacts are what HELLO answers to every user who is logged in.
type helloFacts struct {
	seen                         bool
	product, version, mode, role string
}

func readHello(cmd *redis.Cmd) helloFacts {
	if cmd == nil || cmd.Err() != nil {
		return helloFacts{}
	}
	fields, ok := cmd.Val().([]any)
	if !ok || len(fields) > 64 {
		return helloFacts{}
	}
	h := helloFacts{seen: true}
	for i := 0; i+1 < len(fields); i += 2 {
		name, _ := fields[i].(string)
		value, _ := fields[i+1].(string)
		if !isWord(value) {
			continue
		}
		value = strings.ToLower(value)
		switch name {
		case "server":
			h.product = value
		case "version":
			h.version = value
		case "mode":
			h.mode = known(value, modeStandalone, modeSentinel, modeCluster)
		case "role":
			h.role = roleNamed(value)
		}
	}
	return h
}

func known(value string, values ...string) string {
	if slices.Contains(values, value) {
		return value
	}
	return ""
}

func roleNamed(value string) string {
	switch value {
	case "master", "primary":
		return roleMaster
	case "slave", "replica":
		return roleReplica
	default:
		return ""
	}
}

// showsLibraries reports servers whose CLIENT LIST has lib-name and lib-ver:
// Redis from 7.2 on, and Valkey, which began as that.
func (h helloFacts) showsLibraries() bool {
	if h.product == "valkey" {
		return true
	}
	version, err := packages.ParseVersion(h.version)
	return h.product == "redis" && err == nil && version.AtLeast(7, 2, 0)
}

// clientVersions are the versions of redis-py in CLIENT LIST, oldest first:
// all that the same user is logged in with, and those of clients that were
// seen doing what only a layer does.
type clientVersions struct{ all, layer []packages.Version }

func readClients(cmd *redis.Cmd, request Request) clientVersions {
	if cmd == nil || cmd.Err() != nil {
		return clientVersions{}
	}
	text, _ := cmd.Val().(string)
	user := defaultUser
	if username := request.Connection.Username; !username.IsEmpty() {
		user = username.Reveal()
	}
	db := ""
	if request.layer().isCore() && request.Connection.DB != nil {
		db = request.Connection.DB.String()
	}
	return parseClients(text, user, db)
}

// parseClients reads lines of "name=value" words. db is "" for any database.
func parseClients(text, user, db string) clientVersions {
	var found clientVersions
	text = text[:min(len(text), maxClientText)]
	for line := range strings.Lines(text) {
		client := map[string]string{}
		for word := range strings.FieldsSeq(line) {
			name, value, _ := strings.Cut(word, "=")
			switch name {
			case "user", "db", "cmd", "lib-name", "lib-ver":
				client[name] = value
			}
		}
		// Wrappers add their own name in brackets: "redis-py(...)".
		library, _, _ := strings.Cut(client["lib-name"], "(")
		if library != "redis-py" || client["user"] != user || db != "" && client["db"] != db {
			continue
		}
		version, err := packages.ParseVersion(client["lib-ver"])
		if err != nil {
			continue
		}
		found.all = addVersion(found.all, version)
		if cmd := client["cmd"]; cmd == "bzpopmin" || cmd == "subscribe" {
			found.layer = addVersion(found.layer, version)
		}
	}
	return found
}

func addVersion(versions []packages.Version, version packages.Version) []packages.Version {
	i, known := slices.BinarySearchFunc(versions, version, packages.Version.Compare)
	if known || len(versions) >= maxVersions {
		return versions
	}
	return slices.Insert(versions, i, version)
}

// newest is the newest version in the app, as far as CLIENT LIST tells, nil if
// it does not.
func (c clientVersions) newest(sure bool) *packages.Version {
	versions := c.layer
	if len(versions) == 0 && !sure {
		versions = c.all
	}
	if len(versions) == 0 {
		return nil
	}
	newest := versions[len(versions)-1]
	return &newest
}
