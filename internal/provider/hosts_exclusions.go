package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// hostExclusions reports arguments that cannot stand beside hosts. The
// diagnostics point at no attribute: core would print its source line, secrets
// included.
func hostExclusions(r *reader, hasWriteOnly bool) diag.Diagnostics {
	var diags diag.Diagnostics
	plain, hidden := filled(r, "hosts"), false
	urls := []string{"redis_url"}
	if hasWriteOnly {
		urls = append(urls, "redis_url_wo")
		hidden = filled(r, "hosts_wo")
		if hidden && get[types.Int64](r, "hosts_wo_version").IsNull() {
			diags.AddError("hosts_wo needs hosts_wo_version",
				"The value of hosts_wo is not stored, so a change of it alone goes unseen. Set hosts_wo_version, and raise it with every change.")
		}
	}
	if plain && hidden {
		diags.AddError("hosts and hosts_wo exclude each other",
			"Both say where Redis is. Keep hosts_wo to leave the hosts out of plan and state, or hosts to get them back in the outputs.")
	}
	if !plain && !hidden {
		return diags
	}
	for _, name := range urls {
		if text, ok := r.secret(name).Get(); ok && !text.IsEmpty() {
			diags.AddError("hosts and "+name+" exclude each other",
				"Both say where Redis is. Make "+name+" an entry of hosts, or leave hosts out (null, or an empty list).")
		}
	}
	for _, name := range []string{"redis_host", "redis_port"} {
		v := getAny(r, field{name: name, kind: map[string]kind{"redis_port": kindInt}[name]})
		if !v.IsNull() && !v.IsUnknown() {
			diags.AddError("hosts and "+name+" exclude each other",
				"Both say where Redis is. Make "+name+" an entry of hosts, or leave hosts out (null, or an empty list).")
		}
	}
	return diags
}

// filled reports a list that is known and not empty.
func filled(r *reader, name string) bool {
	list := get[types.List](r, name)
	return !list.IsUnknown() && len(list.Elements()) > 0
}
