package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
)

// liveSite is the same for a site.
type liveSite struct {
	account.Account
	endpoint string
	calls    *gateway.Gateway // between Terraform and the emulator
}

func (l liveSite) zone(ctx context.Context, name string) (id string, err error) {
	return l.MakeZone(ctx, name)
}

func (l liveSite) upload(ctx context.Context, bucket, key, text string) error {
	_, err := l.S3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, Body: strings.NewReader(text), ContentType: aws.String("text/html"),
	})
	if err != nil {
		return fmt.Errorf("putting %s: %w", key, err)
	}
	return nil
}

func (l liveSite) clear(ctx context.Context, bucket string, keys ...string) error {
	for _, key := range keys {
		if _, err := l.S3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key}); err != nil {
			return fmt.Errorf("deleting %s: %w", key, err)
		}
	}
	return nil
}

func (l liveSite) fetch(ctx context.Context, host, path string) (int, string, error) {
	return account.Fetch(ctx, l.endpoint, host, path)
}

// writes forgets what it gives. What the emulator refused or lost is left out: it changed nothing.
func (l liveSite) writes() []string {
	var all []string
	for _, call := range l.calls.Calls() {
		if call.Mutating && call.Status < http.StatusMultipleChoices {
			all = append(all, written(call))
		}
	}
	l.calls.Reset()
	return all
}

// written names a write: that of an object by its key, as the key of a manifest is nothing to show.
func written(call gateway.Call) string {
	_, key, _ := strings.Cut(call.Resource, "/")
	switch {
	case call.Operation != "PutObject":
		return call.Operation
	case strings.HasPrefix(key, directory.Reserved):
		return putManifest
	}
	return "PUT " + key
}

func (l liveSite) tamper(ctx context.Context, zone, domain, bucket string) error {
	if _, err := l.S3.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &bucket}); err != nil {
		return fmt.Errorf("deleting the bucket policy: %w", err)
	}
	records, err := l.Records(ctx, zone)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(records, func(r r53types.ResourceRecordSet) bool {
		return r.Type == r53types.RRTypeAaaa && *r.Name == domain+"."
	})
	if i < 0 {
		return fmt.Errorf("%s has no AAAA record", domain)
	}
	return l.ChangeRecords(ctx, zone, r53types.ChangeActionDelete, records[i])
}

func (l liveSite) left(ctx context.Context, domain string) ([]string, error) {
	return l.SiteLeftovers(ctx, domain)
}
