package bucketuser

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

func TestGroupsAndMoves(t *testing.T) {
	for name, test := range map[string]struct {
		want        Spec
		in          []string
		groups      []string
		join, leave []string
	}{
		"new":           {Spec{Access: "read_only"}, nil, []string{"b-BktROGrp"}, []string{"b-BktROGrp"}, nil},
		"as it is":      {Spec{Access: "read_only"}, []string{"b-BktROGrp"}, []string{"b-BktROGrp"}, nil, nil},
		"another level": {Spec{Access: "admin"}, []string{"b-BktROGrp"}, []string{"b-BktAdmGrp"}, []string{"b-BktAdmGrp"}, []string{"b-BktROGrp"}},
		"all of them": {
			Spec{Access: "read_write"}, []string{"b-BktAdmGrp", "b-BktROGrp", "b-BktRWGrp", "b-WebAdmGrp"}, []string{"b-BktRWGrp"},
			nil, []string{"b-WebAdmGrp", "b-BktAdmGrp", "b-BktROGrp"},
		},
		"web admin": {
			Spec{Access: "admin", WebAdmin: true}, []string{"b-BktAdmGrp"}, []string{"b-BktAdmGrp", "b-WebAdmGrp"},
			[]string{"b-WebAdmGrp"}, nil,
		},
		"to a path":    {Spec{Access: "admin", Path: "docs/"}, []string{"b-BktAdmGrp"}, nil, nil, []string{"b-BktAdmGrp"}},
		"to a policy":  {Spec{Access: "admin", Inline: true}, []string{"b-BktAdmGrp"}, nil, nil, []string{"b-BktAdmGrp"}},
		"web admin of": {Spec{Access: "admin", Inline: true, WebAdmin: true}, nil, []string{"b-WebAdmGrp"}, []string{"b-WebAdmGrp"}, nil},
		"groups of others": {
			Spec{Access: "read_only"}, []string{"bb-BktAdmGrp", "b-c-BktAdmGrp", "b-BktAdmGrp2", "B-BktAdmGrp", "staff", "b"},
			[]string{"b-BktROGrp"}, []string{"b-BktROGrp"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.Bucket = "b"
			join, leave := test.want.moves(test.in)
			got := [][]string{test.want.Groups(), join, leave}
			if diff := cmp.Diff([][]string{test.groups, test.join, test.leave}, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error("groups, join, leave, -want +got:\n" + diff)
			}
		})
	}
}

