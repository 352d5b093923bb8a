package provider_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/provider"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// place is where a part of a resource belongs, and something of another owner stands.
type place struct {
	resource, attribute string
	surround            func(t *testing.T, b *acctest.Bench)
	without, with       func(b *acctest.Bench) string // the part
	// put puts something of others there. It gives how that is seen, and what takes it away.
	put func(t *testing.T, b *acctest.Bench) (seen func() any, remove func())
	// later says that nothing can be there before the resource is made.
	later bool
	says  string
}

// places has at least one row for each attribute of provider.ClaimedParts.
func places() []place {
	zoned := func(t *testing.T, b *acctest.Bench) { b.MakeZone(t, zone(b)) }
	quick := func(lines ...string) func(b *acctest.Bench) string {
		return func(b *acctest.Bench) string {
			text := strings.ReplaceAll(strings.Join(lines, "\n"), "ZONE", zone(b))
			return b.Provider() + site(b, text, "wait_for_deployment = false")
		}
	}
	bucketWith := func(lines ...string) func(b *acctest.Bench) string {
		return func(b *acctest.Bench) string { return b.Provider() + bucketNamed(b.Name, lines...) }
	}
	user := func(name string, lines ...string) func(b *acctest.Bench) string {
		return func(b *acctest.Bench) string {
			all := append([]string{`access = "read_only"`}, lines...)
			return b.Provider() + strings.ReplaceAll(memberNamed(b, b.Name+name, all...), "NAME", b.Name)
		}
	}
	reader := func(t *testing.T, b *acctest.Bench) { makeLevels(t, b, access.ReadOnly) }
	var beside sync.Map // the bench on VersityGW, by name
	ownUserWith := func(secret string) func(b *acctest.Bench) string {
		return func(b *acctest.Bench) string {
			gw, _ := beside.Load(b.Name)
			return b.ProviderBeside(gw.(*acctest.Bench)) + strings.ReplaceAll(ownUser(b, secret), "NAME", b.Name)
		}
	}
	return []place{
		{
			resource: "spinup_gateway_user", attribute: "secret", says: "SSM parameter /team/",
			surround: func(t *testing.T, b *acctest.Bench) { beside.Store(b.Name, b.Beside(t)) },
			without:  ownUserWith(`secret = {}`), with: ownUserWith(`secret = { store = { ssm_parameter = "/team/NAME" } }`),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				return putParameter(t, b, "/team/"+b.Name)
			},
		},
		{
			resource: "spinup_bucket", attribute: "access_levels", says: "access level read_only",
			without: bucketWith(), with: bucketWith(`access_levels = ["admin", "read_only"]`),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) { return putGroup(t, b, b.Name+"-BktROGrp") },
		},
		{
			resource: "spinup_bucket", attribute: "policy", says: "Sid Mine", later: true,
			without: bucketWith(), with: func(b *acctest.Bench) string { return withStatement(b, "Mine", "s3:GetObject") },
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				splice(t, b, "", stranger(b, "Mine"))
				return func() any { return bucketPolicy(t, b).String() }, func() { splice(t, b, "Mine") }
			},
		},
		{
			resource: "spinup_bucket", attribute: "lifecycle_preset", says: `a lifecycle rule "archive-rule" of another owner`,
			later: true, without: bucketWith(), with: bucketWith(`lifecycle_preset = "archive"`),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				spliceRules(t, b, "", otherArchive())
				return func() any { return rawRules(t, b) }, func() { spliceRules(t, b, "archive-rule") }
			},
		},
		{
			resource: "spinup_bucket", attribute: "cors_rules", says: "has a CORS configuration of another owner, 1 rules for the",
			later: true, without: bucketWith(), with: bucketWith("cors_rules = [" + uploads + "]"),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				putCORS(t, b, "theirs")
				return func() any { return corsSeen(t, b) }, func() { putCORS(t, b) }
			},
		},
		{
			resource: "spinup_bucket_user", attribute: "name", says: "taken", later: true, // as another name for it
			surround: reader, without: user("-ann"), with: user("-bob"), put: putUser,
		},
		{
			resource: "spinup_bucket_user", attribute: "name", says: "exists",
			surround: reader, with: user("-bob"), put: putUser,
		},
		{
			resource: "spinup_bucket_user", attribute: "access_key", says: "/key",
			surround: reader, without: user("-ann"), with: user("-ann", "access_key = { store = "+toParameter+" }"),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				return putParameter(t, b, "/"+b.Name+"/key")
			},
		},
		{
			resource: "spinup_bucket_grant", attribute: "access", says: "-SpinupGrant",
			surround: func(t *testing.T, b *acctest.Bench) { makeGroup(t, b, b.Name+"-club", nothing) },
			with:     func(b *acctest.Bench) string { return b.Provider() + grantBlock(b, "-club", readOnly) },
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				putsOnGroup(t, b, nothing)
				return func() any { return grantOf(t, b) }, func() { dropsGrant(t, b) }
			},
		},
		{
			resource: "spinup_bucket_role", attribute: "name", says: "exists",
			with: func(b *acctest.Bench) string { return b.Provider() + roleBlock(b, readOnly, byService) }, put: putRole,
		},
		{
			resource: "spinup_directory", attribute: "source", says: "did not put there and has files for: style.css",
			surround: publishes(smallSite()),
			without: func(b *acctest.Bench) string {
				return b.Provider() + directoryBlock(b, sourceOf(b), `exclude = ["*.css", ".DS_Store"]`)
			},
			with: func(b *acctest.Bench) string { return b.Provider() + directoryBlock(b, sourceOf(b)) },
			put:  func(t *testing.T, b *acctest.Bench) (func() any, func()) { return putFile(t, b, "style.css") },
		},
		{
			resource: "spinup_directory", attribute: "prefix", says: `has a manifest for the prefix ""`,
			surround: publishes(smallSite()),
			with:     func(b *acctest.Bench) string { return b.Provider() + directoryBlock(b, sourceOf(b)) },
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				return putFile(t, b, ".spinup/directory-e3b0c44298fc1c14-theirs") // the hash of no prefix
			},
		},
		{
			resource: "spinup_object", attribute: "key", says: "xists",
			surround: func(t *testing.T, b *acctest.Bench) { b.MakeBucket(t, b.Name) },
			without:  func(b *acctest.Bench) string { return b.Provider() + objectBlock(b, "one", `content = "same"`) },
			with:     func(b *acctest.Bench) string { return b.Provider() + objectBlock(b, "two", `content = "same"`) },
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				putText(t, b, "two", "same") // other headers
				return func() any { return bodyOf(t, b, "two") + " " + aws.ToTime(headOf(t, b, "two").LastModified).String() },
					func() { dropObject(t, b, "two") }
			},
		},
		{
			resource: "spinup_website", attribute: "distribution_id", says: "alt.",
			surround: zoned, without: quick(), with: quick(`aliases = ["alt.ZONE"]`),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				return putDistribution(t, b, "alt."+zone(b))
			},
		},
		{
			resource: "spinup_website", attribute: "dns_records", says: "point elsewhere",
			surround: zoned, without: quick(), with: quick(`redirect_domains = ["old.ZONE"]`),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) { return putAddress(t, b, "old."+zone(b)) },
		},
		{
			resource: "spinup_website", attribute: "directory_index", says: "the CloudFront function",
			surround: zoned, without: quick("directory_index = false"), with: quick(),
			put: putFunction,
		},
		{
			resource: "spinup_website", attribute: "origin_access", says: "the origin access control",
			surround: zoned, without: quick(`origin_access = "website_endpoint"`), with: quick(),
			put: putControl,
		},
		{
			resource: "spinup_website", attribute: "groups", says: "WebAdm",
			surround: zoned, with: quick(), // it is there from the beginning
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				return putGroup(t, b, domain(b)+"-WebAdmGrp")
			},
		},
		{
			resource: "spinup_website", attribute: "access_levels", says: "access level read_only",
			surround: zoned, without: quick(), with: quick(`access_levels = ["admin", "read_only"]`),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				return putGroup(t, b, domain(b)+"-BktROGrp")
			},
		},
		{
			resource: "spinup_website", attribute: "policy", says: "", later: true, // an own Sid, which names it: left as it was
			surround: zoned, without: quick(), with: quick(`tags = { A = "1" }`),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				in := bucketOf(b)
				splice(t, in, "", stranger(in, "Theirs"))
				return func() any { return bucketPolicy(t, in).Select([]string{"Theirs"}).String() }, func() { splice(t, in, "Theirs") }
			},
		},
		{
			resource: "spinup_website", attribute: "cors_rules", says: "has a CORS configuration of another owner", later: true,
			surround: zoned, without: quick(), with: quick("cors_rules = [" + uploads + "]"),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				in := bucketOf(b)
				putCORS(t, in, "theirs")
				return func() any { return corsSeen(t, in) }, func() { putCORS(t, in) }
			},
		},
		{
			resource: "spinup_website", attribute: "lifecycle_preset", says: `a lifecycle rule "archive-rule" of another owner`,
			later: true, surround: zoned, without: quick(), with: quick(`lifecycle_preset = "archive"`),
			put: func(t *testing.T, b *acctest.Bench) (func() any, func()) {
				in := bucketOf(b)
				spliceRules(t, in, "", otherArchive())
				return func() any { return rawRules(t, in) }, func() { spliceRules(t, in, "archive-rule") }
			},
		},
	}
}

