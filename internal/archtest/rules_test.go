// Package archtest proves which package may import which. It has tests only.
package archtest

import "slices"

// module is the path of this project's module.
const module = "github.com/channel-layer/terraform-provider-channels"

// rule says what the production code of a package and of the packages below it
// may import. Tests may import what they like.
type rule struct {
	// pkg is the path in the module. The longest rule that fits a package is its.
	pkg string
	// internal lists the packages of this module that it may import, "/..." for
	// a whole tree. Its own tree is always allowed where tree is set.
	internal []string
	tree     bool
	// external lists the modules or packages of others, by prefix.
	external []string
	// pure forbids what reaches outside the process: see impure.
	pure bool
}

// terraform is what a provider is made of. Only the provider and main speak it.
const terraform = "github.com/hashicorp/terraform-plugin"

// anything allows every package of others, except terraform, in test support
// and in the programs that are not released.
const anything = "*"

// impure are the packages of the standard library that reach the network, the
// system or the clock, by prefix of whole path elements. net/netip only computes.
var impure = []string{
	"net", "os", "syscall", "time", "io/ioutil", "crypto/tls", "log/syslog", "plugin", "runtime/debug",
}

// pureExceptions lie under an impure prefix and only compute.
var pureExceptions = []string{"net/netip"}

// layerWithoutFlush is the wire protocol without what deletes an app's data:
// nothing that is released imports that.
var layerWithoutFlush = []string{
	"internal/channellayer", "internal/channellayer/serializer", "internal/channellayer/core",
	"internal/channellayer/pubsub", "internal/channellayer/transport",
}

