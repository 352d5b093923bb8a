package gateway

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
)

const (
	listDistributions = "GET /2020-05-31/distribution"
	certificateARN    = "arn:aws:acm:us-east-1:" + account + ":certificate/1"
)

// holding is an emulator with one distribution.
func holding(summary string) map[string]scripted {
	return map[string]scripted{listDistributions: {200,
		"<DistributionList><Items><DistributionSummary>" + summary + "</DistributionSummary></Items></DistributionList>"}}
}

func createAccess(ctx context.Context, g *Gateway) error {
	_, err := cloudFrontClient(g).CreateOriginAccessControl(ctx, &cloudfront.CreateOriginAccessControlInput{
		OriginAccessControlConfig: &cftypes.OriginAccessControlConfig{
			Name: aws.String("site"), SigningProtocol: cftypes.OriginAccessControlSigningProtocolsSigv4,
			SigningBehavior:               cftypes.OriginAccessControlSigningBehaviorsAlways,
			OriginAccessControlOriginType: cftypes.OriginAccessControlOriginTypesS3,
		},
	})
	return err
}

func deleteAccess(ctx context.Context, g *Gateway) error {
	_, err := cloudFrontClient(g).DeleteOriginAccessControl(ctx,
		&cloudfront.DeleteOriginAccessControlInput{Id: aws.String("E1"), IfMatch: aws.String("1")})
	return err
}

func deleteFunction(ctx context.Context, g *Gateway) error {
	_, err := cloudFrontClient(g).DeleteFunction(ctx,
		&cloudfront.DeleteFunctionInput{Name: aws.String("index"), IfMatch: aws.String("1")})
	return err
}

func deleteDistribution(ctx context.Context, g *Gateway) error {
	_, err := cloudFrontClient(g).DeleteDistribution(ctx,
		&cloudfront.DeleteDistributionInput{Id: aws.String("E1"), IfMatch: aws.String("1")})
	return err
}

func edgeRefusals() []refusalRow {
	const (
		function = "<FunctionAssociations><Items><FunctionAssociation><FunctionARN>arn:aws:cloudfront::" + account +
			":function/index</FunctionARN></FunctionAssociation></Items></FunctionAssociations>"
		origin = "<Origins><Items><Origin><OriginAccessControlId>%s</OriginAccessControlId></Origin></Items></Origins>"
	)
	access := func(name string) map[string]scripted {
		return map[string]scripted{"GET /2020-05-31/origin-access-control": {200, "<OriginAccessControlList><Items>" +
			"<OriginAccessControlSummary><Name>" + name + "</Name></OriginAccessControlSummary></Items>" +
			"</OriginAccessControlList>"}}
	}
	status := func(status string) map[string]scripted {
		return map[string]scripted{"GET /2020-05-31/distribution/E1": {200,
			"<Distribution><Status>" + status + "</Status></Distribution>"}}
	}
	const missing = "<ErrorResponse><Error><Code>NoSuchDistribution</Code></Error></ErrorResponse>"
	return []refusalRow{
		{"name of an access control taken", access("site"), createAccess, "409 OriginAccessControlAlreadyExists"},
		{"name of an access control free", access("site-2"), createAccess, ""},
		{"access control in use", holding(fmt.Sprintf(origin, "E1")), deleteAccess, "409 OriginAccessControlInUse"},
		{"access control not in use", holding(fmt.Sprintf(origin, "E11")), deleteAccess, ""},
		{"function in use", holding("<DefaultCacheBehavior>" + function + "</DefaultCacheBehavior>"), deleteFunction,
			"409 FunctionInUse"},
		{"function in use for a path", holding("<CacheBehaviors><Items><CacheBehavior>" + function +
			"</CacheBehavior></Items></CacheBehaviors>"), deleteFunction, "409 FunctionInUse"},
		{"function not in use", holding("<DefaultCacheBehavior/>"), deleteFunction, ""},
		{"distribution being disabled", status("InProgress"), deleteDistribution, "409 DistributionNotDisabled"},
		{"distribution disabled", status("Deployed"), deleteDistribution, ""},
		{"distribution gone", map[string]scripted{
			"GET /2020-05-31/distribution/E1": {404, missing}, "DELETE /2020-05-31/distribution/E1": {404, missing},
		}, deleteDistribution, "404 NoSuchDistribution"},
	}
}

// distribution is the configuration of one with the names and the certificate, as far as CloudFront insists on it.
func distribution(certificate *cftypes.ViewerCertificate, names ...string) *cftypes.DistributionConfig {
	one := aws.Int32(1)
	return &cftypes.DistributionConfig{
		CallerReference: aws.String("1"), Comment: aws.String(""), Enabled: aws.Bool(true),
		Origins: &cftypes.Origins{Quantity: one, Items: []cftypes.Origin{
			{Id: aws.String("1"), DomainName: aws.String("example.edu")},
		}},
		DefaultCacheBehavior: &cftypes.DefaultCacheBehavior{
			TargetOriginId: aws.String("1"), ViewerProtocolPolicy: cftypes.ViewerProtocolPolicyHttpsOnly,
		},
		Aliases:           &cftypes.Aliases{Quantity: aws.Int32(int32(len(names))), Items: names},
		ViewerCertificate: certificate,
	}
}

