package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// here is the address from which guarded calls come.
const here = "203.0.113.9"

// listed is a bucket with these lines in its ip_access, and others behind it.
func listed(b *acctest.Bench, lists string, more ...string) string {
	return b.Provider() + fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  name = %q\n  ip_access = {\n%s\n  }\n%s\n}\n",
		b.Name, lists, strings.Join(more, "\n"))
}

// badIPLists are refused at plan.
var badIPLists = map[string]badInput{
	"nothing":           {`ip_access = {}`, "ip_access", "ip_access", "at least one of read_write, read_only and vpc_endpoint_ids"},
	"empty lists":       {ipLists(`read_write = []`, `read_only = []`), "ip_access", "ip_access", "at least one of"},
	"exempt alone":      {ipLists(`exempt_principal_arns = ["arn:aws:iam::111122223333:root"]`), "ip_access", "ip_access", "at least one of"},
	"an address":        {ipLists(`read_write = ["203.0.113.7"]`), "ip_access.read_write", `"203.0.113.7"`, `"203.0.113.7/32"`},
	"an IPv6 address":   {ipLists(`read_only = ["2001:db8::7"]`), "ip_access.read_only", `"2001:db8::7"`, `"2001:db8::7/128"`},
	"host bits":         {ipLists(`read_write = ["203.0.113.7/24"]`), "ip_access.read_write", `"203.0.113.7/24"`, `"203.0.113.0/24"`},
	"IPv6 host bits":    {ipLists(`read_only = ["2001:db8::1/32"]`), "ip_access.read_only", `"2001:db8::1/32"`, `"2001:db8::/32"`},
	"IPv4 as IPv6":      {ipLists(`read_only = ["::ffff:203.0.113.0/120"]`), "ip_access.read_only", `"::ffff:203.0.113.0/120"`, "the IPv4 form"},
	"IPv4 address as 6": {ipLists(`read_only = ["::ffff:203.0.113.1"]`), "ip_access.read_only", `"::ffff:203.0.113.1"`, "such as 192.0.2.0/24"},
	"a name":            {ipLists(`read_write = ["office.example.edu"]`), "ip_access.read_write", `"office.example.edu"`, "192.0.2.0/24"},
	"too long":          {ipLists(`read_write = ["203.0.113.0/33"]`), "ip_access.read_write", `"203.0.113.0/33"`, "192.0.2.0/24"},
	"a mask":            {ipLists(`read_write = ["203.0.113.0/255.255.255.0"]`), "ip_access.read_write", `"203.0.113.0/255.255.255.0"`, "192.0.2.0/24"},
	"leading zeros":     {ipLists(`read_write = ["203.000.113.0/24"]`), "ip_access.read_write", `"203.000.113.0/24"`, "192.0.2.0/24"},
	"a zone":            {ipLists(`read_write = ["fe80::%eth0/64"]`), "ip_access.read_write", "eth0/64", "192.0.2.0/24"},
	"a space":           {ipLists(`read_write = ["203.0.113.0/24 "]`), "ip_access.read_write", `"203.0.113.0/24 "`, "192.0.2.0/24"},
	"an empty text":     {ipLists(`read_write = [""]`), "ip_access.read_write", `""`, "192.0.2.0/24"},
	"all may write":     {ipLists(`read_write = ["0.0.0.0/0"]`), "ip_access.read_write", `"0.0.0.0/0"`, "leave ip_access out"},
	"all IPv6 may":      {ipLists(`read_write = ["::/0", "203.0.113.0/24"]`), "ip_access.read_write", `"::/0"`, "leave ip_access out"},
	"all and others":    {ipLists(`read_only = ["0.0.0.0/0", "203.0.113.0/24"]`), "ip_access.read_only", `"0.0.0.0/0"`, "Leave those out"},
	"twice": {ipLists(`read_write = ["2001:db8::/32", "2001:0db8::/32"]`), "ip_access.read_write", `"2001:db8::/32"`,
		`ip_access.read_write, as "2001:0db8::/32", has already`},
	"in both": {ipLists(`read_write = ["203.0.113.0/24"]`, `read_only = ["203.0.113.0/24"]`), "ip_access.read_only",
		`"203.0.113.0/24"`, "one that may write may read"},
	"endpoint":     {ipLists(`vpc_endpoint_ids = ["vpce-1"]`), "ip_access.vpc_endpoint_ids", `"vpce-1"`, "vpce-0123456789abcdef0"},
	"a VPC":        {ipLists(`vpc_endpoint_ids = ["vpc-01234567"]`), "ip_access.vpc_endpoint_ids", `"vpc-01234567"`, "vpce-0123456789abcdef0"},
	"any endpoint": {ipLists(`vpc_endpoint_ids = ["*"]`), "ip_access.vpc_endpoint_ids", `"*"`, "vpce-0123456789abcdef0"},
	"everybody":    {exempt("*"), "ip_access.exempt_principal_arns", `"*"`, "arn:aws:iam::account:role/name"},
	"any account":  {exempt("arn:aws:iam::*:role/ci"), "ip_access.exempt_principal_arns", `"arn:aws:iam::*:role/ci"`, "arn:aws:iam::account:role/name"},
	"a group":      {exempt("arn:aws:iam::111122223333:group/ci"), "ip_access.exempt_principal_arns", `group/ci"`, "arn:aws:iam::account:role/name"},
	"a session": {exempt("arn:aws:sts::111122223333:assumed-role/ci/run"), "ip_access.exempt_principal_arns", `assumed-role/ci/run"`,
		"want its role, arn:aws:iam::account:role/name"},
}

