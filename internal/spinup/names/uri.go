package names

import (
	"fmt"
	"regexp"
	"strings"
)

// uriBucket is the form of every name that some store knows a bucket by. It is wider than that of new buckets: S3 has
// old ones with upper-case letters and underscores.
var uriBucket = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// ParseURI reads s3://BUCKET/KEY. The key is what follows the slash, as it is: nothing in it is decoded. It is "" where
// nothing follows.
func ParseURI(uri string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(uri, "s3://")
	if !ok {
		return "", "", fmt.Errorf("the URI is %q, want s3://BUCKET or s3://BUCKET/KEY", uri)
	}
	bucket, key, _ = strings.Cut(rest, "/")
	if !uriBucket.MatchString(bucket) {
		return "", "", fmt.Errorf("the URI is %q, with the bucket name %q: want letters, digits and any of ._-", uri, bucket)
	}
	return bucket, key, nil
}