func TestPolicyNames(t *testing.T) {
	for want, grant := range map[string]Spec{
		"":                        {Access: "admin"},
		"b-BktAdmPlc":             {Access: "admin", Inline: true},
		"b-BktRWPlc":              {Access: "read_write", Inline: true},
		"b-docs-BktROPlc":         {Access: "read_only", Path: "docs/"},
		"b-docs_private-BktRWPlc": {Access: "read_write", Path: "docs/private/", Inline: true},
	} {
		grant.Bucket = "b"
		if got := grant.InlinePolicy(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// What has a name that IAM takes also fits into what it allows the inline policies of a user together.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func TestPolicySizes(t *testing.T) {
	for _, l := range access.Levels() {
		for _, length := range []int{3, 63} {
			name := strings.Repeat("b", length)
			path := strings.Repeat("p", access.MaxPolicyName-len(access.PathPolicyName(name, "", l))) + "/"
			for _, grant := range []Spec{
				{Bucket: name, Partition: "aws-us-gov", Access: l, Path: path}, {Bucket: name, Partition: "aws-us-gov", Access: l, Inline: true},
			} {
				called, document := grant.policy()
				if grant.Path != "" && len(called) != access.MaxPolicyName || len(called) > access.MaxPolicyName || len(document) > 2048 {
					t.Errorf("%s: a name of %d characters, a document of %d", called, len(called), len(document))
				}
			}
		}
	}
}

// drawPath draws a path as the resource takes it.
func drawPath(t *rapid.T, label string) string {
	return rapid.StringMatching(`([A-Za-z0-9+=,.@_-]{1,8}/){1,4}`).Draw(t, label)
}

func TestPathOf_readsWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := drawPath(t, "path")
		grant := Spec{Bucket: "b.example.edu", Partition: "aws-cn", Access: rapid.SampledFrom(access.Levels()).Draw(t, "access"), Path: path}
		_, document := grant.policy()
		if got := access.PathIn("aws-cn", grant.Bucket, document); got != path {
			t.Errorf("got %q, want %q of %s", got, path, document)
		}
		if got := access.PathIn("aws-cn", "b", document); got != "" {
			t.Errorf("of another bucket: %q", got)
		}
	})
	for _, text := range []string{"", "{}", "no JSON", access.Document("aws", "b", access.Admin)} {
		if got := access.PathIn("aws", "b", text); got != "" {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

// A path's document allows no action on an object that is not below the path, and no write to those who read only.
func TestPathDocument_allowsNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path, level := drawPath(t, "path"), rapid.SampledFrom(access.Levels()).Draw(t, "access")
		doc, err := awspolicy.Parse(access.PathDocument("aws", "b", path, level))
		if err != nil {
			t.Fatal(err)
		}
		name := rapid.StringMatching(`[a-z0-9/.]{1,8}`).Draw(t, "name")
		for _, c := range []struct {
			action, resource string
			allowed          bool
		}{
			{"s3:GetObject", "b/" + path + name, true},
			{"s3:PutObject", "b/" + path + name, level != access.ReadOnly},
			{"s3:DeleteObject", "b/" + path + name, level != access.ReadOnly},
			{"s3:GetObject", "b/" + strings.TrimSuffix(path, "/"), false},
			{"s3:GetObject", "b/" + strings.TrimSuffix(path, "/") + "2/" + name, false},
			{"s3:GetObject", "b/!" + path + name, false},
			{"s3:GetObject", "bb/" + path + name, false},
			{"s3:GetBucketLocation", "b", true},
			{"s3:GetBucketPolicy", "b", false},
			{"s3:PutBucketPolicy", "b", false},
			{"s3:ListBucket", "b", false}, // by its condition only, which the simulator knows
		} {
			if got := awspolicy.Allows(doc, c.action, "arn:aws:s3:::"+c.resource); got != c.allowed {
				t.Errorf("%s on %s: %v", c.action, c.resource, got)
			}
		}
	})
}

// inlineOf are inline policies as they would be seen of these grants.
func inlineOf(grants ...Spec) *Inline {
	seen := &Inline{Documents: map[string]string{}}
	for _, grant := range grants {
		name, document := grant.policy()
		seen.Documents[name] = document
	}
	return seen
}