func ipLists(lines ...string) string { return "ip_access = {\n" + strings.Join(lines, "\n") + "\n}" }

func exempt(arn string) string {
	return ipLists(`read_write = ["203.0.113.0/24"]`, fmt.Sprintf("exempt_principal_arns = [%q]", arn))
}

// guarded refuses, until it is told to stop, the calls that the bucket's own live policy denies to an address. Neither
// emulator does that for its root.
func guarded(t *testing.T, b *acctest.Bench, name, address string) (stop func()) {
	t.Helper()
	keys := map[string]string{
		"aws:sourceip": address, "aws:principalisawsservice": "false", "aws:viaawsservice": "false",
		"aws:securetransport": "true", "aws:principalarn": "arn:aws:iam::" + b.AccountID + ":root",
	}
	return b.Gateway.Inject(gateway.Rule{Name: "its own policy", Fault: gateway.Forbidden(), Match: func(c gateway.Call) bool {
		out, err := b.S3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &name})
		if c.Service != "s3" || err != nil {
			return false
		}
		policy := acctest.Must(awspolicy.Parse(aws.ToString(out.Policy)))(t)
		return slices.ContainsFunc(c.Actions, func(action string) bool {
			denied, err := policy.Denies(awspolicy.Request{Action: action, Resource: c.Resource, Keys: keys})
			return denied && err == nil
		})
	}})
}

// ipSids are the Sids of ip_access in the live policy.
func ipSids(t *testing.T, b *acctest.Bench) (all []string) {
	t.Helper()
	out, err := b.S3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &b.Name})
	if err != nil {
		return nil // there is none
	}
	for _, sid := range []string{bucket.SidIPRead, bucket.SidIPWrite} {
		if strings.Contains(aws.ToString(out.Policy), sid) {
			all = append(all, sid)
		}
	}
	return all
}

const (
	office = `    read_write = ["203.0.113.0/24"]`
	abroad = `    read_write = ["198.51.100.0/24"]`
)

