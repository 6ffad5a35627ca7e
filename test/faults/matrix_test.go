package faults

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/canary"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/golden"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/tfcli"
)

// TestMatrix runs every row at the command line.
func TestMatrix(t *testing.T) {
	full := os.Getenv("CHANNELS_FULL") == "1"
	tfcli.One(t, func(t *testing.T, cli tfcli.CLI) {
		cli.Need(t, 1, 11)
		for _, theme := range themes() {
			for i, r := range theme.rows {
				for _, c := range commands {
					if !r.runs(c) || r.full && !full {
						continue
					}
					t.Run(theme.name+"/"+r.name+"/"+string(c), func(t *testing.T) {
						t.Parallel()
						runRow(t, cli, r, c, i%2 == 0)
					})
				}
			}
		}
	})
}

// trial is one command on one row.
type trial struct {
	t       *testing.T
	w       *tfcli.Workspace
	row     row
	command command
	place   place
	finder  *canary.Finder
	// hidden: the URL comes so that nothing may keep it.
	hidden bool
	log    func() string
}

func runRow(t *testing.T, cli tfcli.CLI, r row, c command, hidden bool) {
	p := r.place(t)
	// A golden file shows the ordinary way.
	hidden = hidden && r.golden != c && p.sentinels == nil
	trial := &trial{t: t, w: tfcli.New(t, cli), row: r, command: c, place: p, hidden: hidden, finder: canary.NewFinder(planted())}
	trial.w.Main(configuration(r, c, p, hidden))
	trial.w.Setenv("TF_VAR_url", p.url)
	trial.log = trial.w.Log("TRACE")
	trial.w.Setenv("TF_LOG", "")
	trial.w.Setenv("TF_LOG_PROVIDER", "TRACE")
	watch := watching(t, p)
	if p.between != nil {
		trial.w.Within(p.within...)
		planned := trial.w.OK("plan", "-out=saved")
		if ids := tfcli.IDs(planned.Diagnostics()); len(ids) > 0 {
			t.Fatalf("the plan before it says %q", ids)
		}
		p.between()
	}
	trial.w.Within(p.within...)
	result := trial.run()
	trial.judge(result)
	trial.search(result)
	if p.after != nil {
		p.after()
	}
	watch.nothingLeft(t)
	if r.golden == c {
		golden.Block{Finder: trial.finder, Replace: shares(result)}.Check(t, r.verdict(c).id, result)
	}
}

// share is how full a memory is, which is never the same.
var share = regexp.MustCompile(`\d+ %`)

func shares(result tfcli.Result) map[string]string {
	replace := map[string]string{}
	for _, found := range share.FindAllString(result.Combined, -1) {
		replace[found] = "95 %"
	}
	return replace
}

// configuration is a layer or a data source at the URL.
func configuration(r row, c command, p place, hidden bool) string {
	var text strings.Builder
	fmt.Fprintf(&text, "variable \"url\" {\n  sensitive = true\n  ephemeral = %v\n}\n", hidden)
	url := "redis_url = var.url"
	if p.sentinels != nil {
		url = p.sentinels.hosts("var.url")
	}
	given := ""
	if c == reading && hidden {
		url, given = "", url
	}
	// The servers are on this machine, which is a warning of its own.
	fmt.Fprintf(&text, "provider \"channels\" {\n  %s\n  findings = { \"host/loopback\" = \"off\" }\n}\n", given)
	if c == reading {
		fmt.Fprintf(&text, `data "channels_redis" "this" {
  %s
  timeout = %q
  depth   = "round_trip"
  %s
}
output "status" {
  value = {
    ready    = data.channels_redis.this.ready
    error    = data.channels_redis.this.error
    findings = [for f in data.channels_redis.this.findings : { id = f.id, severity = f.severity }]
  }
}
`, url, r.limit().String(), strings.Join(p.settings, "\n  "))
		return text.String()
	}
	if hidden {
		url = "redis_url_wo         = var.url\n  redis_url_wo_version = 1"
	}
	wait := r.wait
	if wait == 0 {
		wait = time.Millisecond
	}
	mode := `on_plan = "error"`
	if c == applying && p.between == nil {
		mode = `on_plan = "off"`
	}
	fmt.Fprintf(&text, "resource \"channels_layer\" \"this\" {\n  %s\n  check = { %s, timeout = %q, wait = %q }\n  %s\n}\n",
		url, mode, r.limit().String(), wait.String(), strings.Join(p.settings, "\n  "))
	return text.String()
}

func (tr *trial) run() tfcli.Result {
	tr.t.Helper()
	if tr.row.memory > 0 {
		watch := tr.w.WatchMemory()
		defer func() {
			peak := peak(watch)
			if peak > tr.row.memory {
				tr.t.Errorf("a process took %d MiB, more than %d", peak>>20, tr.row.memory>>20)
			}
			tr.t.Logf("peak memory %d MiB", peak>>20)
		}()
	}
	switch {
	case tr.command == planning:
		return tr.w.Run("plan", "-out=saved")
	case tr.place.between != nil:
		return tr.w.Run("apply", "saved")
	default:
		return tr.w.Run("apply")
	}
}

