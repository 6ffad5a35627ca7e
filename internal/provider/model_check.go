package provider

import (
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
)

// checkModel is a check attribute as written; what is unset is so.
type checkModel struct {
	onPlan, onApply, planDepth, applyDepth, timeout, wait channelconfig.Value[string]
}

func readCheck(o objectReader) checkModel {
	return checkModel{
		onPlan:     o.text("on_plan"),
		onApply:    o.text("on_apply"),
		planDepth:  o.text("plan_depth"),
		applyDepth: o.text("apply_depth"),
		timeout:    o.text("timeout"),
		wait:       o.text("wait"),
	}
}

// over is m where it says something, and the defaults elsewhere.
func (m checkModel) over(defaults checkModel) checkModel {
	return checkModel{
		onPlan:     m.onPlan.Else(defaults.onPlan),
		onApply:    m.onApply.Else(defaults.onApply),
		planDepth:  m.planDepth.Else(defaults.planDepth),
		applyDepth: m.applyDepth.Else(defaults.applyDepth),
		timeout:    m.timeout.Else(defaults.timeout),
		wait:       m.wait.Else(defaults.wait),
	}
}

// unknown reports whether a part is not known yet.
func (m checkModel) unknown() bool {
	for _, v := range []channelconfig.Value[string]{m.onPlan, m.onApply, m.planDepth, m.applyDepth, m.timeout, m.wait} {
		if v.IsUnknown() {
			return true
		}
	}
	return false
}

// mode is what a check does with what it finds.
type mode string

const (
	modeAuto    mode = "auto"
	modeError   mode = "error"
	modeWarning mode = "warning"
	modeOff     mode = "off"
)

// depths are the words for the depth of a check.
var depths = map[string]redisprobe.Depth{
	"ping":         redisprobe.DepthPing,
	"capabilities": redisprobe.DepthCapabilities,
	"round_trip":   redisprobe.DepthRoundTrip,
}

func depthNames() []string { return []string{"ping", "capabilities", "round_trip"} }

// Plan looks at all it can without a change; apply proves.
const (
	defaultPlanDepth  = "capabilities"
	defaultApplyDepth = "round_trip"
)

func (m checkModel) depthAtPlan() redisprobe.Depth { return depths[m.planDepth.Or(defaultPlanDepth)] }
func (m checkModel) depthAtApply() redisprobe.Depth {
	return depths[m.applyDepth.Or(defaultApplyDepth)]
}

const (
	defaultTimeout = 5 * time.Second
	defaultWait    = 30 * time.Second
)

func (m checkModel) planMode() mode  { return mode(m.onPlan.Or(string(modeAuto))) }
func (m checkModel) applyMode() mode { return mode(m.onApply.Or(string(modeError))) }

func (m checkModel) attempt() time.Duration  { return durationOr(m.timeout, defaultTimeout) }
func (m checkModel) patience() time.Duration { return durationOr(m.wait, defaultWait) }

func durationOr(text channelconfig.Value[string], otherwise time.Duration) time.Duration {
	if d, ok := parseDuration(text.Or("")); ok {
		return d
	}
	return otherwise
}