// TestAccBucket_ipAccess is the life of the lists: made, changed, imported, left alone when unset, removed.
func TestAccBucket_ipAccess(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(listed(b, office, `  require_tls = false`))
		tf.Apply()
		tf.Empty()
		tf.Write(listed(b, `    read_write = ["203.0.113.0/24", "2001:0DB8::/32"]
    read_only             = ["0.0.0.0/0"]
    vpc_endpoint_ids      = ["vpce-0123456789abcdef0"]
    exempt_principal_arns = ["arn:aws:iam::111122223333:role/ci-*"]`, `  require_tls = false`))
		tf.Apply()
		tf.Empty()
		policy := livePolicy(t, b)
		saysAll(t, policy, "2001:db8::/32", "0.0.0.0/0", "vpce-0123456789abcdef0", "role/ci-*", "aws:PrincipalIsAWSService")

		tf.ForgetState()
		tf.Must("import", "spinup_bucket.b", b.Name)
		if got := tf.Plan("spinup_bucket.b").Attributes(); slices.Contains(got, "policy") {
			t.Errorf("an import takes the statements for the user's: %v", got)
		}
		tf.Apply()
		tf.Empty()

		addStatement(t, b, foreignStatement(b))
		tf.Write(b.Provider() + fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  name = %q\n  require_tls = false\n}\n", b.Name))
		tf.Apply()
		tf.Empty()
		if left := ipSids(t, b); len(left) > 0 {
			t.Errorf("left are %v", left)
		}
		saysAll(t, livePolicy(t, b), "Foreign")

		// Unset, statements of these Sids are of whoever put them there.
		addStatement(t, b, `{"Sid":"SpinupIpRead","Effect":"Deny","Principal":"*","Action":["s3:GetObject"],"Resource":`+
			`["arn:aws:s3:::`+b.Name+`/*"],"Condition":{"NotIpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}`)
		tf.Empty()
		tf.Write(b.Provider() + fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  name = %q\n  require_tls = true\n}\n", b.Name))
		tf.Apply()
		same(t, "Sids", []string{bucket.SidIPRead}, ipSids(t, b))
		acctest.Must(b.S3().DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: &b.Name}))(t)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// foreignStatement is of another owner.
func foreignStatement(b *acctest.Bench) string {
	return `{"Sid":"Foreign","Effect":"Deny","Principal":"*","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::` +
		b.Name + `/theirs/*"]}`
}