func (tr *trial) judge(result tfcli.Result) {
	tr.t.Helper()
	want := tr.row.verdict(tr.command)
	exit := 0
	if want.stops() && tr.command != reading {
		exit = 1
	}
	if result.ExitCode != exit {
		tr.t.Fatalf("exit %d, want %d\n%s", result.ExitCode, exit, tr.shown(result.Combined))
	}
	var errors, warnings []string
	switch {
	case want.id == "" || tr.command == reading:
	case want.stops():
		errors = []string{string(want.id)}
	default:
		warnings = []string{string(want.id)}
	}
	if got := tfcli.IDs(result.Errors()); !slices.Equal(got, errors) {
		tr.t.Errorf("errors %q, want %q\n%s", got, errors, tr.shown(result.Combined))
	}
	// Core shows a warning of the plan again when it applies.
	if tr.row.also != "" && tr.command != reading {
		warnings = append([]string{string(tr.row.also)}, warnings...)
	}
	if got := slices.Compact(tfcli.IDs(result.Warnings())); !slices.Equal(got, warnings) {
		tr.t.Errorf("warnings %q, want %q\n%s", got, warnings, tr.shown(result.Combined))
	}
	if tr.command == reading {
		tr.judgeStatus(want)
	}
	tr.judgeLog(want)
}

// shown is what of an output may be shown here: an error must not show what it
// is about.
func (tr *trial) shown(text string) string {
	if len(tr.finder.FindPrinted(text)) > 0 {
		return "(the output shows the secret)"
	}
	return text
}

// status is the output of the data source.
type status struct {
	Ready    *bool
	Error    *string
	Findings []struct{ ID, Severity string }
}

func (tr *trial) judgeStatus(want verdict) {
	tr.t.Helper()
	var state struct {
		Outputs struct{ Status struct{ Value status } }
	}
	if err := json.Unmarshal([]byte(tr.w.Read("terraform.tfstate")), &state); err != nil {
		tr.t.Fatalf("the state: %v", err)
	}
	got := state.Outputs.Status.Value
	var found []verdict
	for _, f := range got.Findings {
		if finding.ID(f.ID) == tr.row.also {
			continue
		}
		if f.Severity != finding.Info.String() {
			found = append(found, verdict{id: finding.ID(f.ID), severity: severityNamed(f.Severity)})
		}
	}
	var wanted []verdict
	if want.id != "" {
		wanted = []verdict{{id: want.id, severity: want.severity}}
	}
	if !slices.Equal(found, wanted) {
		tr.t.Errorf("findings %+v, want %+v", found, wanted)
	}
	if got.Ready == nil || *got.Ready == want.stops() || (got.Error != nil) != want.stops() {
		tr.t.Errorf("the status is %+v, want ready %v", got, !want.stops())
	}
}

func severityNamed(name string) finding.Severity {
	for _, s := range []finding.Severity{finding.Info, finding.Warning, finding.Error} {
		if s.String() == name {
			return s
		}
	}
	return 0
}

var (
	checkLine = regexp.MustCompile(`: (Looked at Redis for a plan|Checked Redis for an apply|Looked at Redis for a data source): .*`)
	served    = regexp.MustCompile(`Received downstream response: .*`)
	// checks are the requests in which Redis is checked.
	checks = regexp.MustCompile(`tf_rpc=(PlanResourceChange|ApplyResourceChange|ReadDataSource)\b`)
)

// judgeLog reads what the provider logged: its status, and the times.
func (tr *trial) judgeLog(want verdict) {
	tr.t.Helper()
	log := tr.log()
	lines := checkLine.FindAllString(log, -1)
	if len(lines) == 0 {
		tr.t.Fatal("the provider logged no check")
	}
	last := lines[len(lines)-1]
	wantStatus := finding.Passed
	switch {
	case want.undetermined, want.open:
		wantStatus = finding.Undetermined
	case want.id != "":
		wantStatus = finding.Failed
	}
	if got := field(last, "status"); got != wantStatus.String() {
		tr.t.Errorf("the check came out as %q, want %q", got, wantStatus)
	}
	bound := tr.row.limit() + time.Second
	if tr.command == applying && tr.row.wait > tr.row.limit() {
		bound = tr.row.wait + time.Second
	}
	took, err := time.ParseDuration(field(last, "duration"))
	if err != nil {
		tr.t.Fatalf("the time of the check: %v", err)
	}
	for _, line := range served.FindAllString(log, -1) {
		if checks.MatchString(line) {
			ms, err := strconv.Atoi(field(line, "tf_req_duration_ms"))
			if err != nil {
				tr.t.Fatalf("the time of the request: %v", err)
			}
			took = max(took, time.Duration(ms)*time.Millisecond)
		}
	}
	if took > bound {
		tr.t.Errorf("it took %s, more than %s", took, bound)
	}
	tr.t.Logf("took %s of at most %s", took.Round(time.Millisecond), bound)
}

// field is a field of a line of the log.
func field(line, name string) string {
	found := regexp.MustCompile(`[ "]` + name + `=("[^"]*"|\S*)`).FindStringSubmatch(line)
	if found == nil {
		return ""
	}
	return strings.Trim(found[1], `"`)
}

// search looks for the canary in all that the run printed, logged and kept.
func (tr *trial) search(result tfcli.Result) {
	tr.t.Helper()
	tr.finder.Nowhere(tr.t, "the output", result.Stdout)
	tr.finder.Nowhere(tr.t, "the errors", result.Stderr)
	tr.finder.Nowhere(tr.t, "the log", tr.log())
	for name, content := range tr.w.Files() {
		if tr.hidden {
			tr.finder.Nowhere(tr.t, name, content)
		}
	}
}