// TestAccContract_places: what others have put in the place of a part is refused by the plan and by the apply of a
// create and of an update, before anything is written. It stays as it is, byte for byte, and goes with no destroy. The
// places are those of the engine's own tables.
func TestAccContract_places(t *testing.T) {
	want, have := provider.ClaimedParts(t), map[string][]string{}
	for _, p := range places() {
		have[p.resource] = append(have[p.resource], p.attribute)
	}
	for name, attributes := range want {
		for _, attribute := range attributes {
			if !slices.Contains(have[name], attribute) {
				t.Errorf("nothing is put in the place of %s of %s", attribute, name)
			}
		}
	}
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		for _, p := range places() {
			if !p.later {
				t.Run(p.resource+"/"+p.attribute+"/create", func(t *testing.T) { t.Parallel(); p.keep(t, b.Fork(t), false) })
			}
			if p.without != nil {
				t.Run(p.resource+"/"+p.attribute+"/update", func(t *testing.T) { t.Parallel(); p.keep(t, b.Fork(t), true) })
			}
		}
	})
}

// keep tries to take the place.
func (p place) keep(t *testing.T, b *acctest.Bench, update bool) {
	if p.surround != nil {
		p.surround(t, b)
	}
	tf := b.Played(t)
	if update {
		tf.Write(p.without(b))
		tf.Apply()
	}
	seen, remove := p.put(t, b)
	before := seen()
	tf.Write(p.with(b))
	if p.says != "" {
		b.Gateway.Reset()
		b.Edge.Reset()
		for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
			saysAll(t, tf.MustFail(command...), p.says, "Nothing was changed.")
		}
		same(t, "writing calls", 0, len(siteMutations(b)))
		same(t, "theirs, after the refusal", before, seen())
	}
	if update {
		tf.Write(p.without(b))
		tf.Apply()
		same(t, "theirs, after another apply", before, seen())
	}
	remove()
	tf.Write(p.with(b))
	tf.Apply()
	tf.Empty()
	tf.Destroy()
}

