package layeroracle

import "context"

// Arrivals says of each channel whether something comes out of it. It waits for
// as many as are expected, for so many seconds, and a moment longer for more.
// What waits in vain goes on waiting until the process ends.
func (l *Layer) Arrivals(ctx context.Context, channels []string, expect int, seconds, moment float64) ([]bool, error) {
	got, err := l.process.Ask(ctx, "arrivals", map[string]any{
		"layer": l.name, "channels": channels, "expect": expect, "seconds": seconds, "moment": moment,
	})
	if err != nil {
		return nil, err
	}
	list, _ := got.([]any)
	result := make([]bool, 0, len(list))
	for _, element := range list {
		arrived, _ := element.(bool)
		result = append(result, arrived)
	}
	return result, nil
}
