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
	// explained are the findings of a walk that were shown once in full, so
	// that a hundred layers on one silent Redis give one warning.
	explained sync.Map
}

func newDefaults() *defaults { return &defaults{} }

// explainOnce is true the first time in this walk that the finding is to be
// shown for that address.
func (d *defaults) explainOnce(address string, id finding.ID) bool {
	_, again := d.explained.LoadOrStore([2]string{address, string(id)}, true)
	return !again
}
