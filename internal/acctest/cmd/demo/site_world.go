package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// edge is the emulator's account with what a site needs beside its bucket, by plain SDK clients.
type edge struct {
	account
	endpoint   string
	cloudfront *cloudfront.Client
	route53    *route53.Client
	acm        *acm.Client
}

func newEdge(endpoint string) edge {
	config := aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	return edge{
		newWorld(endpoint), endpoint,
		cloudfront.NewFromConfig(config), route53.NewFromConfig(config), acm.NewFromConfig(config),
	}
}

func (e edge) zone(ctx context.Context, name string) error {
	_, err := e.route53.CreateHostedZone(ctx,
		&route53.CreateHostedZoneInput{Name: &name, CallerReference: aws.String("demo")})
	if err != nil {
		return fmt.Errorf("making the hosted zone: %w", err)
	}
	return nil
}

func (e edge) upload(ctx context.Context, bucket, key, text string) error {
	_, err := e.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, Body: strings.NewReader(text), ContentType: aws.String("text/html"),
	})
	if err != nil {
		return fmt.Errorf("putting %s: %w", key, err)
	}
	return nil
}

func (e edge) clear(ctx context.Context, bucket string, keys ...string) error {
	for _, key := range keys {
		if _, err := e.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key}); err != nil {
			return fmt.Errorf("deleting %s: %w", key, err)
		}
	}
	return nil
}

// fetch asks the emulator, which knows its sites by the Host header.
func (e edge) fetch(ctx context.Context, host, path string) (int, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.endpoint+path, nil)
	if err != nil {
		return 0, "", err
	}
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

func (e edge) tamper(ctx context.Context, zone, domain, bucket string) error {
	if _, err := e.s3.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &bucket}); err != nil {
		return fmt.Errorf("deleting the bucket policy: %w", err)
	}
	id, records, err := e.records(ctx, zone, domain)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(records, func(r r53types.ResourceRecordSet) bool { return r.Type == r53types.RRTypeAaaa })
	if i < 0 {
		return fmt.Errorf("%s has no AAAA record", domain)
	}
	_, err = e.route53.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: &id,
		ChangeBatch: &r53types.ChangeBatch{
			Changes: []r53types.Change{{Action: r53types.ChangeActionDelete, ResourceRecordSet: &records[i]}},
		},
	})
	if err != nil {
		return fmt.Errorf("deleting the record: %w", err)
	}
	return nil
}

// records are those of the domain and below, with the id of their zone.
func (e edge) records(
	ctx context.Context, zone, domain string,
) (id string, found []r53types.ResourceRecordSet, err error) {
	zones, err := e.route53.ListHostedZonesByName(ctx, &route53.ListHostedZonesByNameInput{DNSName: &zone})
	if err != nil {
		return "", nil, fmt.Errorf("finding the hosted zone: %w", err)
	}
	if len(zones.HostedZones) == 0 {
		return "", nil, fmt.Errorf("there is no hosted zone %s", zone)
	}
	id = *zones.HostedZones[0].Id
	pages := route53.NewListResourceRecordSetsPaginator(e.route53, &route53.ListResourceRecordSetsInput{HostedZoneId: &id})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", nil, fmt.Errorf("listing records: %w", err)
		}
		for _, record := range page.ResourceRecordSets {
			if strings.HasSuffix("."+*record.Name, "."+domain+".") {
				found = append(found, record)
			}
		}
	}
	return id, found, nil
}

func (e edge) left(ctx context.Context, zone, domain string) ([]string, error) {
	left, err := e.account.left(ctx, domain)
	if err != nil {
		return nil, err
	}
	_, records, err := e.records(ctx, zone, domain)
	if err != nil {
		return nil, err
	}
	for _, record := range records {
		left = append(left, fmt.Sprintf("record %s %s", record.Type, *record.Name))
	}
	// The emulator is the demo's own: whatever there is of these is the site's.
	certificates, err := e.acm.ListCertificates(ctx, &acm.ListCertificatesInput{})
	if err != nil {
		return nil, fmt.Errorf("listing certificates: %w", err)
	}
	for _, c := range certificates.CertificateSummaryList {
		left = append(left, "certificate "+*c.CertificateArn)
	}
	distributions, err := e.cloudfront.ListDistributions(ctx, &cloudfront.ListDistributionsInput{})
	if err != nil {
		return nil, fmt.Errorf("listing distributions: %w", err)
	}
	for _, d := range distributions.DistributionList.Items {
		left = append(left, "distribution "+*d.Id)
	}
	controls, err := e.cloudfront.ListOriginAccessControls(ctx, &cloudfront.ListOriginAccessControlsInput{})
	if err != nil {
		return nil, fmt.Errorf("listing origin access controls: %w", err)
	}
	for _, c := range controls.OriginAccessControlList.Items {
		left = append(left, "origin access control "+*c.Name)
	}
	functions, err := e.cloudfront.ListFunctions(ctx, &cloudfront.ListFunctionsInput{})
	if err != nil {
		return nil, fmt.Errorf("listing functions: %w", err)
	}
	for _, f := range functions.FunctionList.Items {
		left = append(left, "function "+*f.Name)
	}
	return left, nil
}
