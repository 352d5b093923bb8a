package bucket

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// CatalogAPI is every operation of the data sources that look for buckets, beside the Reads of one bucket.
type CatalogAPI struct {
	ListBuckets        s3Call[s3.ListBucketsInput, s3.ListBucketsOutput]               `iam:"s3:ListAllMyBuckets" on:"*"`
	GetBucketTagging   s3Call[s3.GetBucketTaggingInput, s3.GetBucketTaggingOutput]     `iam:"s3:GetBucketTagging" on:"bucket"`
	ListObjectVersions s3Call[s3.ListObjectVersionsInput, s3.ListObjectVersionsOutput] `iam:"s3:ListBucketVersions" on:"bucket"`
}

// newCatalogAPI takes the operations from the service client.
func newCatalogAPI(c *awsclient.Conn) CatalogAPI {
	s3 := awsclient.S3(c)
	return CatalogAPI{ListBuckets: s3.ListBuckets, GetBucketTagging: s3.GetBucketTagging, ListObjectVersions: s3.ListObjectVersions}
}

// Entry is a bucket in the list of an account.
type Entry struct {
	Name    string
	Region  string
	Created time.Time
}

// Catalog looks for buckets. It remembers when each was made, so that many single look-ups list the account once.
type Catalog struct {
	mu    sync.Mutex
	known map[string]Entry
}

// List gives the account's buckets whose names begin with prefix, by name. Some stores neither filter nor sort.
func (c *Catalog) List(ctx context.Context, conn *awsclient.Conn, prefix string) ([]Entry, error) {
	var all []Entry
	api := newCatalogAPI(conn)
	in := &s3.ListBucketsInput{MaxBuckets: aws.Int32(1000)}
	if prefix != "" {
		in.Prefix = &prefix
	}
	for {
		page, err := api.ListBuckets(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, b := range page.Buckets {
			if name := aws.ToString(b.Name); strings.HasPrefix(name, prefix) {
				all = append(all, Entry{name, aws.ToString(b.BucketRegion), aws.ToTime(b.CreationDate)})
			}
		}
		if aws.ToString(page.ContinuationToken) == "" {
			slices.SortFunc(all, func(x, y Entry) int { return strings.Compare(x.Name, y.Name) })
			return all, nil
		}
		in.ContinuationToken = page.ContinuationToken
	}
}

// Created says when an existing bucket was made; zero when the store does not list it.
func (c *Catalog) Created(ctx context.Context, conn *awsclient.Conn, name string) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if entry, ok := c.known[name]; ok {
		return entry.Created, nil
	}
	all, err := c.List(ctx, conn, "")
	if err != nil {
		return time.Time{}, err
	}
	c.known = map[string]Entry{}
	for _, entry := range all {
		c.known[entry.Name] = entry
	}
	return c.known[name].Created, nil
}

// Tags reads the tags of many buckets, several at once. A bucket that has gone in the meantime has none.
func (c *Catalog) Tags(ctx context.Context, conn *awsclient.Conn, entries []Entry) (map[string]map[string]string, error) {
	var mu sync.Mutex
	api := newCatalogAPI(conn)
	all := map[string]map[string]string{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelReads)
	for _, entry := range entries {
		group.Go(func() error {
			region := entry.Region
			if region == "" {
				region = conn.Region
			}
			tags, err := tagsOf(ctx, api.GetBucketTagging, Spec{Name: entry.Name, Region: region})
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			all[entry.Name] = tags
			return nil
		})
	}
	return all, group.Wait()
}

// Empty says whether a bucket holds nothing at all: no object, no old version, no delete marker.
func Empty(ctx context.Context, conn *awsclient.Conn, name, region string) (bool, error) {
	s := Spec{Name: name, Region: region}
	page, err := newCatalogAPI(conn).ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &s.Name, MaxKeys: aws.Int32(1)}, at(s))
	if err != nil {
		return false, err
	}
	return len(objects(page)) == 0, nil
}