// TestAccBucket_lockout: lists that keep out the run that sets them are taken back, with an error that says what to do.
func TestAccBucket_lockout(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		guarded(t, b, b.Name, here)
		for _, step := range []struct{ good, bad string }{{"", abroad}, {office, abroad}} {
			if step.good != "" {
				tf.Write(listed(b, step.good))
				tf.Apply()
				tf.Empty()
			}
			tf.Write(listed(b, step.bad))
			out := tf.MustFail("apply", "-auto-approve")
			saysAll(t, out, "ip_access", "could not use the bucket "+b.Name, "the former statements were put back",
				"allow_lockout = true")
			if strings.Contains(out, "IAM action") {
				t.Errorf("the error blames a permission: %s", out)
			}
			if got := len(ipSids(t, b)); got != 2*len(step.good)/max(1, len(step.good)) {
				t.Errorf("after %q there are %d statements", step.good, got)
			}
			if strings.Contains(livePolicy(t, b), "198.51.100.0/24") {
				t.Error("the lists are still there: " + livePolicy(t, b))
			}
		}
		if got := tf.Plan("spinup_bucket.b").Attributes(); !slices.Equal(got, []string{"ip_access"}) {
			t.Errorf("after the failure the plan changes %v", got)
		}
		tf.Write(listed(b, office))
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_shut: a run that is kept out can do everything but look into the bucket, and let itself in.
func TestAccBucket_shut(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		guarded(t, b, b.Name, here)
		allowed := abroad + "\n    allow_lockout = true"
		tf.Write(listed(b, allowed))
		tf.Apply()
		tf.Empty()
		if out := tf.Must("plan"); strings.Contains(out, "kept out") {
			t.Errorf("who allowed it is warned: %s", out)
		}
		tf.Write(listed(b, abroad, `  tags = { Step = "2" }`))
		tf.Apply()
		tf.Empty()
		saysAll(t, tf.Must("plan"), "ip_access", "keeps this run from using the objects", "allow_lockout to true")
		saysAll(t, tf.MustFail("destroy", "-auto-approve"), "ip_access keeps this run out", "leave ip_access out")
		tf.Write(listed(b, `    read_write = ["192.0.2.0/24"]`, `  tags = { Step = "2" }`))
		tf.Apply() // other lists that keep it out as well take nothing from it
		tf.Empty()
		tf.Write(listed(b, office, `  tags = { Step = "2" }`))
		tf.Apply()
		if out := tf.Must("plan"); strings.Contains(out, "kept out") {
			t.Errorf("who is let in is warned: %s", out)
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_shutObjects: a run whose address has changed cannot read the objects that it manages, is told how to go on,
// and needs one command for that.
func TestAccBucket_shutObjects(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		object := "resource \"spinup_object\" \"o\" {\n  bucket  = spinup_bucket.b.name\n  key     = \"k\"\n  content = \"k\"\n}\n"
		tf.Write(listed(b, office) + object)
		tf.Apply()
		guarded(t, b, b.Name, "192.0.2.1")
		saysAll(t, tf.MustFail("plan"), "This run is kept out", "-target")
		tf.Write(listed(b, `    read_write = ["192.0.2.0/24"]`) + object)
		tf.Must("apply", "-auto-approve", "-target=spinup_bucket.b")
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccWebsite_ipAccess: visitors are not bound, and whoever publishes is. A run that may not write can make the site.
func TestAccWebsite_ipAccess(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		guarded(t, b, domain(b), here)
		tf := b.Played(t)
		write := func(lists string) {
			tf.Write(b.Provider() + site(b, ipLists(lists), "force_destroy = true"))
		}
		write(`read_only = ["203.0.113.0/24"]`)
		tf.Apply()
		tf.Empty()
		if status, _ := b.Fetch(t, domain(b), "/"); status != http.StatusOK {
			t.Errorf("a visitor gets %d", status)
		}
		write(abroad)
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "ip_access", "the former statements were put back")
		if !strings.Contains(tf.StateFile(), "203.0.113.0/24") {
			t.Error("state has lost the former lists")
		}
		write(office)
		tf.Apply()
		tf.Empty()
		tf.Write(b.Provider() + site(b, "force_destroy = true"))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}

// TestAccWebsite_ipAccessEndpoint: what reads the bucket as everybody does would be kept out.
func TestAccWebsite_ipAccessEndpoint(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, unasked, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b, ipLists(office), `origin_access = "website_endpoint"`))
		saysAll(t, tf.MustFail("plan"), "ip_access is set", `origin_access = "private"`)
	})
}

// fate is what becomes of lists that a run sets which comes from here.
type fate int

const (
	taken   fate = iota // they let it in
	undone              // they keep it out, and are taken back
	kept                // they keep it out, which was asked for
	refused             // by the plan
)