func createDistribution(certificate *cftypes.ViewerCertificate, names ...string) func(context.Context, *Gateway) error {
	return func(ctx context.Context, g *Gateway) error {
		_, err := cloudFrontClient(g).CreateDistribution(ctx,
			&cloudfront.CreateDistributionInput{DistributionConfig: distribution(certificate, names...)})
		return err
	}
}

func certificateRefusals() []refusalRow {
	tagged := func(certificate *cftypes.ViewerCertificate, names ...string) func(context.Context, *Gateway) error {
		return func(ctx context.Context, g *Gateway) error {
			_, err := cloudFrontClient(g).CreateDistributionWithTags(ctx, &cloudfront.CreateDistributionWithTagsInput{
				DistributionConfigWithTags: &cftypes.DistributionConfigWithTags{
					DistributionConfig: distribution(certificate, names...), Tags: &cftypes.Tags{},
				},
			})
			return err
		}
	}
	update := func(certificate *cftypes.ViewerCertificate, names ...string) func(context.Context, *Gateway) error {
		return func(ctx context.Context, g *Gateway) error {
			_, err := cloudFrontClient(g).UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{
				Id: aws.String("E1"), IfMatch: aws.String("1"), DistributionConfig: distribution(certificate, names...),
			})
			return err
		}
	}
	deleteCertificate := func(ctx context.Context, g *Gateway) error {
		_, err := acmClient(g).DeleteCertificate(ctx,
			&acm.DeleteCertificateInput{CertificateArn: aws.String(certificateARN)})
		return err
	}
	with := func(status string) map[string]scripted {
		return map[string]scripted{"POST /": {200, `{"Certificate": {"Status": "` + status +
			`", "DomainName": "example.edu", "SubjectAlternativeNames": ["example.edu", "*.example.edu"]}}`}}
	}
	ours := &cftypes.ViewerCertificate{ACMCertificateArn: aws.String(certificateARN)}
	own := &cftypes.ViewerCertificate{CloudFrontDefaultCertificate: aws.Bool(true)}
	iam := &cftypes.ViewerCertificate{IAMCertificateId: aws.String("1")}
	missing := map[string]scripted{"POST /": {400, `{"__type": "ResourceNotFoundException"}`}}
	const bad = "400 InvalidViewerCertificate"
	viewer := func(arn string) string {
		return "<ViewerCertificate><ACMCertificateArn>" + arn + "</ACMCertificateArn></ViewerCertificate>"
	}
	return []refusalRow{
		{"certificate that covers", with("ISSUED"), createDistribution(ours, "example.edu", "www.example.edu"), ""},
		{"certificate that covers, with tags", with("ISSUED"), tagged(ours, "www.example.edu"), ""},
		{"certificate not issued", with("PENDING_VALIDATION"), createDistribution(ours, "example.edu"), bad},
		{"certificate not issued, with tags", with("PENDING_VALIDATION"), tagged(ours, "example.edu"), bad},
		{"certificate not issued, in an update", with("PENDING_VALIDATION"), update(ours, "example.edu"), bad},
		{"certificate two labels short", with("ISSUED"), createDistribution(ours, "a.www.example.edu"), bad},
		{"certificate for one of two names", with("ISSUED"), createDistribution(ours, "example.edu", "example.com"), bad},
		{"certificate missing", missing, createDistribution(ours, "example.edu"), bad},
		{"CloudFront's certificate with a name", nil, createDistribution(own, "example.edu"), bad},
		{"CloudFront's certificate", nil, createDistribution(own), ""},
		{"certificate in IAM", nil, createDistribution(iam, "example.edu"), ""},
		{"no certificate to be asked", map[string]scripted{"POST /": {400, `{"__type": "InvalidArnException"}`}},
			createDistribution(ours, "example.edu"), "500 InternalError"},
		{"certificate in use", holding(viewer(certificateARN)), deleteCertificate, "400 ResourceInUseException"},
		{"certificate not in use", holding(viewer(certificateARN + "1")), deleteCertificate, ""},
	}
}

