package provider

import (
	"os/user"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// written is an argument of the provider with these members.
func written(members map[string]attr.Value) objectReader {
	kinds := map[string]attr.Type{}
	for name, value := range members {
		kinds[name] = value.Type(nil) //nolint:staticcheck // no value of these kinds looks at it
	}
	return objectReader{types.ObjectValueMust(kinds, members)}
}

func ofTexts(members map[string]string) map[string]attr.Value {
	values := map[string]attr.Value{}
	for name, text := range members {
		values[name] = types.StringValue(text)
	}
	return values
}

// none is an argument that is not written.
func none() objectReader { return objectReader{types.ObjectNull(nil)} }

// Arguments that cannot be used are refused, and the values stand in no message.
func TestTunnelModel_RefusesWhatCannotBeUsedWithoutItsValue(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	const canary = "Qp9-made-up-Zt"
	pin := "SHA256:" + strings.Repeat("a", 43)
	host := map[string]string{"host": "a.example.com"}
	with := func(more map[string]string) map[string]attr.Value {
		all := ofTexts(host)
		for name, value := range ofTexts(more) {
			all[name] = value
		}
		return all
	}
	ignoring := with(map[string]string{"known_hosts": ""})
	ignoring["insecure_ignore_host_key"] = types.BoolValue(true)
	port := with(nil)
	port["port"] = types.Int64Value(70000)
	for name, row := range map[string]struct {
		ssh, socks5 map[string]attr.Value
		env         map[string]string
		says        string
	}{
		"both":                 {with(nil), ofTexts(map[string]string{"address": "b.example.com"}), nil, "exclude each other"},
		"host with a user":     {ofTexts(map[string]string{"host": me.Username + ":" + canary + "@a.example.com"}), nil, nil, "ssh.host must be"},
		"port":                 {port, nil, nil, "ssh.port must be"},
		"pin and known_hosts":  {with(map[string]string{"known_hosts": "", "host_key": pin}), nil, nil, "exclude each other"},
		"pin and no check":     {ignoring, nil, nil, "insecure_ignore_host_key"},
		"no key":               {with(map[string]string{"host_key": canary}), nil, nil, "ssh.host_key"},
		"no host":              {ofTexts(nil), nil, nil, "CHANNELS_SSH_HOST is not set"},
		"host of a variable":   {ofTexts(nil), nil, map[string]string{"CHANNELS_SSH_HOST": canary + "@a.example.com"}, "CHANNELS_SSH_HOST must be"},
		"port of a variable":   {with(nil), nil, map[string]string{"CHANNELS_SSH_PORT": canary}, "CHANNELS_SSH_PORT must be"},
		"key of a variable":    {with(nil), nil, map[string]string{"CHANNELS_SSH_HOST_KEY": canary}, "CHANNELS_SSH_HOST_KEY"},
		"two of variables":     {with(nil), nil, map[string]string{"CHANNELS_SSH_HOST_KEY": pin, "CHANNELS_SSH_KNOWN_HOSTS": canary}, "exclude each other"},
		"no proxy":             {nil, ofTexts(nil), nil, "neither CHANNELS_SOCKS5_ADDRESS nor ALL_PROXY"},
		"proxy with a user":    {nil, ofTexts(map[string]string{"address": "u:" + canary + "@b.example.com:1080"}), nil, "socks5.address must be"},
		"an HTTP proxy":        {nil, ofTexts(nil), map[string]string{"ALL_PROXY": "http://u:" + canary + "@b.example.com:3128"}, "does not begin with socks5"},
		"no URL at all":        {nil, ofTexts(nil), map[string]string{"ALL_PROXY": "socks5://u:%zz" + canary + "@b.example.com"}, "ALL_PROXY cannot be read"},
		"a path for a host":    {nil, ofTexts(nil), map[string]string{"all_proxy": "socks5://u:p#" + canary + "@b.example.com"}, "ALL_PROXY cannot be read"},
		"password without one": {nil, ofTexts(map[string]string{"address": "b.example.com", "password": canary}), nil, "no username"},
		"password too long":    {nil, ofTexts(map[string]string{"address": "b.example.com", "username": "u", "password": strings.Repeat(canary, 30)}), nil, "at most 255 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			m := tunnelModel{ssh: none(), socks5: none()}
			if row.ssh != nil {
				m.ssh = written(row.ssh)
			}
			if row.socks5 != nil {
				m.socks5 = written(row.socks5)
			}
			var said strings.Builder
			for _, d := range m.validate() {
				said.WriteString(d.Summary() + ": " + d.Detail())
			}
			if _, err := m.network(func(name string) string { return row.env[name] }); err != nil && said.Len() == 0 {
				said.WriteString(err.Error())
			}
			if !strings.Contains(said.String(), row.says) || strings.Contains(said.String(), canary) {
				t.Errorf("it does not say %q, or says too much", row.says)
			}
		})
	}
}

// A part that is not known yet makes all of the way unknown.
func TestTunnelModel_AnyUnknownPartMakesTheWayUnknown(t *testing.T) {
	part := ofTexts(map[string]string{"host": "a.example.com"})
	part["password"] = types.StringUnknown()
	for name, row := range map[string]struct {
		m    tunnelModel
		want bool
	}{
		"none":         {tunnelModel{ssh: none(), socks5: none()}, false},
		"known":        {tunnelModel{ssh: written(ofTexts(map[string]string{"host": "a.example.com"})), socks5: none()}, false},
		"a part":       {tunnelModel{ssh: written(part), socks5: none()}, true},
		"all of it":    {tunnelModel{ssh: none(), socks5: objectReader{types.ObjectUnknown(nil)}}, true},
		"a known null": {tunnelModel{ssh: written(map[string]attr.Value{"host": types.StringNull()}), socks5: none()}, false},
	} {
		if got := row.m.unknown(); got != row.want {
			t.Errorf("%s: unknown is %v, want %v", name, got, row.want)
		}
	}
}
