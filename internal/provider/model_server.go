package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// serverField is what a server says of itself.
func serverField() field {
	f := object("server", "What the server says of itself; null where it was not asked, and each fact null where it does not say so to this user.",
		text("product", "`redis`, `valkey` ...").computed(),
		text("version", "The product's version.").computed(),
		text("run_id", "Another one after each start of the server.").computed(),
		integer("uptime", "Seconds since its start.").computed(),
		text("mode", "`standalone`, `sentinel` or `cluster`.").computed(),
		text("role", "`master` or `replica`.").computed(),
		text("persistence", "`aof`, `rdb`, `rdb+aof` or `none`.").computed(),
		text("eviction_policy", "What happens when the memory is full.").computed(),
		integer("evicted_keys", "Keys deleted for want of memory since the start.").computed(),
		integer("used_memory", "Bytes.").computed(),
		integer("max_memory", "Bytes; 0 is no limit.").computed(),
		integer("clients", "Connections, this one included.").computed(),
		integer("max_clients", "The limit of connections.").computed(),
		integer("rejected_connections", "Connections refused for want of room since the start.").computed(),
		text("redis_py", "Versions of redis-py that this user is logged in with elsewhere: the app's, most likely. Redis 7.2 and later show it.").as(kindStringList).computed(),
	)
	return f.computed()
}

var serverType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"product":              types.StringType,
	"version":              types.StringType,
	"run_id":               types.StringType,
	"uptime":               types.Int64Type,
	"mode":                 types.StringType,
	"role":                 types.StringType,
	"persistence":          types.StringType,
	"eviction_policy":      types.StringType,
	"evicted_keys":         types.Int64Type,
	"used_memory":          types.Int64Type,
	"max_memory":           types.Int64Type,
	"clients":              types.Int64Type,
	"max_clients":          types.Int64Type,
	"rejected_connections": types.Int64Type,
	"redis_py":             types.ListType{ElemType: types.StringType},
}}

func serverValue(s *redisprobe.Server) attr.Value {
	if s == nil {
		return types.ObjectNull(serverType.AttrTypes)
	}
	versions := make([]attr.Value, 0, len(s.RedisPy))
	for _, version := range s.RedisPy {
		versions = append(versions, types.StringValue(version))
	}
	return types.ObjectValueMust(serverType.AttrTypes, map[string]attr.Value{
		"product":              types.StringPointerValue(s.Product),
		"version":              types.StringPointerValue(s.Version),
		"run_id":               types.StringPointerValue(s.RunID),
		"uptime":               types.Int64PointerValue(s.UptimeSeconds),
		"mode":                 types.StringPointerValue(s.Mode),
		"role":                 types.StringPointerValue(s.Role),
		"persistence":          types.StringPointerValue(s.Persistence),
		"eviction_policy":      types.StringPointerValue(s.EvictionPolicy),
		"evicted_keys":         types.Int64PointerValue(s.EvictedKeys),
		"used_memory":          types.Int64PointerValue(s.UsedMemory),
		"max_memory":           types.Int64PointerValue(s.MaxMemory),
		"clients":              types.Int64PointerValue(s.ConnectedClients),
		"max_clients":          types.Int64PointerValue(s.MaxClients),
		"rejected_connections": types.Int64PointerValue(s.RejectedConnections),
		"redis_py":             types.ListValueMust(types.StringType, versions),
	})
}

// roundTripField is what messages came through.
func roundTripField() field {
	return object("round_trip", "What came through at depth `round_trip`, where two simulated processes of an app take part; null where it was not tried.",
		boolean("delivered", "Whether every message arrived.").computed(),
		boolean("direct", "Whether the message to one channel arrived.").computed(),
		field{name: "direct_ms", kind: kindNumber, doc: "Milliseconds it took."}.computed(),
		integer("group_members", "How many of the two members of a group got the message to the group.").computed(),
		field{name: "group_ms", kind: kindNumber, doc: "Milliseconds until both had it."}.computed(),
	).computed()
}

var roundTripType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"delivered":     types.BoolType,
	"direct":        types.BoolType,
	"direct_ms":     types.Float64Type,
	"group_members": types.Int64Type,
	"group_ms":      types.Float64Type,
}}

func roundTripValue(r *redisprobe.RoundTrip) attr.Value {
	if r == nil {
		return types.ObjectNull(roundTripType.AttrTypes)
	}
	return types.ObjectValueMust(roundTripType.AttrTypes, map[string]attr.Value{
		"delivered":     types.BoolValue(r.Delivered()),
		"direct":        types.BoolValue(r.Direct),
		"direct_ms":     milliseconds(r.DirectTook),
		"group_members": types.Int64Value(int64(r.GroupMembers)),
		"group_ms":      milliseconds(r.GroupTook),
	})
}

// milliseconds with microseconds behind the point; null for a message that
// never arrived.
func milliseconds(d time.Duration) types.Float64 {
	if d <= 0 {
		return types.Float64Null()
	}
	return types.Float64Value(float64(d.Microseconds()) / 1000)
}