func TestSeenGrant(t *testing.T) {
	of := func(access access.Level, path string, inline bool) Spec {
		return Spec{Bucket: "b", Partition: "aws", Access: access, Path: path, Inline: inline}
	}
	group, docs, policy := of("read_only", "", false), of("read_write", "docs/", false), of("admin", "", true)
	everything := Spec{Bucket: "b", Partition: "aws", ReadAll: true}
	moving := of("read_write", "archive/", false)
	tampered := inlineOf(docs)
	tampered.Documents["b-docs-BktRWPlc"] = access.PathDocument("aws", "b", "other/", access.ReadWrite)
	other := Spec{Bucket: "b-c", Partition: "aws", Access: "admin", Inline: true} // named as the path /c/ of b would be

	type grant struct {
		Access   access.Level
		Path     string
		Inline   bool
		WebAdmin bool
	}
	for name, test := range map[string]struct {
		spec   Spec
		groups []string
		inline *Inline
		want   grant
	}{
		"group":                        {group, []string{"staff", "b-BktROGrp"}, nil, grant{Access: "read_only"}},
		"most powerful of several":     {group, []string{"b-BktROGrp", "b-BktAdmGrp"}, nil, grant{Access: "admin"}},
		"no group":                     {group, []string{"bb-BktROGrp", "b-BktROGrp2"}, inlineOf(), grant{}},
		"web admin too":                {group, []string{"b-BktROGrp", "b-WebAdmGrp"}, nil, grant{Access: "read_only", WebAdmin: true}},
		"path":                         {docs, nil, inlineOf(docs), grant{Access: "read_write", Path: "docs/", Inline: true}},
		"path, and a group in the way": {docs, []string{"b-BktAdmGrp"}, inlineOf(docs), grant{Access: "read_write", Path: "docs/", Inline: true}},
		"path gone":                    {docs, nil, inlineOf(), grant{Path: "docs/"}},
		"path gone, a group instead":   {docs, []string{"b-BktRWGrp"}, inlineOf(), grant{Path: "docs/"}},
		"path tampered with":           {docs, nil, tampered, grant{Path: "docs/", Inline: true}},
		"policy":                       {policy, nil, inlineOf(policy), grant{Access: "admin", Inline: true}},
		"policy of another level":      {policy, nil, inlineOf(of("read_only", "", true)), grant{Access: "read_only", Inline: true}},
		"a policy beside the group":    {group, []string{"b-BktROGrp"}, inlineOf(policy), grant{Access: "admin", Inline: true}},
		"old path still there":         {moving, nil, inlineOf(docs, moving), grant{Access: "read_write", Path: "docs/", Inline: true}},
		"moved":                        {moving, nil, inlineOf(moving), grant{Access: "read_write", Path: "archive/", Inline: true}},
		"import of a group's member":   {everything, []string{"b-BktRWGrp"}, inlineOf(), grant{Access: "read_write"}},
		"import of a policy":           {everything, nil, inlineOf(policy), grant{Access: "admin", Inline: true}},
		"import of a path":             {everything, nil, inlineOf(docs), grant{Access: "read_write", Path: "docs/", Inline: true}},
		"import of a nested path": {
			everything, nil, inlineOf(of("read_only", "docs/a_b/c/", false)), grant{Access: "read_only", Path: "docs/a_b/c/", Inline: true},
		},
		"import beside another bucket":   {everything, []string{"b-BktROGrp"}, inlineOf(other), grant{Access: "read_only"}},
		"import from another bucket":     {everything, nil, inlineOf(other), grant{}},
		"import of a group's web admin":  {everything, []string{"b-WebAdmGrp"}, nil, grant{WebAdmin: true}},
		"import of nobody of the bucket": {everything, []string{"bb-BktAdmGrp"}, inlineOf(), grant{}},
	} {
		t.Run(name, func(t *testing.T) {
			w := reconcile.Keep(test.spec)
			if test.spec.Path == moving.Path {
				w.Prior = &docs
			}
			seen := (Status{Groups: test.groups, Inline: test.inline}).SeenGrant(w)
			got := grant{seen.Access, seen.Path, seen.Inline, seen.WebAdmin}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error("-want +got:\n" + diff)
			}
		})
	}
}

// The policies with the provider's names, and only these, are read and removed.
func TestOwnPolicy(t *testing.T) {
	known := wish{Want: Spec{Bucket: "b", Path: "docs/"}, Prior: &Spec{Bucket: "b", Path: "old/docs/"}}
	imported := reconcile.Keep(Spec{Bucket: "b", ReadAll: true})
	for name, want := range map[string]struct{ known, imported bool }{
		"b-BktAdmPlc":           {true, true},
		"b-BktROPlc":            {true, true},
		"b-docs-BktRWPlc":       {true, true},
		"b-docs-BktROPlc":       {true, true},
		"b-old_docs-BktRWPlc":   {true, true},
		"b-other-BktRWPlc":      {false, true},
		"bb-BktRWPlc":           {false, false},
		"b-BktRWPlc2":           {false, false},
		"b-WebAdmPlc":           {false, false},
		"b-docs2-BktRWPlc-mine": {false, false},
		"BktRWPlc":              {false, false},
	} {
		got := struct{ known, imported bool }{ownPolicy(known, name), ownPolicy(imported, name)}
		if got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestOwnTags: tags of AWS and of other owners are not the user's.
func TestOwnTags(t *testing.T) {
	live := map[string]string{"aws:cloudformation:stack": "x", "Scanner": "theirs", "Team": "ours"}
	s := Spec{IgnoreTag: func(key string) bool { return key == "Scanner" }}
	if diff := cmp.Diff(map[string]string{"Team": "ours"}, s.OwnTags(live)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"Scanner": "theirs", "Team": "ours"}, Spec{}.OwnTags(live)); diff != "" {
		t.Errorf("without other owners: %s", diff)
	}
}
