package access

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

func TestLevelNames(t *testing.T) {
	type texts struct{ Policy, Group, Description string }
	want := map[Level]texts{
		"admin":      {"b.c-BktAdmPlc", "b.c-BktAdmGrp", "Admin policy for b.c bucket"},
		"read_write": {"b.c-BktRWPlc", "b.c-BktRWGrp", "Read-Write policy for b.c bucket"},
		"read_only":  {"b.c-BktROPlc", "b.c-BktROGrp", "Read-Only policy for b.c bucket"},
	}
	got := map[Level]texts{}
	for _, l := range Levels() {
		got[l] = texts{PolicyName("b.c", l), GroupName("b.c", l), Description("b.c", l)}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// IAM takes 128 characters for the name of a group or a policy, so the longest bucket name fits.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func TestLevelNamesFit(t *testing.T) {
	longest := strings.Repeat("a", names.MaxBucket)
	for _, l := range Levels() {
		if n := max(len(PolicyName(longest, l)), len(GroupName(longest, l))); n > 128 {
			t.Errorf("%s: %d characters", l, n)
		}
	}
}

// The lengths are those measured of the Yale service's documents for buckets of 3, 30 and 63 characters. The texts
// are the same but for one action that the lists name twice there.
func TestLevelDocumentLengths(t *testing.T) {
	const twice = len(`"s3:GetReplicationConfiguration",`)
	tests := map[string]struct {
		document func(bucket string) string
		want     [3]int
		less     int
	}{
		"admin":       {func(b string) string { return Document("aws", b, Admin) }, [3]int{1184, 1238, 1304}, 0},
		"read_write":  {func(b string) string { return Document("aws", b, ReadWrite) }, [3]int{1371, 1452, 1551}, twice},
		"read_only":   {func(b string) string { return Document("aws", b, ReadOnly) }, [3]int{1071, 1125, 1191}, twice},
		"later admin": {func(b string) string { return laterAdminDocument("aws", b) }, [3]int{1830, 1938, 2070}, twice},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for i, length := range []int{3, 30, 63} {
				if got := len(test.document(strings.Repeat("b", length))) + test.less; got != test.want[i] {
					t.Errorf("bucket of %d characters: %d, want %d", length, got, test.want[i])
				}
			}
		})
	}
}

func TestLevelDocument(t *testing.T) {
	const arn, objects = "arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"
	type summary struct {
		Resource    string
		Actions     int
		First, Last string
	}
	tests := map[string]struct {
		text string
		want []summary
	}{
		"admin": {Document("aws-cn", "b", Admin), []summary{
			{arn, 43, "s3:AbortMultipartUpload", "s3:RestoreObject"},
			{objects, 1, "s3:*", "s3:*"},
		}},
		"read_write": {Document("aws-cn", "b", ReadWrite), []summary{
			{arn, 25, "s3:GetAccelerateConfiguration", "s3:ListMultipartUploadParts"},
			{objects, 9, "s3:GetObject", "s3:GetObjectVersionTagging"},
			{objects, 11, "s3:AbortMultipartUpload", "s3:PutObjectLegalHold"},
		}},
		"read_only": {Document("aws-cn", "b", ReadOnly), []summary{
			{arn, 25, "s3:GetAccelerateConfiguration", "s3:ListMultipartUploadParts"},
			{objects, 9, "s3:GetObject", "s3:GetObjectVersionTagging"},
		}},
		"later admin": {laterAdminDocument("aws-cn", "b"), []summary{
			{arn, 15, "s3:PutBucketPolicy", "s3:PutReplicationConfiguration"},
			{arn, 25, "s3:GetAccelerateConfiguration", "s3:ListMultipartUploadParts"},
			{objects, 9, "s3:GetObject", "s3:GetObjectVersionTagging"},
			{objects, 11, "s3:AbortMultipartUpload", "s3:PutObjectLegalHold"},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc, err := awspolicy.Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			var got []summary
			for _, s := range doc.Statements {
				if s.Sid != "" || s.Effect != awspolicy.Allow || len(s.Resource) != 1 {
					t.Errorf("statement %s", s)
				}
				got = append(got, summary{s.Resource[0], len(s.Action), s.Action[0], s.Action[len(s.Action)-1]})
			}
			if diff := cmp.Diff(test.want, got); diff != "" || doc.Version != "2012-10-17" {
				t.Error(doc.Version, diff)
			}
		})
	}
}

