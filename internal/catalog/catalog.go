// Package catalog has the documentation of every finding there is.
package catalog

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/envfile"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/lint"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/render"
	"github.com/channel-layer/terraform-provider-channels/internal/delivery"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/redisuser"
	"github.com/channel-layer/terraform-provider-channels/internal/tunnel"
	"github.com/channel-layer/terraform-provider-channels/internal/wsprobe"
)

// Registry is the documentation of all findings.
func Registry() finding.Registry {
	return finding.NewRegistry(
		finding.SharedDocs(),
		lint.Docs(),
		lint.ChangeDocs(),
		render.Docs(),
		envfile.Docs(),
		redisprobe.Docs(),
		wsprobe.Docs(),
		delivery.Docs(),
		redisuser.Docs(),
		tunnel.Docs(),
	)
}