// lockouts are lists, and what becomes of them.
func lockouts() map[string]fate {
	return map[string]fate{
		office: taken, `read_write = ["203.0.113.9/32"]`: taken, `read_only = ["203.0.113.8/31"]`: taken,
		`read_only = ["0.0.0.0/0"]`: taken, `read_only = ["0.0.0.0/0", "::/0"]`: taken,
		"read_write = [\"198.51.100.0/24\"]\nread_only = [\"203.0.113.0/24\"]":            taken,
		"read_write = [\"0.0.0.0/1\", \"128.0.0.0/1\"]":                                   taken,
		"read_write = [\"198.51.100.0/24\"]\nexempt_principal_arns = [\"ROOT\"]":          taken,
		"read_only = [\"198.51.100.0/24\"]\nexempt_principal_arns = [\"USER\", \"ROOT\"]": taken,
		abroad:                                 undone,
		`read_write = ["203.0.113.8/32"]`:      undone,
		`read_only = ["198.51.100.0/24"]`:      undone,
		`read_write = ["2001:db8::/32"]`:       undone,
		`read_only = ["::/0"]`:                 undone,
		`read_write = ["10.0.0.0/8"]`:          undone,
		`read_write = ["0.0.0.0/32"]`:          undone,
		`read_only = ["255.255.255.255/32"]`:   undone,
		`read_write = ["128.0.0.0/2"]`:         undone,
		`vpc_endpoint_ids = ["vpce-01234567"]`: undone,
		"read_write = [\"198.51.100.0/24\"]\nvpc_endpoint_ids = [\"vpce-01234567\"]": undone,
		"read_write = [\"198.51.100.0/24\"]\nexempt_principal_arns = [\"USER\"]":     undone,
		"read_write = [\"198.51.100.0/24\"]\nallow_lockout = false":                  undone,
		abroad + "\nallow_lockout = true":                                            kept,
		"vpc_endpoint_ids = [\"vpce-01234567\"]\nallow_lockout = true":               kept,
		"read_only = [\"::/0\"]\nallow_lockout = true":                               kept,
		`read_write = ["0.0.0.0/0"]`:                                                 refused,
		`read_write = []`:                                                            refused,
		`allow_lockout = true`:                                                       refused,
		`read_write = ["203.0.113.9/24"]`:                                            refused,
		`exempt_principal_arns = ["ROOT"]`:                                           refused,
	}
}

