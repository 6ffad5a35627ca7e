package lint

import (
	"cmp"
	"slices"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// Run runs every rule. The findings come with the severest first, then by ID.
// Rules that hang on a setting that is not known yet are undetermined and say
// nothing.
//
// Where there are several hosts, the rules about one run for each of them, in
// the place of REDIS_URL. What more than one of them has is said once.
func Run(in Input) finding.Outcome {
	if !in.several {
		return run(Rules(), in)
	}
	outcomes := []finding.Outcome{run(slices.DeleteFunc(Rules(), Rule.ofOneHost), in)}
	outcomes = append(outcomes, in.runHosts()...)
	return sorted(finding.Merge(outcomes...))
}

func run(rules []Rule, in Input) finding.Outcome {
	outcomes := make([]finding.Outcome, len(rules))
	for i, rule := range rules {
		outcomes[i] = rule.run(in)
	}
	silence(rules, outcomes)
	return sorted(finding.Merge(outcomes...))
}

// sorted has the severest findings first.
func sorted(merged finding.Outcome) finding.Outcome {
	slices.SortStableFunc(merged.Findings, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.ID, b.ID))
	})
	return merged
}

// silence drops the findings of rules that are outranked, see [Rule.Rank].
func silence(rules []Rule, outcomes []finding.Outcome) {
	heard := map[string]Rank{}
	for i, rule := range rules {
		if outcomes[i].Status != finding.Failed {
			continue
		}
		rank, ok := heard[rule.category()]
		if !ok || rule.Rank < rank {
			heard[rule.category()] = rule.Rank
		}
	}
	for i, rule := range rules {
		rank, ok := heard[rule.category()]
		if ok && rule.Rank > rank && outcomes[i].Status != finding.Undetermined {
			outcomes[i] = finding.Pass()
		}
	}
}
