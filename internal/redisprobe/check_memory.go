package redisprobe

import (
	"fmt"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docMemoryFull = finding.Doc{
	ID:       "redis/memory-full",
	Title:    "Redis has used up its memory and takes no messages",
	Severity: finding.Error,
	Why: "A Redis may be given a limit to its memory (maxmemory). When it is reached, and Redis may not delete anything to make room (its policy is noeviction, or nothing is left that the policy allows), " +
		"it refuses every command that would store something.",
	Django: "redis-py raises OutOfMemoryError, or ResponseError (\"OOM command not allowed\"), when the core layer sends a message or adds to a group. The pub/sub layer stores nothing and goes on working.",
	Fix:    "Raise maxmemory, or find out with redis-cli --bigkeys what fills it.",
	Live:   true, Since: since,
}

var docMemoryNearlyFull = finding.Doc{
	ID:       "redis/memory-nearly-full",
	Title:    "Redis has nearly used up its memory",
	Severity: finding.Warning,
	Why: "This Redis has a limit to its memory (maxmemory), has used nine tenths of it, and may not delete anything to make room (noeviction). " +
		"When the limit is reached it takes no more messages.",
	Django: "Nothing yet. Then redis-py raises OutOfMemoryError, or ResponseError, when the core layer sends.",
	Fix:    "Raise maxmemory, or find out with redis-cli --bigkeys what fills it.",
	Live:   true, Since: since,
}

var docEviction = finding.Doc{
	ID:       "redis/eviction",
	Title:    "Redis may delete the layer's groups to make room",
	Severity: finding.Info,
	Varies:   "A warning once keys have been deleted, or when four fifths of the memory are used.",
	Why: "This Redis has a limit to its memory (maxmemory) and deletes keys when it is reached, by the rule of its maxmemory-policy. " +
		"All keys of the core layer have a time to live, so that the policies named volatile-... delete them as well: messages on their way, and groups with all their members.",
	Django: "Nothing is raised: messages to a deleted group reach nobody until its clients connect again.",
	Fix:    "Give the layer a Redis of its own with maxmemory-policy noeviction, or more memory.",
	Live:   true, Since: since,
	Sources: []string{"redis.io/docs, Key eviction"},
}

const noEviction = "noeviction"

// memoryProblems are of the core layer alone, which stores something.
func (a *attempt) memoryProblems(learned *survey) []*problem {
	full := learned.permit == permitMemory
	limit, used := learned.info.number("maxmemory"), learned.info.number("used_memory")
	limited := limit != nil && *limit > 0 && used != nil
	share := 0.0
	if limited {
		counted := *used
		if not := learned.info.number("mem_not_counted_for_evict"); not != nil {
			counted -= *not
		}
		share = float64(counted) / float64(*limit)
	}
	policy := learned.info["maxmemory_policy"]
	evicted := learned.info.number("evicted_keys")
	deletes := evicted != nil && *evicted > 0
	switch {
	case full, limited && policy == noEviction && share > 1 && learned.permit == permitUnknown:
		return []*problem{wrong(docMemoryFull, "Redis at "+a.address()+" has used up its memory"+memoryOf(limited, share)+".",
			a.client()+" raises OutOfMemoryError, or ResponseError, when the layer sends.")}
	case !limited:
		return nil
	case policy == noEviction && share >= 0.9:
		return []*problem{wrong(docMemoryNearlyFull, "Redis at "+a.address()+" has used most of its memory"+memoryOf(true, share)+".",
			"Once it is full, "+a.client()+" raises OutOfMemoryError, or ResponseError, when the layer sends.")}
	case policy == noEviction || !isWord(policy):
		return nil
	}
	p := wrong(docEviction, "Redis at "+a.address()+" deletes keys when its memory is full (maxmemory-policy "+policy+"), of which it has used "+percent(share)+".",
		"Messages to a deleted group reach nobody.")
	if deletes {
		p.observed += fmt.Sprintf(" It has deleted %d since its start.", *evicted)
	}
	if deletes || share >= 0.8 {
		p.severity = finding.Warning
	}
	return []*problem{p}
}

func memoryOf(known bool, share float64) string {
	if !known {
		return ""
	}
	return " (" + percent(share) + " of maxmemory)"
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

func memoryDocs() []finding.Doc {
	return []finding.Doc{docMemoryFull, docMemoryNearlyFull, docEviction}
}