func TestLevelDocumentAllows(t *testing.T) {
	const on, object, other = "arn:aws:s3:::b", "arn:aws:s3:::b/k/l", "arn:aws:s3:::bb/k"
	tests := []struct {
		action, resource           string
		admin, readWrite, readOnly bool
	}{
		{"s3:ListBucket", on, true, true, true},
		{"s3:GetObject", object, true, true, true},
		{"s3:GetObjectTagging", object, true, true, true},
		{"s3:PutObject", object, true, true, false},
		{"s3:DeleteObjectVersion", object, true, true, false},
		{"s3:PutObjectTagging", object, true, false, false},
		{"s3:PutBucketTagging", on, true, false, false},
		{"s3:PutBucketPolicy", on, true, false, false},
		{"s3:DeleteBucket", on, false, false, false},
		{"s3:GetObject", other, false, false, false},
		{"iam:GetUser", on, false, false, false},
	}
	for _, test := range tests {
		for level, want := range map[Level]bool{Admin: test.admin, ReadWrite: test.readWrite, ReadOnly: test.readOnly} {
			doc, err := awspolicy.Parse(Document("aws", "b", level))
			if err != nil {
				t.Fatal(err)
			}
			if got := awspolicy.Allows(doc, test.action, test.resource); got != want {
				t.Errorf("%s: %s on %s: %v", level, test.action, test.resource, got)
			}
		}
	}
}

func TestAccepts(t *testing.T) {
	admin, later := Document("aws", "b", Admin), laterAdminDocument("aws", "b")
	const twice = `"s3:GetReplicationConfiguration",`
	readOnly := Document("aws", "b", ReadOnly)
	tests := map[string]struct {
		level Level
		text  string
		want  bool
	}{
		"as written":          {Admin, admin, true},
		"formatted":           {Admin, strings.ReplaceAll(admin, ",", ",\n  "), true},
		"later admin":         {Admin, later, true},
		"an action twice":     {ReadOnly, strings.Replace(readOnly, twice, twice+twice, 1), true},
		"an action less":      {ReadOnly, strings.Replace(readOnly, twice, "", 1), false},
		"another bucket":      {Admin, Document("aws", "c", Admin), false},
		"another partition":   {Admin, Document("aws-cn", "b", Admin), false},
		"another level":       {ReadOnly, Document("aws", "b", ReadWrite), false},
		"later admin's level": {ReadWrite, later, false},
		"a statement more": {
			ReadOnly, strings.Replace(readOnly, `[{`, `[{"Effect":"Allow","Action":"*","Resource":"*"},{`, 1), false,
		},
		"nothing": {ReadOnly, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Accepts("aws", "b", test.level, test.text); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestBucketOf: the bucket of a group follows from its name, the one of a policy from its document and its name.
func TestBucketOf(t *testing.T) {
	for group, want := range map[string]string{
		"b.c-BktAdmGrp": "b.c", "b-BktRW-BktROGrp": "b-BktRW", "www.example.edu-WebAdmGrp": "www.example.edu",
		"-BktRWGrp": "", "b-BktRWGrp2": "", "b-BktRWPlc": "", "staff": "",
	} {
		if got, ok := BucketOfGroup(group); got != want || ok != (want != "") {
			t.Errorf("group %s: %q, %t, want %q", group, got, ok, want)
		}
	}
	path := Grant{Partition: "aws", Bucket: "b", Level: ReadWrite, Path: "c/d/"}
	for _, policy := range []struct{ name, document, want string }{
		{"b-BktAdmPlc", Document("aws", "b", Admin), "b"},
		{path.PolicyName(), path.Document(), "b"},
		{"b-c-BktROPlc", Document("aws", "b-c", ReadOnly), "b-c"},
		{"b-BktAdmPlc", Document("aws", "other", Admin), ""},
		{"b-BktAdmPlc", Document("aws-cn", "b", Admin), ""},
		{"mine", Document("aws", "b", Admin), ""},
		{"b-BktAdmPlc", "no policy", ""},
	} {
		if got, ok := BucketOfPolicy("aws", policy.name, policy.document); got != policy.want || ok != (policy.want != "") {
			t.Errorf("policy %s: %q, %t, want %q", policy.name, got, ok, policy.want)
		}
	}
}
