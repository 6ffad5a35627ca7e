package provider

import (
	"sync"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// defaults are the provider's arguments and what its objects share in one
// walk. They are written before any object is planned or applied.
type defaults struct {
	redisURL  channelconfig.Value[secret.String]
	packages  packages.Set
	check     checkModel
	findings  severities
	checksOff bool
	// prober is nil while nothing is configured, as in the validate walk.
	prober *redisprobe.Prober
	// explained are the findings of a walk that were shown once in full: a
	// hundred layers on one silent Redis give one warning, and of errors one
	// that explains and ninety-nine of a sentence.
	explained sync.Map
}

func newDefaults() *defaults { return &defaults{} }

// explainOnce is true the first time in this walk that the finding is to be
// shown for that address.
func (d *defaults) explainOnce(address string, f finding.Finding) bool {
	_, again := d.explained.LoadOrStore([3]string{address, string(f.ID), f.Severity.String()}, true)
	return !again
}