func putFile(t *testing.T, b *acctest.Bench, key string) (seen func() any, remove func()) {
	t.Helper()
	b.PutObject(t, b.Name, key)
	return func() any {
			head := acctest.Must(b.S3().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &b.Name, Key: &key}))(t)
			return []any{*head.ETag, *head.LastModified}
		}, func() {
			acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: &key}))(t)
		}
}

func putGroup(t *testing.T, b *acctest.Bench, name string) (seen func() any, remove func()) {
	t.Helper()
	in := &iam.GetGroupInput{GroupName: &name}
	acctest.Must(b.IAM().CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: &name}))(t)
	return func() any {
			group := acctest.Must(b.IAM().GetGroup(t.Context(), in))(t)
			attached := acctest.Must(b.IAM().ListAttachedGroupPolicies(t.Context(), &iam.ListAttachedGroupPoliciesInput{GroupName: &name}))(t)
			return []any{*group.Group.GroupId, len(group.Users), len(attached.AttachedPolicies)}
		}, func() {
			acctest.Must(b.IAM().DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: &name}))(t)
		}
}

func putParameter(t *testing.T, b *acctest.Bench, at string) (seen func() any, remove func()) {
	t.Helper()
	name := &at
	acctest.Must(b.SSM().PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: name, Value: aws.String("theirs"), Type: ssmtypes.ParameterTypeString,
	}))(t)
	return func() any {
			p := acctest.Must(b.SSM().GetParameter(t.Context(), &ssm.GetParameterInput{Name: name}))(t).Parameter
			return []any{*p.Value, p.Version}
		}, func() {
			acctest.Must(b.SSM().DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: name}))(t)
		}
}

func putUser(t *testing.T, b *acctest.Bench) (seen func() any, remove func()) {
	t.Helper()
	name := aws.String(b.Name + "-bob")
	made := acctest.Must(b.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: name}))(t)
	return func() any {
			groups := acctest.Must(b.IAM().ListGroupsForUser(t.Context(), &iam.ListGroupsForUserInput{UserName: name}))(t)
			keys := acctest.Must(b.IAM().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: name}))(t)
			now := acctest.Must(b.IAM().GetUser(t.Context(), &iam.GetUserInput{UserName: name}))(t)
			return []any{*now.User.UserId == *made.User.UserId, len(groups.Groups), len(keys.AccessKeyMetadata), len(now.User.Tags)}
		}, func() {
			acctest.Must(b.IAM().DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: name}))(t)
		}
}

func putRole(t *testing.T, b *acctest.Bench) (seen func() any, remove func()) {
	t.Helper()
	id := makeRole(t, b)
	return func() any {
		now := liveRole(t, b, "-ci")
		return []any{aws.ToString(now.RoleId) == id, len(policiesOf(t, b, "-ci")), liveTrust(t, b), len(now.Tags)}
	}, func() { deleteRole(t, b) }
}

