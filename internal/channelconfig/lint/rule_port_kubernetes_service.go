package lint

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var rulePortKubernetesService = Rule{
	Doc: finding.Doc{
		ID:       "port/kubernetes-service",
		Title:    "REDIS_PORT holds an address that Kubernetes put there",
		Severity: finding.Error,
		Why: "For a Service named redis, Kubernetes gives every pod a variable REDIS_PORT with an address (tcp://10.0.0.1:6379), in the format " +
			"of old Docker links. It means something else than this app's REDIS_PORT.",
		Django: "Django does not start: importing the settings raises \"ValueError: invalid literal for int() with base 10\", even where " +
			"REDIS_URL is set and the port is not used.",
		Fix:     "Set REDIS_PORT to a number (mostly 6379) in the pod, or set enableServiceLinks to false in its spec.",
		Bad:     []string{"REDIS_HOST=redis\nREDIS_PORT=tcp://10.0.0.1:6379", "REDIS_URL=redis://redis:6379/0\nREDIS_PORT=tcp://10.0.0.1:6379"},
		Good:    []string{"REDIS_HOST=redis\nREDIS_PORT=6379"},
		Since:   "0.1.0",
		Sources: []string{"https://github.com/netbox-community/netbox-docker/issues/96"},
	},
	Rank: Prefix,
	Check: onPort(func(text string) string {
		if !strings.Contains(text, "://") {
			return ""
		}
		return "REDIS_PORT holds an address instead of a number, as Kubernetes writes it for a Service named redis."
	}),
}