// rules is the one table of directions: leaves first, main last.
var rules = []rule{
	{pkg: "internal/secret", pure: true},
	{pkg: "internal/finding", pure: true},
	{pkg: "internal/crash", pure: true},

	// The mirrored settings. lint and render build on the rest of the library;
	// none of the rest may know them.
	{pkg: "internal/channelconfig/packages", pure: true, external: []string{"github.com/pelletier/go-toml"}},
	{pkg: "internal/channelconfig/pyvalue", pure: true},
	{
		pkg: "internal/channelconfig/redisurl", pure: true,
		internal: []string{
			"internal/secret", "internal/finding",
			"internal/channelconfig/packages", "internal/channelconfig/pyvalue",
		},
	},
	{
		pkg: "internal/channelconfig", pure: true,
		internal: []string{
			"internal/secret", "internal/finding",
			"internal/channelconfig/packages", "internal/channelconfig/pyvalue", "internal/channelconfig/redisurl",
		},
	},
	{
		pkg: "internal/channelconfig/lint", pure: true, tree: true,
		internal: []string{
			"internal/secret", "internal/finding", "internal/channelconfig",
			"internal/channelconfig/packages", "internal/channelconfig/pyvalue", "internal/channelconfig/redisurl",
		},
	},
	{
		pkg: "internal/channelconfig/render", pure: true, tree: true,
		internal: []string{
			"internal/secret", "internal/finding", "internal/channelconfig",
			"internal/channelconfig/packages", "internal/channelconfig/pyvalue", "internal/channelconfig/redisurl",
		},
	},

	// What others wrote in .env files is read by what render writes.
	{
		pkg: "internal/channelconfig/envfile", pure: true,
		internal: []string{
			"internal/secret", "internal/finding", "internal/channelconfig", "internal/channelconfig/render",
		},
	},

	// The wire protocol of channels_redis, which does not know who probes with it.
	// go-redis is the transport.
	{
		pkg:      "internal/channellayer",
		internal: []string{"internal/secret", "internal/channelconfig"},
	},
	{
		pkg:      "internal/channellayer/serializer",
		internal: []string{"internal/secret", "internal/channellayer"},
		external: []string{"github.com/tinylib/msgp/msgp", "github.com/fernet/fernet-go"},
	},
	{
		pkg:      "internal/channellayer/core",
		internal: []string{"internal/channellayer", "internal/channellayer/serializer", "internal/crash"},
	},
	{
		pkg:      "internal/channellayer/pubsub",
		internal: []string{"internal/channellayer", "internal/channellayer/serializer"},
	},
	{
		pkg:      "internal/channellayer/transport",
		internal: []string{"internal/channellayer", "internal/crash"},
		external: []string{"github.com/redis/go-redis/v9"},
	},
	{
		pkg:      "internal/channellayer/flush",
		internal: []string{"internal/channellayer", "internal/channellayer/core", "internal/channellayer/pubsub"},
	},

	// The live checks, and what they share below their protocols.
	{pkg: "internal/netprobe", internal: []string{"internal/finding"}},
	{
		pkg: "internal/tunnel", tree: true,
		internal: []string{"internal/secret", "internal/finding", "internal/crash", "internal/netprobe"},
		external: []string{"golang.org/x/crypto/ssh", "golang.org/x/net/proxy"},
	},
	{
		pkg: "internal/redisprobe", tree: true,
		internal: slices.Concat(
			[]string{"internal/secret", "internal/finding", "internal/crash", "internal/netprobe", "internal/channelconfig/..."}, layerWithoutFlush),
		external: []string{"github.com/redis/go-redis/v9", "golang.org/x/sync"},
	},
	{
		pkg: "internal/wsprobe", tree: true,
		internal: []string{"internal/secret", "internal/finding", "internal/crash", "internal/netprobe"},
		external: []string{"github.com/coder/websocket"},
	},

	// The whole way, from the layer to the WebSocket.
	{
		pkg: "internal/delivery",
		internal: slices.Concat(
			[]string{
				"internal/secret", "internal/finding", "internal/channelconfig", "internal/netprobe", "internal/redisprobe", "internal/wsprobe",
			}, layerWithoutFlush),
	},

	// The user that an app logs in as, made over the connections of the checks.
	{
		pkg: "internal/redisuser",
		internal: []string{
			"internal/secret", "internal/finding", "internal/crash", "internal/channelconfig", "internal/channellayer", "internal/redisprobe",
		},
	},

	// The documentation of all findings, wherever they are reported.
	{
		pkg: "internal/catalog",
		internal: []string{
			"internal/finding", "internal/channelconfig/...", "internal/redisprobe", "internal/wsprobe", "internal/delivery", "internal/redisuser", "internal/tunnel",
		},
	},

	// The two faces: without Terraform, and with it.
	{
		pkg: "internal/cli", tree: true,
		internal: slices.Concat([]string{
			"internal/secret", "internal/finding", "internal/crash", "internal/channelconfig/...", "internal/catalog",
			"internal/redisprobe/...", "internal/wsprobe/...",
		}, layerWithoutFlush),
	},
	{
		pkg: "internal/provider", tree: true,
		internal: slices.Concat([]string{
			"internal/secret", "internal/finding", "internal/crash", "internal/channelconfig/...", "internal/catalog",
			"internal/netprobe", "internal/redisprobe/...", "internal/wsprobe/...", "internal/delivery", "internal/redisuser", "internal/tunnel",
		}, layerWithoutFlush),
		external: []string{terraform, "golang.org/x/sync"},
	},
	{
		pkg:      ".",
		internal: []string{"internal/cli", "internal/provider"},
		external: []string{terraform},
	},

	// What is never released.
	{pkg: "internal/gen", tree: true, internal: []string{"internal/..."}, external: []string{anything}},
	{pkg: "internal/testsupport/standins", external: []string{anything, terraform}},
	{pkg: "internal/testsupport", tree: true, internal: []string{"internal/..."}, external: []string{anything}},
	{pkg: "internal/archtest"},
	{pkg: "test", tree: true, internal: []string{"internal/..."}, external: []string{anything}},
	{pkg: "tools", tree: true, internal: []string{"internal/..."}, external: []string{anything}},
}

// neverReleased are packages that must not be in the provider's binary, by
// prefix, however they would get there.
var neverReleased = []string{
	module + "/internal/testsupport",
	module + "/internal/archtest",
	module + "/internal/gen",
	module + "/internal/channellayer/flush",
	module + "/tools",
	module + "/test",
	"github.com/alicebob/miniredis",
	"github.com/Shopify/toxiproxy",
	"github.com/hashicorp/terraform-plugin-testing",
	"go.uber.org/goleak",
}
