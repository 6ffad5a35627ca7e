package redisprobe

import (
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var docDiskError = finding.Doc{
	ID:       "redis/disk-error",
	Title:    "Redis cannot save its data and refuses to store more",
	Severity: finding.Error,
	Varies:   "A warning on Redis before 7, which does not tell whether it goes on taking writes (stop-writes-on-bgsave-error).",
	Why: "Redis saves its data to disk. When that fails, because the disk is full or a directory is gone or not writable, it takes no more changes, " +
		"so that nobody relies on data that would be lost.",
	Django: "redis-py raises ResponseError (\"MISCONF\") when the core layer sends or receives. The pub/sub layer stores nothing and goes on working.",
	Fix:    "Make room on the disk of Redis, or correct its directory; its log says what fails.",
	Live:   true, Since: since,
	Sources: []string{"redis.io/docs, redis.conf, stop-writes-on-bgsave-error"},
}

var docNotEnoughReplicas = finding.Doc{
	ID:       "redis/not-enough-replicas",
	Title:    "Redis refuses to store anything: too few replicas are connected",
	Severity: finding.Error,
	Why: "This Redis was told to take changes only while a number of copies of it, its replicas, are connected (min-replicas-to-write), " +
		"so that a change is never in one place only. Fewer are connected now.",
	Django: "redis-py raises ResponseError (\"NOREPLICAS\") when the core layer sends or receives. The pub/sub layer stores nothing and goes on working.",
	Fix:    "Start or reconnect the replicas, or lower min-replicas-to-write.",
	Live:   true, Since: since,
	Sources: []string{"redis.io/docs, Replication, min-replicas-to-write"},
}

// writeProblems are why a master would refuse the core layer's writes now, for
// other reasons than memory. They may pass.
func (a *attempt) writeProblems(learned *survey) []*problem {
	refuses := a.client() + " raises ResponseError when the layer sends or receives."
	var problems []*problem
	disk := learned.permit == permitDisk
	// Where the server does not tell whether it takes writes, INFO does in part.
	guess := learned.permit == permitUnknown
	if disk || guess && learned.info["aof_last_write_status"] == "err" {
		problems = append(problems, wrong(docDiskError, "Redis at "+a.address()+" cannot save its data and refuses writes.", refuses))
	} else if guess && learned.info["rdb_last_bgsave_status"] == "err" {
		p := wrong(docDiskError, "Redis at "+a.address()+" could not save its data last time.",
			"Unless it was told to go on (stop-writes-on-bgsave-error no), "+refuses)
		p.severity = finding.Warning
		problems = append(problems, p)
	}
	if learned.permit == permitReplicas || guess && learned.info["min_slaves_good_slaves"] == "0" {
		problems = append(problems, wrong(docNotEnoughReplicas, "Redis at "+a.address()+" refuses writes because too few replicas are connected.", refuses))
	}
	for _, p := range problems {
		p.transient = true
	}
	return problems
}

func writeDocs() []finding.Doc { return []finding.Doc{docDiskError, docNotEnoughReplicas} }
