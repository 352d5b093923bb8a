package names

import (
	"fmt"
	"strings"
)

// ParseURI reads s3://BUCKET/KEY. The key is what follows the slash, as it is: nothing in it is decoded. It is "" where
// nothing follows.
func ParseURI(uri string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(uri, "s3://")
	if !ok {
		return "", "", fmt.Errorf("the URI is %q, want s3://BUCKET or s3://BUCKET/KEY", uri)
	}
	bucket, key, _ = strings.Cut(rest, "/")
	if err := CheckBucket(bucket); err != nil {
		return "", "", fmt.Errorf("the URI is %q: %w", uri, err)
	}
	return bucket, key, nil
}
