package redisprobe

import "github.com/channel-layer/terraform-provider-channels/internal/finding"

// CapabilityIDs are what is looked at from DepthCapabilities on.
func CapabilityIDs() []finding.ID {
	var ids []finding.ID
	for _, doc := range capabilityDocs() {
		ids = append(ids, doc.ID)
	}
	return ids
}

// LinkLost is linkLost of what a Sentinel says of a replica.
func LinkLost(state map[string]string) bool { return linkLost(state) }
