// Package content is what objects of S3 hold and how it gets there: bytes with a digest that is known before they are
// sent, the headers beside them, and the rules for keys. It may import awsclient and the AWS SDK; spinup_object and
// spinup_directory stand on it.
package content

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Place is where an object is.
type Place struct {
	Bucket, Region, Key string
}

// at sends a call to the region of the bucket.
func (p Place) at(o *s3.Options) { In(p.Region)(o) }

// Headers are what an object has beside its bytes. What is empty is not sent, and left to the bucket.
type Headers struct {
	ContentType        string            `json:"type,omitempty"`
	CacheControl       string            `json:"cache,omitempty"`
	ContentEncoding    string            `json:"encoding,omitempty"`
	ContentDisposition string            `json:"disposition,omitempty"`
	ContentLanguage    string            `json:"language,omitempty"`
	Redirect           string            `json:"redirect,omitempty"` // x-amz-website-redirect-location
	StorageClass       string            `json:"class,omitempty"`
	Algorithm          string            `json:"algorithm,omitempty"` // of server-side encryption: AES256, aws:kms
	KMSKey             string            `json:"key,omitempty"`
	BucketKey          *bool             `json:"bucketKey,omitempty"`
	Metadata           map[string]string `json:"metadata,omitempty"` // keys in lower case
	Tagging            string            `json:"tagging,omitempty"`  // tags as a query; a copy without has its source's
}

// Digest tells headers apart: equal headers have equal digests.
func (h Headers) Digest() string {
	text, err := json.Marshal(h) // maps are sorted
	if err != nil {
		panic(fmt.Sprintf("headers are text: %v", err))
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// OrNil is a text, nil for an empty one, which is then not sent.
func OrNil(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}

func (h Headers) put(in *s3.PutObjectInput) {
	in.ContentType, in.CacheControl = OrNil(h.ContentType), OrNil(h.CacheControl)
	in.ContentEncoding, in.ContentDisposition = OrNil(h.ContentEncoding), OrNil(h.ContentDisposition)
	in.ContentLanguage, in.WebsiteRedirectLocation = OrNil(h.ContentLanguage), OrNil(h.Redirect)
	in.StorageClass, in.ServerSideEncryption = types.StorageClass(h.StorageClass), types.ServerSideEncryption(h.Algorithm)
	in.SSEKMSKeyId, in.BucketKeyEnabled, in.Metadata = OrNil(h.KMSKey), h.BucketKey, h.Metadata
	in.Tagging = OrNil(h.Tagging)
}

func (h Headers) begin(in *s3.CreateMultipartUploadInput) {
	in.ContentType, in.CacheControl = OrNil(h.ContentType), OrNil(h.CacheControl)
	in.ContentEncoding, in.ContentDisposition = OrNil(h.ContentEncoding), OrNil(h.ContentDisposition)
	in.ContentLanguage, in.WebsiteRedirectLocation = OrNil(h.ContentLanguage), OrNil(h.Redirect)
	in.StorageClass, in.ServerSideEncryption = types.StorageClass(h.StorageClass), types.ServerSideEncryption(h.Algorithm)
	in.SSEKMSKeyId, in.BucketKeyEnabled, in.Metadata = OrNil(h.KMSKey), h.BucketKey, h.Metadata
	in.Tagging = OrNil(h.Tagging)
}

func (h Headers) copy(in *s3.CopyObjectInput) {
	in.ContentType, in.CacheControl = OrNil(h.ContentType), OrNil(h.CacheControl)
	in.ContentEncoding, in.ContentDisposition = OrNil(h.ContentEncoding), OrNil(h.ContentDisposition)
	in.ContentLanguage, in.WebsiteRedirectLocation = OrNil(h.ContentLanguage), OrNil(h.Redirect)
	in.StorageClass, in.ServerSideEncryption = types.StorageClass(h.StorageClass), types.ServerSideEncryption(h.Algorithm)
	in.SSEKMSKeyId, in.BucketKeyEnabled, in.Metadata = OrNil(h.KMSKey), h.BucketKey, h.Metadata
	in.Tagging = OrNil(h.Tagging)
	in.MetadataDirective = types.MetadataDirectiveReplace
	if h.Tagging != "" {
		in.TaggingDirective = types.TaggingDirectiveReplace
	}
}

// headersOf are the headers of an object that was asked for.
func headersOf(out *s3.HeadObjectOutput) Headers {
	metadata := map[string]string{}
	for key, value := range out.Metadata {
		metadata[strings.ToLower(key)] = value
	}
	class := string(out.StorageClass)
	if class == "" {
		class = string(types.StorageClassStandard) // S3 leaves it out
	}
	return Headers{
		ContentType: aws.ToString(out.ContentType), CacheControl: aws.ToString(out.CacheControl),
		ContentEncoding: aws.ToString(out.ContentEncoding), ContentDisposition: aws.ToString(out.ContentDisposition),
		ContentLanguage: aws.ToString(out.ContentLanguage), Redirect: aws.ToString(out.WebsiteRedirectLocation),
		StorageClass: class, Algorithm: string(out.ServerSideEncryption), KMSKey: aws.ToString(out.SSEKMSKeyId),
		BucketKey: out.BucketKeyEnabled, Metadata: metadata,
	}
}

// Escaped is a key as a CopySource needs it: every segment in the encoding of URLs, the slashes as they are.
func Escaped(key string) string {
	var out strings.Builder
	for _, c := range []byte(key) {
		if c == '/' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' ||
			slices.Contains([]byte("-_.~"), c) {
			out.WriteByte(c)
			continue
		}
		fmt.Fprintf(&out, "%%%02X", c)
	}
	return out.String()
}

// StorageClasses are those that an object can be put into.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
func StorageClasses() []string {
	return []string{
		"STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE",
		"REDUCED_REDUNDANCY",
	}
}

// Visible are the headers that everybody sees who asks for the object: those without storage class and encryption, for
// which a bucket has defaults.
func (h Headers) Visible() Headers {
	h.StorageClass, h.Algorithm, h.KMSKey, h.BucketKey = "", "", "", nil
	if len(h.Metadata) == 0 {
		h.Metadata = nil
	}
	return h
}