func recordRefusals() []refusalRow {
	alias := func(action, name, kind, target string) r53types.Change {
		return r53types.Change{Action: r53types.ChangeAction(action), ResourceRecordSet: &r53types.ResourceRecordSet{
			Name: &name, Type: r53types.RRType(kind),
			AliasTarget: &r53types.AliasTarget{DNSName: &target, HostedZoneId: aws.String("Z2")},
		}}
	}
	plain := func(action, name, kind, value string) r53types.Change {
		return r53types.Change{Action: r53types.ChangeAction(action), ResourceRecordSet: &r53types.ResourceRecordSet{
			Name: &name, Type: r53types.RRType(kind), TTL: aws.Int64(300),
			ResourceRecords: []r53types.ResourceRecord{{Value: &value}},
		}}
	}
	change := func(changes ...r53types.Change) func(context.Context, *Gateway) error {
		return func(ctx context.Context, g *Gateway) error {
			_, err := route53Client(g).ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
				HostedZoneId: aws.String("Z1"), ChangeBatch: &r53types.ChangeBatch{Changes: changes},
			})
			return err
		}
	}
	const (
		list = "GET /2013-04-01/hostedzone/Z1/rrset"
		set  = "<ResourceRecordSet><Name>%s.</Name><Type>%s</Type>%s</ResourceRecordSet>"
		to   = "<AliasTarget><HostedZoneId>Z2</HostedZoneId><DNSName>D1.example.edu.</DNSName></AliasTarget>"
		text = "<TTL>300</TTL><ResourceRecords><ResourceRecord><Value>x</Value></ResourceRecord></ResourceRecords>"
	)
	zone := map[string]scripted{list: {200, "<R><ResourceRecordSets>" +
		fmt.Sprintf(set, "example.edu", "SOA", text) + fmt.Sprintf(set, "a.example.edu", "A", to) +
		fmt.Sprintf(set, "c.example.edu", "CNAME", text) +
		fmt.Sprintf(set, "w.example.edu", "A", "<SetIdentifier>1</SetIdentifier>"+to) + "</ResourceRecordSets></R>"}}
	const bad = "400 InvalidChangeBatch"
	const missing = "<ErrorResponse><Error><Code>NoSuchHostedZone</Code></Error></ErrorResponse>"
	return []refusalRow{
		{"record that is new", zone, change(alias("CREATE", "b.example.edu", "A", "d1.example.edu")), ""},
		{"record beside another type", zone, change(alias("CREATE", "a.example.edu", "AAAA", "d1.example.edu")), ""},
		{"record that is there", zone, change(alias("CREATE", "A.example.edu", "A", "d2.example.edu")), bad},
		{"record put over another", zone, change(alias("UPSERT", "a.example.edu", "A", "d2.example.edu")), ""},
		{"record twice in one batch", zone, change(alias("CREATE", "b.example.edu", "A", "d1.example.edu"),
			alias("CREATE", "b.example.edu", "A", "d1.example.edu")), bad},
		{"record deleted", zone, change(alias("DELETE", "a.example.edu.", "A", "d1.example.edu")), ""},
		{"record deleted that is not there", zone, change(alias("DELETE", "b.example.edu", "A", "d1.example.edu")), bad},
		{"record deleted with another target", zone, change(alias("DELETE", "a.example.edu", "A", "d2.example.edu")), bad},
		{"record deleted with another value", zone, change(plain("DELETE", "c.example.edu", "CNAME", "y")), bad},
		{"record of a routing policy", zone, change(alias("CREATE", "w.example.edu", "A", "d1.example.edu")), ""},
		{"CNAME beside A", zone, change(plain("CREATE", "a.example.edu", "CNAME", "x")), bad},
		{"A beside CNAME", zone, change(alias("UPSERT", "c.example.edu", "A", "d1.example.edu")), bad},
		{"CNAME of the zone itself", zone, change(plain("CREATE", "example.edu", "CNAME", "x")), bad},
		{"CNAME replaced by A", zone, change(plain("DELETE", "c.example.edu", "CNAME", "x"),
			alias("CREATE", "c.example.edu", "A", "d1.example.edu")), ""},
		{"CNAME changed", zone, change(plain("UPSERT", "c.example.edu", "CNAME", "y")), ""},
		{"zone that is not there", map[string]scripted{
			list: {404, missing}, "POST /2013-04-01/hostedzone/Z1/rrset": {404, missing},
		}, change(alias("CREATE", "b.example.edu", "A", "d1.example.edu")), "404 NoSuchHostedZone"},
	}
}

func TestWhatIsElsewhereIsAskedThere(t *testing.T) {
	there := start(t, &emulator{answers: holding("<ViewerCertificate><ACMCertificateArn>" + certificateARN +
		"</ACMCertificateArn></ViewerCertificate>")})
	here := start(t, &emulator{})
	g, err := New(here.URL(), Options{AccountID: account, Elsewhere: map[string]string{"cloudfront": there.URL()}})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	_, err = acmClient(g).DeleteCertificate(t.Context(),
		&acm.DeleteCertificateInput{CertificateArn: aws.String(certificateARN)})
	if said(err) != "400 ResourceInUseException" || here.Total() != 0 || there.Total() != 1 {
		t.Errorf("error %v; %d calls here, %d there", err, here.Total(), there.Total())
	}
}
