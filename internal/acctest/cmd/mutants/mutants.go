package main

// Where the tests of a mutant are.
const (
	engine    = "./internal/reconcile"
	policies  = "./internal/awspolicy"
	client    = "./internal/awsclient"
	documents = "./internal/spinup/document"
	buckets   = "./internal/spinup/bucket"
	levels    = "./internal/spinup/access"
	users     = "./internal/spinup/bucketuser"
	rules     = "./internal/spinup/lifecyclerule"
	sites     = "./internal/spinup/website"
	hostNames = "./internal/spinup/names"
	skin      = "./internal/provider"
)

// mutants are thirty lines, each in another place, as somebody might get them wrong.
func mutants() []mutant {
	return []mutant{
		{"internal/reconcile/composite.go", `p.Late == late && unwanted(i)`, `unwanted(i)`, engine},
		{"internal/reconcile/composite.go", `p.Inside || p.Remove == nil || !doomed(i)`,
			`p.Remove == nil || !doomed(i)`, engine},
		{"internal/reconcile/composite.go", `[]func() *PartError{removeEarly, apply, removeLate}`,
			`[]func() *PartError{apply, removeEarly, removeLate}`, engine},
		{"internal/reconcile/composite.go", `return claims[i] == nil && c.Parts[i].unwanted(w, have)`,
			`return c.Parts[i].unwanted(w, have)`, engine},
		{"internal/reconcile/composite.go", `context.WithTimeout(context.WithoutCancel(ctx), c.Rescue)`,
			`context.WithTimeout(ctx, c.Rescue)`, engine},
		{"internal/reconcile/composite.go", `pending[i] = pending[i] && !p.done(w, *have)`,
			`pending[i] = false && !p.done(w, *have)`, engine},
		{"internal/reconcile/composite.go", `case due(i):`, `case false:`, engine},
		{"internal/reconcile/part.go", `w.Prior != nil && !p.wanted(Keep(*w.Prior))`, `false`, engine},

		{"internal/awspolicy/normal.go", `lowerSet(s.Action)`, `set(s.Action)`, policies},
		{"internal/awspolicy/normal.go", `hasVariable(text) && d.Version == Version2012`,
			`d.Version == Version2012`, policies},
		{"internal/awspolicy/deleted.go", `len(left) <= len(before) &&`, `true &&`, policies},

		{"internal/awsclient/errors.go", `"NoSuchEntity", "ParameterNotFound"`, `"ParameterNotFound"`, client},
		{"internal/awsclient/errors.go", `return c.hasCode("NoSuchBucket") ||`, `return IsNotFound(err) ||`, client},
		{"internal/awsclient/errors.go", `return conflict && !IsExists(err)`, `return conflict`, client},
		{"internal/awsclient/retry.go", `pause = min(pause, noAnswer.left)`, `pause = max(pause, noAnswer.left)`, client},
		{"internal/awsclient/retry.go", `noAnswer.After >= f.pace.FirstAnswer`, `false`, client},

		{"internal/spinup/document/writer.go", `if time.Since(own.at) > w.conn.Pace.Consistency {`, `if true {`, documents},
		{"internal/spinup/document/batch.go", `old := time.Since(seen.began) > w.conn.Pace.Gap`, `old := false`, documents},

		{"internal/spinup/bucket/statements.go", `if c.wanted(s) {`, `if true {`, buckets},
		{"internal/spinup/bucket/statements.go", `len(have) == len(want) &&`, `true &&`, buckets},

		{"internal/spinup/access/level.go", `ReadOnly:  {"BktRO"`, `ReadOnly:  {"BktRW"`, levels},

		{"internal/spinup/bucketuser/spec.go", `if s.Inline || s.Path != "" {`, `if s.Inline {`, users},
		{"internal/spinup/principal/tags.go", `strings.HasPrefix(key, "aws:") ||`, `false ||`, users},

		{"internal/spinup/lifecyclerule/configuration.go", `r.Status == statusEnabled`, `true`, rules},
		{"internal/spinup/lifecyclerule/configuration.go", `if e.raw != "" {`, `if false {`, rules},
		{"internal/spinup/lifecyclerule/configuration.go", `legacy: r.Filter == nil && r.Prefix != nil`,
			`legacy: false`, rules},

		{"internal/spinup/website/settings.go", `items[i].ResponsePagePath, items[i].ResponseCode = &e.Page, &e.Response`,
			`items[i].ResponsePagePath = &e.Page`, sites},
		{"internal/spinup/website/settings.go", `return f.EventType == types.EventTypeViewerRequest`, `return true`, sites},
		{"internal/spinup/website/records.go", `if r.Value == "" || r.routed {`, `if r.Value == "" {`, sites},
		{"internal/spinup/website/records.go", `r.Name + "."`, `r.Name`, sites},

		{"internal/spinup/names/bucket.go", `return strings.Count(name, ".") == 3 &&`, `return`, hostNames},

		{"internal/provider/envelope.go", `case planned.IsFullyKnown():
		return planned`, `case planned.IsFullyKnown():
		return resolved`, skin},
		{"internal/provider/tags.go", `repeated || importing &&`, `importing &&`, skin},
		{"internal/provider/diagnostics.go", `if told[silent.Host] {`, `if false {`, skin},
	}
}
