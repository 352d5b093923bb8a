package bucket

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Locate finds the region of an existing bucket, starting from any region. The boolean reports whether there is such a
// bucket.
func Locate(ctx context.Context, conn *awsclient.Conn, name, region string) (string, bool, error) {
	var have Status
	spec := Spec{Name: name, Region: region, Partition: conn.Partition}
	err := newBucket(conn).root().Observe(ctx, wish{Want: spec}, &have)
	if elsewhere, ok := awsclient.Redirected(err); ok {
		return elsewhere, true, nil
	}
	if err != nil || have.Root == nil {
		return "", false, err
	}
	return have.Root.Region, true, nil
}

// Entry is a bucket in the list of an account.
type Entry struct {
	Name    string
	Region  string
	Created time.Time
}

// Listing lists the buckets of an account. It keeps when each was made, so that many look-ups of one bucket list the
// account once.
type Listing struct {
	mu    sync.Mutex
	known map[string]Entry
}

// List returns the account's buckets whose names begin with prefix, by name. Some stores neither filter nor sort them.
func (l *Listing) List(ctx context.Context, conn *awsclient.Conn, prefix string) ([]Entry, error) {
	var all []Entry
	api := newDataReads(conn)
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

// Created is when an existing bucket was made; zero if the store does not list it.
func (l *Listing) Created(ctx context.Context, conn *awsclient.Conn, name string) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if entry, ok := l.known[name]; ok {
		return entry.Created, nil
	}
	all, err := l.List(ctx, conn, "")
	if err != nil {
		return time.Time{}, err
	}
	l.known = map[string]Entry{}
	for _, entry := range all {
		l.known[entry.Name] = entry
	}
	return l.known[name].Created, nil
}

// AllTags reads the tags of all buckets of the account, by their names.
func (l *Listing) AllTags(ctx context.Context, conn *awsclient.Conn) (map[string]map[string]string, error) {
	entries, err := l.List(ctx, conn, "")
	if err != nil {
		return nil, err
	}
	return l.Tags(ctx, conn, entries)
}

// Tags reads the tags of many buckets, several at once. A bucket that was deleted in the meantime has none.
func (l *Listing) Tags(
	ctx context.Context, conn *awsclient.Conn, entries []Entry,
) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for i, tagged := range l.Tagged(ctx, conn, entries) {
		if tagged.Err != nil {
			return nil, tagged.Err
		}
		all[entries[i].Name] = tagged.Tags
	}
	return all, nil
}

// Tagged is what was read of the tags of one bucket.
type Tagged struct {
	Tags map[string]string
	Err  error
}

// Tagged reads the tags of buckets, several at once, and gives those of each in order, with its number.
func (l *Listing) Tagged(ctx context.Context, conn *awsclient.Conn, entries []Entry) iter.Seq2[int, Tagged] {
	api := newDataReads(conn)
	seen := make([]Tagged, len(entries))
	read := func(i int) {
		entry := entries[i]
		tags, err := tagsOf(ctx, api.GetBucketTagging, Spec{Name: entry.Name, Region: cmp.Or(entry.Region, conn.Region)})
		if err != nil && awsclient.IsUnsupported(err) {
			err = nil // a store without tags has none that match
		}
		seen[i] = Tagged{tags, err}
	}
	return func(yield func(int, Tagged) bool) {
		for i := range awsclient.Ahead(parallelReads, len(entries), read) {
			if !yield(i, seen[i]) {
				return
			}
		}
	}
}

// Empty reports whether a bucket holds nothing at all: no object, no old version, no delete marker.
func Empty(ctx context.Context, conn *awsclient.Conn, name, region string) (bool, error) {
	found, err := newBucket(conn).list(ctx, Spec{Name: name, Region: region})
	return len(found) == 0, err
}
