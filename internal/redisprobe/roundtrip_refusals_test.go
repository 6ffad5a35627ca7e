package redisprobe

import "testing"

// The texts are what Redis 6.2, 7.0, 7.4 and Valkey 9.1 say.
func TestRejection_IsReadByWhatServersSay(t *testing.T) {
	for text, want := range map[string]struct {
		code string
		what denial
	}{
		"READONLY You can't write against a read only replica.":                                                      {"READONLY", deniedNothing},
		"READONLY You can't write against a read only replica. script: 2061, on @user_script:1.":                     {"READONLY", deniedNothing},
		"ERR Error running script (call to f_1): @user_script:6: @user_script: 6: -READONLY You can't write":         {"READONLY", deniedNothing},
		"OOM command not allowed when used memory > 'maxmemory'.":                                                    {"OOM", deniedNothing},
		"ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when":                      {"OOM", deniedNothing},
		"MISCONF Redis is configured to save RDB snapshots":                                                          {"MISCONF", deniedNothing},
		"NOREPLICAS Not enough good replicas to write.":                                                              {"NOREPLICAS", deniedNothing},
		"MOVED 3999 127.0.0.1:6381":                                                                                  {"MOVED", deniedNothing},
		"CROSSSLOT Keys in request don't hash to the same slot":                                                      {"CROSSSLOT", deniedNothing},
		"CLUSTERDOWN Hash slot not served":                                                                           {"CLUSTERDOWN", deniedNothing},
		"ERR Script attempted to access a non local key in a cluster node script: 1, on @user_script:2.":             {"CROSSSLOT", deniedNothing},
		"ERR Script attempted to access keys that do not hash to the same slot script: 1, on @user_script:2.":        {"CROSSSLOT", deniedNothing},
		"NOPERM this user has no permissions to run the 'zcount' command":                                            {"NOPERM", deniedCommand},
		"NOPERM User core has no permissions to run the 'zcount' command":                                            {"NOPERM", deniedCommand},
		"NOPERM this user has no permissions to access one of the keys used as arguments":                            {"NOPERM", deniedKey},
		"NOPERM No permissions to access a key":                                                                      {"NOPERM", deniedKey},
		"NOPERM this user has no permissions to access one of the channels used as arguments":                        {"NOPERM", deniedChannel},
		"NOPERM No permissions to access a channel":                                                                  {"NOPERM", deniedChannel},
		"ERR The user executing the script can't run this command or subcommand script: 1, on @user_script:1.":       {"NOPERM", deniedCommand},
		"ERR The user executing the script can't access at least one of the keys mentioned in the command arguments": {"NOPERM", deniedKey},
		"ERR ACL failure in script: User core has no permissions to run the 'del' command script: 1":                 {"NOPERM", deniedCommand},
		"ERR ACL failure in script: No permissions to access a key script: 1":                                        {"NOPERM", deniedKey},
		"ERR unknown command 'EVAL', with args beginning with: 'MOVED 1'":                                            {"", deniedNothing},
		"WRONGTYPE Operation against a key holding the wrong kind of value":                                          {"", deniedNothing},
		"": {"", deniedNothing},
	} {
		r := rejection{text: text}
		if got := r.code(); got != want.code {
			t.Errorf("%q: code %q, want %q", text, got, want.code)
		}
		if got := r.denied(); got != want.what {
			t.Errorf("%q: denied %v, want %v", text, got, want.what)
		}
	}
}
