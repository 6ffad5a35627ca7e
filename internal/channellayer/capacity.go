package channellayer

// Capacities are the capacities of channels: compile_capacities and
// get_capacity of BaseChannelLayer (Channels 4.3, layers.py).
type Capacities struct {
	patterns  []compiledCapacity
	otherwise int64
}

type compiledCapacity struct {
	pattern  pattern
	capacity int64
}

// CompileCapacities compiles the patterns of channel_capacity.
func CompileCapacities(options Options) Capacities {
	c := Capacities{otherwise: options.Capacity}
	for _, entry := range options.ChannelCapacity {
		c.patterns = append(c.patterns, compiledCapacity{compilePattern(entry.Pattern), entry.Capacity})
	}
	return c
}

// Of is the capacity of a channel, by its whole name: that of the first pattern
// that matches, or else the layer's.
func (c Capacities) Of(channel string) int64 {
	for _, entry := range c.patterns {
		if entry.pattern.matches(channel) {
			return entry.capacity
		}
	}
	return c.otherwise
}
