package object

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// Query says which objects of a bucket are listed.
type Query struct {
	Bucket            string
	Prefix, Delimiter string
	StartAfter        string
	Match             string // a pattern that keys have to fit; "" for none
	Max               int    // of objects and common prefixes together
}

// Entry is an object in a list.
type Entry struct {
	Key          string
	Size         int64
	ETag         string // without quotes
	Modified     time.Time
	StorageClass string
}

// Listing is what a query found, sorted by key.
type Listing struct {
	Objects   []Entry
	Prefixes  []string
	Truncated bool // there is more
}

// List lists the objects of a bucket.
func List(ctx context.Context, conn *awsclient.Conn, q Query) (found Listing, err error) {
	prefixes := map[string]bool{}
	full := func() bool { return len(found.Objects)+len(prefixes) >= q.Max }
	err = eachListed(ctx, conn, q, func(entry listed, _ string) bool {
		fits := entry.prefix && !prefixes[entry.Key] || !entry.prefix && q.matches(entry.Key)
		switch {
		case !fits:
		case full():
			found.Truncated = true
			return false
		case entry.prefix:
			prefixes[entry.Key] = true
		default:
			found.Objects = append(found.Objects, entry.Entry)
		}
		return true
	})
	if err != nil {
		return Listing{}, err
	}
	found.Prefixes = slices.Sorted(maps.Keys(prefixes))
	slices.SortFunc(found.Objects, func(x, y Entry) int { return strings.Compare(x.Key, y.Key) })
	return found, nil
}

// Each gives the objects of a bucket whose keys begin with the prefix, and the region of the bucket, until give returns
// false. Manifests of directories are not given: whoever knows one knows what is published.
func Each(
	ctx context.Context, conn *awsclient.Conn, bucket, prefix string, give func(key, region string) bool,
) error {
	return eachListed(ctx, conn, Query{Bucket: bucket, Prefix: prefix}, func(entry listed, region string) bool {
		return strings.HasPrefix(entry.Key, content.Reserved) || give(entry.Key, region)
	})
}

// eachListed gives what a query finds, page after page, until see returns false.
func eachListed(ctx context.Context, conn *awsclient.Conn, q Query, see func(one listed, region string) bool) error {
	api, place := newDataReads(conn), content.Place{Bucket: q.Bucket}
	request := &s3.ListObjectsV2Input{
		Bucket: &q.Bucket, Prefix: content.OrNil(q.Prefix), Delimiter: content.OrNil(q.Delimiter),
		StartAfter: content.OrNil(q.StartAfter),
	}
	for {
		page, err := at(ctx, conn, &place, func(where func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
			return content.ListObjects(ctx, api.ListObjectsV2, request, where)
		})
		if err != nil {
			return err
		}
		for _, entry := range merged(page) {
			if !see(entry, place.Region) {
				return nil
			}
		}
		if !aws.ToBool(page.IsTruncated) {
			return nil
		}
		request.ContinuationToken = page.NextContinuationToken
	}
}

// listed is an object or a common prefix of a page.
type listed struct {
	Entry
	prefix bool
}

// merged are the objects and common prefixes of a page in the order of their keys.
func merged(page *s3.ListObjectsV2Output) []listed {
	var all []listed
	for _, o := range page.Contents {
		all = append(all, listed{Entry: Entry{
			Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ETag: Unquoted(aws.ToString(o.ETag)),
			Modified: aws.ToTime(o.LastModified), StorageClass: string(o.StorageClass),
		}})
	}
	for _, p := range page.CommonPrefixes {
		all = append(all, listed{Entry{Key: aws.ToString(p.Prefix)}, true})
	}
	slices.SortStableFunc(all, func(x, y listed) int { return strings.Compare(x.Key, y.Key) })
	return all
}

// matches reports whether the key fits the pattern.
func (q Query) matches(key string) bool {
	return q.Match == "" || content.Glob(q.Match).Matches(key)
}

// Unquoted is an ETag without its quotes.
func Unquoted(etag string) string { return strings.Trim(etag, `"`) }

// at makes a call in the region of the bucket, and notes that region.
func at[T any](
	ctx context.Context, conn *awsclient.Conn, place *content.Place, call func(func(*s3.Options)) (T, error),
) (out T, err error) {
	place.Region, err = content.AtHome(ctx, conn, place.Bucket, func(_ context.Context, region string) (err error) {
		out, err = call(content.In(region))
		return err
	})
	return out, err
}

// Found is an object with everything that can be asked about it.
type Found struct {
	content.Stored

	Region    string
	Tags      map[string]string // nil on a store without
	Checksums map[string]string // by algorithm, as the store writes them
	Body      string
}

// MaxBody is how large an object can be that is read as a text, in bytes.
const MaxBody = 64 << 10

// Find asks for an object, or for the version of the id; nil is absent. Its bytes are read only if they are wanted.
func Find(
	ctx context.Context, conn *awsclient.Conn, place content.Place, id string, body bool,
) (*Found, error) {
	api := newDataReads(conn)
	request := &s3.HeadObjectInput{Bucket: &place.Bucket, Key: &place.Key, VersionId: content.OrNil(id)}
	if conn.Platform.Has(awsclient.Checksums) {
		request.ChecksumMode = types.ChecksumModeEnabled
	}
	out, err := at(ctx, conn, &place, func(where func(*s3.Options)) (*s3.HeadObjectOutput, error) {
		return api.HeadObject(ctx, request, where)
	})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	found := &Found{Stored: content.StoredOf(out), Region: place.Region, Checksums: checksums(out)}
	if !conn.Platform.Lacks(awsclient.Tagging) {
		found.Tags, err = tagsOf(ctx, api.GetObjectTagging, place, id)
		if err != nil && (conn.Platform.Has(awsclient.Tagging) || !awsclient.IsUnsupported(err)) {
			return nil, err
		}
	}
	if body {
		found.Body, err = readBody(ctx, api, place, id, found.Stored)
	}
	return found, err
}

// checksums are those that the store has, by their algorithm.
func checksums(out *s3.HeadObjectOutput) map[string]string {
	all := map[string]string{}
	for algorithm, sum := range map[string]*string{
		"crc32": out.ChecksumCRC32, "crc32c": out.ChecksumCRC32C, "crc64nvme": out.ChecksumCRC64NVME,
		"sha1": out.ChecksumSHA1, "sha256": out.ChecksumSHA256,
	} {
		if sum != nil {
			all[algorithm] = *sum
		}
	}
	return all
}

// readBody reads a text.
func readBody(
	ctx context.Context, api DataReads, place content.Place, id string, stored content.Stored,
) (string, error) {
	if stored.Size > MaxBody {
		return "", fmt.Errorf("the object %s has %d bytes, and at most %d are read: leave read_body out", place.Key,
			stored.Size, MaxBody)
	}
	out, err := api.GetObject(ctx, &s3.GetObjectInput{
		Bucket: &place.Bucket, Key: &place.Key, VersionId: content.OrNil(id), IfMatch: content.OrNil(stored.ETag),
	}, content.In(place.Region))
	if err != nil {
		return "", err
	}
	defer out.Body.Close()
	text, err := io.ReadAll(io.LimitReader(out.Body, MaxBody+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > MaxBody:
		return "", fmt.Errorf("the object %s has more than %d bytes: leave read_body out", place.Key, MaxBody)
	case !utf8.Valid(text):
		return "", fmt.Errorf("the object %s is no text in UTF-8: leave read_body out", place.Key)
	}
	return string(text), nil
}
