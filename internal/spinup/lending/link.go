package lending

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// MaxLink is how long a signed link can be good.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
const MaxLink = 7 * 24 * time.Hour

// maxUnknown is how long any session of AWS lasts at most, which bounds one whose end is not known.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
const maxUnknown = 36 * time.Hour

// Verbs are what a link can be for.
func Verbs() []string { return []string{http.MethodGet, http.MethodPut, http.MethodHead} }

// Link is a request for an object that somebody without credentials can make for a time.
type Link struct {
	Bucket, Key string
	Verb        string // one of Verbs
	ContentType string // that the one who writes has to send; "" for any
	VersionID   string // that is read; "" for the current one
	Lasts       time.Duration
}

// Signed is a link that can be used.
type Signed struct {
	URL     string
	Expires time.Time         // when it ends, as far as that is known
	Early   string            // why that is sooner than it says itself, or may be; "" if it is not
	Headers map[string]string // that the request must have, with names in lower case
}

// Sign signs a link. It asks S3 only where the bucket is; one that is not there yet will be in the provider's region.
func Sign(ctx context.Context, conn *awsclient.Conn, link Link) (Signed, error) {
	run, err := conn.Session(ctx)
	if err != nil {
		return Signed{}, err
	}
	region, err := home(ctx, conn, link.Bucket)
	if err != nil {
		return Signed{}, err
	}
	request, err := link.sign(ctx, awsclient.Presigner(conn, region))
	if err != nil {
		return Signed{}, fmt.Errorf("signing: %w", err)
	}
	signed := Signed{URL: request.URL, Headers: map[string]string{}}
	for name, values := range request.SignedHeader {
		signed.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	says, err := expiry(request.URL, link.Lasts)
	signed.Expires, signed.Early = ends(says, link.Lasts, run)
	return signed, err
}

// home is the region of the bucket.
func home(ctx context.Context, conn *awsclient.Conn, bucket string) (string, error) {
	if !conn.Platform.RegionNames {
		return conn.Region, nil // a store is in one region
	}
	api := NewLinkReads(conn)
	region, err := content.AtHome(ctx, conn, bucket, func(ctx context.Context, region string) error {
		_, err := api.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket}, content.In(region))
		return err
	})
	if awsclient.IsAccessDenied(err) { // by the region that was asked, so it is the right one
		err = nil
	}
	return region, awsclient.Absent(err)
}

func (l Link) sign(ctx context.Context, signer *s3.PresignClient) (*v4.PresignedHTTPRequest, error) {
	lasting := s3.WithPresignExpires(l.Lasts)
	version := content.OrNil(l.VersionID)
	switch l.Verb {
	case http.MethodPut:
		in := &s3.PutObjectInput{Bucket: &l.Bucket, Key: &l.Key, ContentType: content.OrNil(l.ContentType)}
		return signer.PresignPutObject(ctx, in, lasting)
	case http.MethodHead:
		return signer.PresignHeadObject(ctx, &s3.HeadObjectInput{Bucket: &l.Bucket, Key: &l.Key, VersionId: version}, lasting)
	default:
		return signer.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &l.Bucket, Key: &l.Key, VersionId: version}, lasting)
	}
}

// expiry is when a link ends that was signed at the time that it says.
func expiry(link string, lasts time.Duration) (time.Time, error) {
	parsed, err := url.Parse(link)
	if err != nil {
		return time.Time{}, errors.New("the signed link is no URL") // err quotes it
	}
	at, err := time.Parse("20060102T150405Z", parsed.Query().Get("X-Amz-Date"))
	return at.Add(lasts), err
}

// ends is when a link ends, and why that is sooner than it says: it ends with the session that signed it.
func ends(says time.Time, lasts time.Duration, run awsclient.Session) (at time.Time, early string) {
	switch {
	case !run.Ends.IsZero() && run.Ends.Before(says):
		return run.Ends, fmt.Sprintf("the session of the provider's credentials ends at %s, and what it signed ends with it",
			run.Ends.UTC().Format(time.RFC3339))
	case run.Temporary && run.Ends.IsZero() && lasts > maxUnknown:
		return says, fmt.Sprintf("the provider's credentials are those of a session, which lasts %s at most, and what it "+
			"signed ends with it", maxUnknown)
	}
	return says, ""
}
