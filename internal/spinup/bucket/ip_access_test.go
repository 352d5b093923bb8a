package bucket

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// placed is a bucket with the lists, on AWS.
func placed(a *IPAccess) Spec {
	return Spec{Partition: "aws", Name: "b", IPAccess: a, NetworkKeys: true}
}

// TestIPStatements: what is written, with each kind of list and without.
func TestIPStatements(t *testing.T) {
	const (
		read = `{"Sid":"SpinupIpRead","Effect":"Deny","Principal":"*","Action":["s3:GetObject*","s3:ListBucket",` +
			`"s3:ListBucketVersions","s3:ListBucketMultipartUploads","s3:ListMultipartUploadParts"],"Resource":` +
			`["arn:aws:s3:::b","arn:aws:s3:::b/*"]`
		write = `{"Sid":"SpinupIpWrite","Effect":"Deny","Principal":"*","Action":["s3:PutObject*","s3:DeleteObject*",` +
			`"s3:RestoreObject","s3:AbortMultipartUpload"],"Resource":["arn:aws:s3:::b/*"]`
		services  = `"BoolIfExists":{"aws:PrincipalIsAWSService":"false","aws:ViaAWSService":"false"}`
		from      = `"NotIpAddress":{"aws:SourceIp":%s}`
		endpoints = `"StringNotEquals":{"aws:SourceVpce":["vpce-1","vpce-2"]}`
		exempt    = `"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:root"}`
	)
	one := []string{"192.0.2.0/24"}
	both := IPAccess{ReadWrite: one, ReadOnly: []string{"2001:db8::/32"}}
	all := both
	all.Endpoints, all.Exempt = []string{"vpce-1", "vpce-2"}, []string{"arn:aws:iam::111122223333:root"}
	elsewhere := placed(&IPAccess{ReadOnly: one})
	elsewhere.NetworkKeys = false
	for name, test := range map[string]struct {
		spec        Spec
		read, write []string // conditions
	}{
		"both": {placed(&both), []string{services, fmt.Sprintf(from, `["192.0.2.0/24","2001:db8::/32"]`)},
			[]string{services, fmt.Sprintf(from, `"192.0.2.0/24"`)}},
		"all": {placed(&all),
			[]string{exempt, services, fmt.Sprintf(from, `["192.0.2.0/24","2001:db8::/32"]`), endpoints},
			[]string{exempt, services, fmt.Sprintf(from, `"192.0.2.0/24"`), endpoints}},
		"endpoints": {placed(&IPAccess{Endpoints: all.Endpoints}), []string{services, endpoints}, []string{services, endpoints}},
		"a store":   {elsewhere, []string{fmt.Sprintf(from, `"192.0.2.0/24"`)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			condition := func(statement string, conditions []string) string {
				if len(conditions) == 0 {
					return statement + "}"
				}
				return statement + `,"Condition":{` + strings.Join(conditions, ",") + `}}`
			}
			want := `{"Version":"2012-10-17","Statement":[` + condition(read, test.read) + "," + condition(write, test.write) + `]}`
			if diff := cmp.Diff(want, awspolicy.New(test.spec.OwnStatements()...).String()); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, none := range []*IPAccess{nil, {}, {Exempt: all.Exempt}, {AllowLockout: true}} {
		if own := placed(none).OwnStatements(); len(own) > 0 {
			t.Errorf("%v makes %v", none, own)
		}
	}
}

// settings are the calls by which a run looks at the bucket itself and puts its policy right.
func settings() []string {
	return []string{
		"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:GetBucketLocation", "s3:GetBucketTagging",
		"s3:PutBucketTagging", "s3:GetBucketVersioning", "s3:PutBucketVersioning", "s3:GetEncryptionConfiguration",
		"s3:PutEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration",
		"s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock", "s3:GetBucketOwnershipControls",
		"s3:PutBucketOwnershipControls", "s3:GetBucketLogging", "s3:PutBucketLogging", "s3:GetBucketAcl", "s3:PutBucketAcl",
		"s3:GetBucketObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration", "s3:GetBucketCORS", "s3:PutBucketCORS",
		"s3:GetBucketWebsite", "s3:PutBucketWebsite", "s3:DeleteBucket", "s3:GetReplicationConfiguration",
		"s3:PutReplicationConfiguration",
	}
}

// replicates are what only the replication of S3 asks for.
func replicates() []string {
	return []string{"s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"}
}

func reads() []string {
	return []string{
		"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAttributes", "s3:GetObjectTagging", "s3:GetObjectAcl",
		"s3:ListMultipartUploadParts",
	}
}

func lists() []string {
	return []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"}
}

func writes() []string {
	return []string{
		"s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging", "s3:PutObjectRetention", "s3:DeleteObject",
		"s3:DeleteObjectVersion", "s3:DeleteObjectTagging", "s3:AbortMultipartUpload", "s3:RestoreObject",
	}
}

// caller is somebody who makes requests, by condition keys.
type caller map[string]string

func from(address string, more ...string) caller {
	c := caller{
		"aws:sourceip": address, "aws:principalarn": "arn:aws:iam::111122223333:user/ann",
		"aws:principalisawsservice": "false", "aws:viaawsservice": "false",
	}
	for i := 0; i < len(more); i += 2 {
		c[more[i]] = more[i+1]
	}
	for key, value := range c {
		if value == "" {
			delete(c, key)
		}
	}
	return c
}

// TestIPStatements_evaluated: who may do what from where.
func TestIPStatements_evaluated(t *testing.T) {
	policy := awspolicy.New(placed(&IPAccess{
		ReadWrite: []string{"192.0.2.0/24"}, ReadOnly: []string{"2001:db8::/32", "198.51.100.7/32"},
		Endpoints: []string{"vpce-01234567"}, Exempt: []string{"arn:aws:iam::111122223333:role/ci-*"},
	}).OwnStatements()...)
	const role = "arn:aws:iam::111122223333:role/"
	for name, test := range map[string]struct {
		who         caller
		read, write bool
	}{
		"a network that may write":       {from("192.0.2.200"), true, true},
		"an address that may read":       {from("198.51.100.7"), true, false},
		"IPv6 that may read":             {from("2001:db8:1::2"), true, false},
		"next to it":                     {from("198.51.100.8"), false, false},
		"elsewhere":                      {from("203.0.113.1"), false, false},
		"elsewhere, IPv6":                {from("2001:db9::1"), false, false},
		"the endpoint":                   {from("", "aws:sourcevpce", "vpce-01234567"), true, true},
		"another endpoint":               {from("", "aws:sourcevpce", "vpce-76543210"), false, false},
		"an exempt role":                 {from("203.0.113.1", "aws:principalarn", role+"ci-deploy"), true, true},
		"another role":                   {from("203.0.113.1", "aws:principalarn", role+"ops"), false, false},
		"root":                           {from("203.0.113.1", "aws:principalarn", "arn:aws:iam::111122223333:root"), false, false},
		"anonymous, inside":              {caller{"aws:sourceip": "192.0.2.1"}, true, true},
		"anonymous, elsewhere":           {caller{"aws:sourceip": "203.0.113.1"}, false, false},
		"CloudFront, log delivery":       {caller{"aws:principalisawsservice": "true", "aws:viaawsservice": "false"}, true, true},
		"a service on somebody's behalf": {from("203.0.113.1", "aws:viaawsservice", "true"), true, true},
	} {
		check := func(actions []string, resource string, allowed bool) {
			for _, action := range actions {
				denied, err := policy.Denies(awspolicy.Request{Action: action, Resource: resource, Keys: test.who})
				if err != nil || denied == allowed {
					t.Errorf("%s, %s: denied %v, %v", name, action, denied, err)
				}
			}
		}
		check(reads(), "arn:aws:s3:::b/k", test.read)
		check(lists(), "arn:aws:s3:::b", test.read)
		check(writes(), "arn:aws:s3:::b/k", test.write)
		check(replicates(), "arn:aws:s3:::b/k", true)
		check(settings(), "arn:aws:s3:::b", true)
	}
}

// TestIPAccess_seen: the lists that live statements come from, and what is shown of others.
func TestIPAccess_seen(t *testing.T) {
	lists := &IPAccess{
		ReadWrite: []string{"192.0.2.0/24"}, ReadOnly: []string{"2001:db8::/32"},
		Endpoints: []string{"vpce-01234567"}, Exempt: []string{"arn:aws:iam::111122223333:root"},
	}
	set := placed(lists)
	with := func(change func(statements []awspolicy.Statement) []awspolicy.Statement) *awspolicy.Document {
		live := awspolicy.New(change(set.OwnStatements())...)
		return &live
	}
	same := func(all []awspolicy.Statement) []awspolicy.Statement { return all }
	more := *lists
	more.ReadOnly = []string{"2001:db8::/32", "203.0.113.0/24"}
	imported := placed(nil)
	imported.ReadAll = true
	for name, test := range map[string]struct {
		spec Spec
		live *awspolicy.Document
		want *IPAccess
	}{
		"as wanted":   {set, with(same), lists},
		"imported":    {imported, with(same), lists},
		"not managed": {placed(nil), with(same), nil},
		"not read":    {set, nil, nil},
		"none":        {set, with(func([]awspolicy.Statement) []awspolicy.Statement { return nil }), nil},
		"a network more": {set, with(func(all []awspolicy.Statement) []awspolicy.Statement {
			all[0].Condition["NotIpAddress"]["aws:SourceIp"] = append(all[0].Condition["NotIpAddress"]["aws:SourceIp"], "203.0.113.0/24")
			return all
		}), &more},
		"one statement": {set, with(func(all []awspolicy.Statement) []awspolicy.Statement { return all[1:] }), &IPAccess{}},
		"an action less": {set, with(func(all []awspolicy.Statement) []awspolicy.Statement {
			all[0].Action = all[0].Action[1:]
			return all
		}), &IPAccess{}},
		"a condition more": {set, with(func(all []awspolicy.Statement) []awspolicy.Statement {
			all[1].Condition["Bool"] = map[string]awspolicy.Values{"aws:SecureTransport": {"true"}}
			return all
		}), &IPAccess{}},
	} {
		got := Status{Policy: test.live}.IPAccess(wish{Want: test.spec})
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestOwnSids: the statements are the provider's to change where ip_access is set, or was, and nowhere else.
func TestOwnSids(t *testing.T) {
	set, none, all := placed(&IPAccess{}), placed(nil), placed(nil)
	all.ReadAll = true
	for name, test := range map[string]struct {
		w    wish
		want bool
	}{
		"set":      {wish{Want: set}, true},
		"was set":  {wish{Want: none, Prior: &set}, true},
		"imported": {wish{Want: all}, true},
		"never":    {wish{Want: none, Prior: &none}, false},
	} {
		if got := strings.Contains(strings.Join(ownSids(test.w), " "), SidIPRead); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