// TestAccBucket_lockouts: whatever the lists, the run and root can put the policy right at any time.
func TestAccBucket_lockouts(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		if n := len(lockouts()); n < 30 {
			t.Errorf("there are %d lists", n)
		}
		tf := b.Played(t)
		guarded(t, b, b.Name, here)
		account := "arn:aws:iam::" + b.AccountID
		fill := strings.NewReplacer("ROOT", account+":root", "USER", account+":user/ann")
		tf.Write(listed(b, office))
		tf.Apply()
		for places, want := range lockouts() {
			tf.Write(listed(b, fill.Replace(places)))
			out, code := tf.Run("apply", "-auto-approve")
			got := taken
			switch shut := repairable(t, b); {
			case strings.Contains(out, "Invalid"):
				got = refused
			case code != 0 && !shut && strings.Contains(out, "were put back"):
				got = undone
			case code == 0 && shut:
				got = kept
			case code != 0 || shut:
				t.Errorf("%s: exit code %d, kept out %v: %s", places, code, shut, out)
			}
			if got != want {
				t.Errorf("%s: became %d, want %d: %s", places, got, want, out)
			}
			tf.Write(listed(b, office))
			tf.Apply()
		}
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// repairable requires that the live policy lets everybody who has the right put it right, wherever from, and reports
// whether it keeps this run from the objects.
func repairable(t *testing.T, b *acctest.Bench) (shut bool) {
	t.Helper()
	policy, arn := bucketPolicy(t, b), "arn:aws:s3:::"+b.Name
	asks := func(action, resource, principal string) bool {
		denied, err := policy.Denies(awspolicy.Request{Action: action, Resource: resource, Keys: map[string]string{
			"aws:sourceip": here, "aws:principalarn": "arn:aws:iam::" + b.AccountID + ":" + principal,
			"aws:principalisawsservice": "false", "aws:viaawsservice": "false", "aws:securetransport": "true",
		}})
		return acctest.Must(denied, err)(t)
	}
	for _, principal := range []string{"root", "user/ann", "role/ops"} {
		for _, action := range []string{"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"} {
			if asks(action, arn, principal) {
				t.Errorf("%s is denied to %s: %s", action, principal, policy.String())
			}
		}
	}
	return asks("s3:ListBucket", arn, "root")
}

// TestAccBucket_lockoutTwice: the statements cannot be put back, or the run dies before it looks. The lists stay, the next
// plan says so, and an apply with other lists lets the run in.
func TestAccBucket_lockoutTwice(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		guarded(t, b, b.Name, here)
		tf.Write(listed(b, office))
		tf.Apply()
		writes := gateway.Nth(2, gateway.Op("s3:PutBucketPolicy"))
		remove := b.Gateway.Inject(gateway.Rule{Match: writes, Fault: gateway.Forbidden()})
		tf.Write(listed(b, abroad))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "could not be put back", "apply again with lists that let this run in")
		remove()
		saysAll(t, tf.Must("plan"), "This run is kept out")
		tf.Write(listed(b, office))
		tf.Apply()
		tf.Empty()

		// What a run left that died after the write.
		splice(t, b, bucket.SidIPRead, ipStatement(t, b, bucket.SidIPRead, "198.51.100.0/24"))
		splice(t, b, bucket.SidIPWrite, ipStatement(t, b, bucket.SidIPWrite, "198.51.100.0/24"))
		tf.Write(listed(b, abroad))
		saysAll(t, tf.Must("plan"), "This run is kept out")
		tf.Write(listed(b, office))
		tf.Apply()
		tf.Empty()

		// A question that is not answered is no answer: the lists stay, and the apply says what it could not ask.
		lost := b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(3, gateway.Op("s3:HeadBucket")), Fault: gateway.Answer(400, "BadRequest", "no")})
		tf.Write(listed(b, "    read_only = [\"203.0.113.0/24\"]"))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "ip_access", "HeadBucket")
		lost()
		tf.Empty()

		// Statements of others count, at plan.
		many, networks := make([]string, 180), make([]string, 200)
		for i := range many {
			many[i] = fmt.Sprintf("arn:aws:s3:::%s/a-folder-of-somebody-else/number-%d/*", b.Name, i)
		}
		for i := range networks {
			networks[i] = fmt.Sprintf("%q", fmt.Sprintf("203.0.%d.0/24", i))
		}
		splice(t, b, "", awspolicy.Statement{
			Sid: "Long", Effect: awspolicy.Deny, Principal: awspolicy.Everyone(), Action: []string{"s3:GetObjectTorrent"}, Resource: many,
		})
		tf.Write(listed(b, "    read_write = ["+strings.Join(networks, ", ")+"]"))
		saysAll(t, tf.MustFail("plan"), "with the statements of other owners", "want at most 20480")
		splice(t, b, "Long")
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucketDataSource_shut: the lists are shown, and what a run that is kept out cannot know is null.
func TestAccBucketDataSource_shut(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		data := fmt.Sprintf("data \"spinup_bucket\" \"test\" {\n  name = %q\n}\n", b.Name)
		tf.Write(listed(b, abroad))
		tf.Apply()
		tf.Write(listed(b, abroad) + data)
		guarded(t, b, b.Name, here)
		tf.Apply()
		got := tf.State(bucketDataSource)
		seen, _ := got["ip_access"].(map[string]any)
		if got["empty"] != nil || !slices.Equal(seen["read_write"].([]any), []any{"198.51.100.0/24"}) {
			t.Errorf("empty is %v, ip_access %v", got["empty"], got["ip_access"])
		}
		acctest.Must(b.S3().DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: &b.Name}))(t)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_lockoutLate: S3 acts by a new policy only after a while, in which the run goes on looking.
func TestAccBucket_lockoutLate(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t, func(p *awsclient.Pace) { p.Probe = 500 * time.Millisecond })
		tf.Write(listed(b, office))
		tf.Apply()
		looks := 0
		b.Gateway.Inject(gateway.Rule{Fault: gateway.Forbidden(), Match: func(c gateway.Call) bool {
			if c.Name() == "s3:HeadBucket" && strings.Contains(livePolicy(t, b), "198.51.100.0/24") {
				looks++
			}
			return looks > 2 && c.Name() == "s3:HeadBucket"
		}, Times: 1})
		tf.Write(listed(b, abroad))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "the former statements were put back")
		tf.Write(listed(b, office))
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
