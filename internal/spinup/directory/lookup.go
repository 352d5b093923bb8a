package directory

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// Locate returns the key of the manifest for a prefix, for an import, and the region of the bucket. No manifest is an
// error that says what to do.
func Locate(ctx context.Context, conn *awsclient.Conn, bucket, prefix string) (key, region string, err error) {
	d := directory{API: NewAPI(conn), conn: conn}
	var keys []string
	region, err = content.AtHome(ctx, conn, bucket, func(ctx context.Context, region string) (err error) {
		keys, err = d.manifests(ctx, region, Spec{Bucket: bucket, Prefix: prefix})
		return err
	})
	switch {
	case err != nil:
		return "", "", err
	case len(keys) == 0:
		return "", "", fmt.Errorf("bucket %s has no manifest for the prefix %q, so nothing says which of its objects are "+
			"the directory's. Do not import it but create it, with overwrite = true: then the objects count as its own for "+
			"which the source has files", bucket, prefix)
	case len(keys) > 1:
		return "", "", fmt.Errorf("bucket %s has several manifests for the prefix %q: %s. Delete all but one", bucket, prefix,
			strings.Join(keys, ", "))
	}
	return keys[0], region, nil
}

// Each gives the prefixes of the directories of a bucket, until give returns false, and the region of the bucket. A
// manifest that cannot be read gives its key and an error: only what is in it says of which prefix it is.
func Each(
	ctx context.Context, conn *awsclient.Conn, bucket string, give func(prefix, key, region string, err error) bool,
) error {
	d := directory{API: NewAPI(conn), conn: conn}
	var keys []string
	region, err := content.AtHome(ctx, conn, bucket, func(ctx context.Context, region string) error {
		keys = nil
		return d.eachPage(ctx, region, bucket, manifests, func(page *s3.ListObjectsV2Output) bool {
			for _, object := range page.Contents {
				keys = append(keys, aws.ToString(object.Key))
			}
			return true
		})
	})
	if err != nil {
		return err
	}
	prefixes, given := make([]string, len(keys)), map[string]bool{}
	awsclient.Search(parallel, len(keys), func(i int) (_ bool, err error) {
		prefixes[i], err = d.prefixIn(ctx, region, bucket, keys[i])
		return err == nil, awsclient.Absent(err) // deleted in the meantime
	}, func(i int, err error) bool {
		if err == nil {
			if given[prefixes[i]] { // a second manifest
				return true
			}
			given[prefixes[i]] = true
		}
		return give(prefixes[i], keys[i], region, err)
	})
	return nil
}

// parallel is how many manifests are read at once.
const parallel = 8

// prefixIn is the prefix that a manifest is of, which is at its beginning: the rest is not read.
func (d directory) prefixIn(ctx context.Context, region, bucket, key string) (string, error) {
	out, err := d.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key}, content.In(region))
	if err != nil {
		return "", err
	}
	defer out.Body.Close()
	return decodePrefix(out.Body)
}

// Remembered is the manifest that the plan is made from: the one that the refresh saw, which want.Seen names. It is
// read again where it is not remembered; another one since then is an error.
func Remembered(ctx context.Context, conn *awsclient.Conn, want Spec) (*Manifest, error) {
	d := directory{API: NewAPI(conn), conn: conn}
	r := d.memory(want)
	r.mu.Lock()
	m, etag := r.manifest, r.etag
	r.mu.Unlock()
	if m != nil && etag == want.Seen {
		return m, nil
	}
	_, err := content.AtHome(ctx, conn, want.Bucket, func(ctx context.Context, region string) (err error) {
		m, etag, err = d.manifest(ctx, region, want)
		return err
	})
	switch {
	case awsclient.IsNotFound(err), err == nil && etag != want.Seen:
		return nil, errors.Join(fmt.Errorf("%w: plan again", errElsewhere(want)), err)
	case err != nil:
		return nil, err
	}
	return m, nil
}

// RegionOf is the region of the bucket, which reading it has found out.
func RegionOf(conn *awsclient.Conn, s Spec) string {
	region, _ := content.AtHome(context.Background(), conn, s.Bucket, func(context.Context, string) error { return nil })
	return region
}
