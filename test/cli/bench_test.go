package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/faults"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// BenchmarkPlan plans many layers as a whole process: with a healthy Redis and
// with one that is silent, each in turn with the same plan without checks, so
// that what else the machine does strikes both. Of the healthy one the median
// ratio counts ("x-off"), of the silent one the median of what it takes longer
// ("s-longer"), which is a time-out of 5 s and little more.
//
//	CHANNELS_REAL=1 go test ./test/cli -run '^$' -bench Plan -benchtime 5x
func BenchmarkPlan(b *testing.B) {
	cli := tfcli.First(b)
	healthy := redistest.Start(b)
	silent := faults.Serve(b, faults.Silent)
	for _, layers := range []int{100, 1000} {
		for name, url := range map[string]string{"healthy": healthy.URL(), "down": at(silent.Addr())} {
			b.Run(fmt.Sprintf("%d/%s", layers, name), func(b *testing.B) {
				w := tfcli.New(b, cli)
				w.Main(strings.Replace(hundred(url, `timeout = "5s"`), "100", strconv.Itoa(layers), 1))
				var ratios, longer []float64
				for b.Loop() {
					checked := w.OK("plan").Duration
					w.Setenv("CHANNELS_CHECKS", "off")
					off := w.OK("plan").Duration
					w.Setenv("CHANNELS_CHECKS", "")
					ratios = append(ratios, float64(checked)/float64(off))
					longer = append(longer, (checked - off).Seconds())
				}
				b.ReportMetric(median(ratios), "x-off")
				b.ReportMetric(median(longer), "s-longer")
			})
		}
	}
}

// BenchmarkMemory plans layers with a healthy Redis, and with one that is
// silent, and prints the most that a process of the provider had in memory.
func BenchmarkMemory(b *testing.B) {
	cli := tfcli.First(b)
	healthy := redistest.Start(b)
	silent := faults.Serve(b, faults.Silent)
	for _, layers := range []int{1, 100, 1000} {
		for name, url := range map[string]string{"healthy": healthy.URL(), "down": at(silent.Addr())} {
			b.Run(fmt.Sprintf("%d/%s", layers, name), func(b *testing.B) {
				w := tfcli.New(b, cli)
				w.Main(strings.Replace(hundred(url, `timeout = "2s"`), "100", strconv.Itoa(layers), 1))
				var most int64
				for b.Loop() {
					watch := w.WatchMemory()
					w.OK("plan")
					most = max(most, watch.Peaks()["terraform-provi"])
				}
				b.ReportMetric(float64(most)/(1<<20), "provider-MiB")
			})
		}
	}
}

func median(figures []float64) float64 {
	slices.Sort(figures)
	return figures[len(figures)/2]
}