func putDistribution(t *testing.T, b *acctest.Bench, name string) (seen func() any, remove func()) {
	t.Helper()
	client, id := b.CloudFront(), holdName(t, b, name)
	get := func() *cloudfront.GetDistributionOutput {
		return acctest.Must(client.GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: &id}))(t)
	}
	return func() any { return *get().ETag }, func() {
		acctest.Must(client.DeleteDistribution(t.Context(), &cloudfront.DeleteDistributionInput{Id: &id, IfMatch: get().ETag}))(t)
	}
}

func putAddress(t *testing.T, b *acctest.Bench, name string) (seen func() any, remove func()) {
	t.Helper()
	zones := acctest.Must(b.Route53().ListHostedZonesByName(t.Context(),
		&route53.ListHostedZonesByNameInput{DNSName: aws.String(zone(b))}))(t)
	zoneID := strings.TrimPrefix(*zones.HostedZones[0].Id, "/hostedzone/")
	record := r53types.ResourceRecordSet{
		Name: aws.String(name + "."), Type: r53types.RRTypeA, TTL: aws.Int64(60),
		ResourceRecords: []r53types.ResourceRecord{{Value: aws.String("192.0.2.1")}},
	}
	b.PutRecord(t, zoneID, record)
	return func() any {
			var all []string
			for _, r := range b.Records(t, zoneID) {
				if *r.Name == *record.Name && r.AliasTarget == nil {
					all = append(all, *r.ResourceRecords[0].Value)
				}
			}
			return all
		}, func() {
			acctest.Must(b.Route53().ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
				HostedZoneId: &zoneID, ChangeBatch: &r53types.ChangeBatch{Changes: []r53types.Change{
					{Action: r53types.ChangeActionDelete, ResourceRecordSet: &record},
				}},
			}))(t)
		}
}

// siteID is the name of what belongs to the bench's site.
func siteID(b *acctest.Bench) *string {
	return aws.String("spinup-" + strings.ReplaceAll(domain(b), ".", "_"))
}

// makeFunction makes a function of somebody else's under the name of the site's.
func makeFunction(t *testing.T, b *acctest.Bench) *cloudfront.CreateFunctionOutput {
	t.Helper()
	return acctest.Must(b.CloudFront().CreateFunction(t.Context(), &cloudfront.CreateFunctionInput{
		Name: siteID(b), FunctionCode: []byte("function handler(event) { return event.request; }"),
		FunctionConfig: &cftypes.FunctionConfig{Comment: aws.String("mine"), Runtime: cftypes.FunctionRuntimeCloudfrontJs20},
	}))(t)
}

func putFunction(t *testing.T, b *acctest.Bench) (seen func() any, remove func()) {
	t.Helper()
	makeFunction(t, b)
	client, name := b.CloudFront(), siteID(b)
	get := func() *cloudfront.GetFunctionOutput {
		return acctest.Must(client.GetFunction(t.Context(), &cloudfront.GetFunctionInput{Name: name}))(t)
	}
	return func() any { return string(get().FunctionCode) }, func() {
		acctest.Must(client.DeleteFunction(t.Context(), &cloudfront.DeleteFunctionInput{Name: name, IfMatch: get().ETag}))(t)
	}
}

// makeControl makes an origin access control of somebody else's under the name of the site's.
func makeControl(t *testing.T, b *acctest.Bench) *cloudfront.CreateOriginAccessControlOutput {
	t.Helper()
	return acctest.Must(b.CloudFront().CreateOriginAccessControl(t.Context(), &cloudfront.CreateOriginAccessControlInput{
		OriginAccessControlConfig: &cftypes.OriginAccessControlConfig{
			Name: siteID(b), Description: aws.String("mine"), OriginAccessControlOriginType: cftypes.OriginAccessControlOriginTypesS3,
			SigningBehavior: cftypes.OriginAccessControlSigningBehaviorsNever, SigningProtocol: cftypes.OriginAccessControlSigningProtocolsSigv4,
		},
	}))(t)
}

func putControl(t *testing.T, b *acctest.Bench) (seen func() any, remove func()) {
	t.Helper()
	client, id := b.CloudFront(), makeControl(t, b).OriginAccessControl.Id
	get := func() *cloudfront.GetOriginAccessControlOutput {
		return acctest.Must(client.GetOriginAccessControl(t.Context(), &cloudfront.GetOriginAccessControlInput{Id: id}))(t)
	}
	return func() any {
			c := get().OriginAccessControl.OriginAccessControlConfig
			return []any{*c.Description, c.SigningBehavior}
		}, func() {
			acctest.Must(client.DeleteOriginAccessControl(t.Context(),
				&cloudfront.DeleteOriginAccessControlInput{Id: id, IfMatch: get().ETag}))(t)
		}
}
