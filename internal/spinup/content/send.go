package content

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// ErrChanged means that bytes are not those whose digest was taken: the server refused them, and nothing was stored.
var ErrChanged = errors.New("the content changed while it was being sent")

// partsAtOnce is how many parts of one upload are sent at once.
const partsAtOnce = 8

// Condition makes a write depend on what is at its place. The zero value is no condition. A store may ignore it.
type Condition struct {
	IfMatch string // the ETag of what has to be there, with its quotes
	IfNone  bool   // nothing may be there
}

func (c Condition) headers() (match, none *string) {
	if c.IfNone {
		none = aws.String("*")
	}
	return OrNil(c.IfMatch), none
}

// Stored is what a store has of an object.
type Stored struct {
	ETag      string // with its quotes
	VersionID string // "" in a bucket without versions
	Size      int64
	Checksum  string // of SHA-256, as Digest.Checksum; "" if the store keeps none
	Headers   Headers
	Tags      int       // how many there are
	Modified  time.Time // when it was stored; zero in the answer to a write
	Result    middleware.Metadata
}

// Sender writes objects. Its limiter bounds how many calls run at once; nil is no bound.
type Sender struct {
	API

	conn  *awsclient.Conn
	limit *awsclient.Limiter
}

// NewSender returns a sender that makes its calls over the connection.
func NewSender(conn *awsclient.Conn, limit *awsclient.Limiter) Sender {
	if limit == nil {
		return Sender{NewAPI(conn), conn, limit}
	}
	return Sender{operations(awsclient.S3Within(conn, limit)), conn, limit}
}

// call makes one call within the limit.
func (s Sender) call(ctx context.Context, call func(context.Context) error) error {
	if s.limit == nil {
		return call(ctx)
	}
	return s.limit.Do(ctx, call)
}

// Put writes an object. The digest goes along, in the signature and where the store has checksums as one, so bytes that
// are not those whose digest it is are refused by the server: the error is ErrChanged. What is larger than one part is
// sent in parts, each with its own digest; if one fails, the upload is given up.
func (s Sender) Put(
	ctx context.Context, p Place, body io.ReaderAt, d Digest, h Headers, c Condition,
) (Stored, error) {
	var stored Stored
	var err error
	if d.Whole() {
		stored, err = s.whole(ctx, p, body, d, h, c)
	} else {
		stored, err = s.parts(ctx, p, body, d, h, c)
	}
	if awsclient.IsBadDigest(err) {
		err = fmt.Errorf("%w: %w", ErrChanged, err)
	}
	return stored, err
}

func (s Sender) whole(
	ctx context.Context, p Place, body io.ReaderAt, d Digest, h Headers, c Condition,
) (Stored, error) {
	_, length, sum := d.part(0)
	in := &s3.PutObjectInput{
		Bucket: &p.Bucket, Key: &p.Key, Body: io.NewSectionReader(body, 0, length), ContentLength: &length,
		ChecksumSHA256: s.checksum(sum),
	}
	in.IfMatch, in.IfNoneMatch = c.headers()
	h.put(in)
	var out *s3.PutObjectOutput
	err := s.call(ctx, func(ctx context.Context) (err error) {
		out, err = s.PutObject(ctx, in, p.at, signedAs(sum))
		return err
	})
	if err != nil {
		return Stored{}, err
	}
	return Stored{
		ETag: aws.ToString(out.ETag), VersionID: aws.ToString(out.VersionId), Size: d.Size, Checksum: d.Checksum(),
		Headers: h, Result: out.ResultMetadata,
	}, nil
}

// checksum is the digest as a header of its own, nil for a store that would refuse it.
func (s Sender) checksum(sum [32]byte) *string {
	if !s.conn.Platform.Has(awsclient.Checksums) {
		return nil
	}
	return aws.String(base64Of(sum))
}

// signedAs signs a body by the digest that is known of it, so that it is not read once more for that.
func signedAs(sum [32]byte) func(*s3.Options) {
	return s3.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("SpinupPayloadHash", func(
			ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
		) (middleware.FinalizeOutput, middleware.Metadata, error) {
			return next.HandleFinalize(v4.SetPayloadHash(ctx, hexOf(sum)), in)
		}), "ComputePayloadHash", middleware.Before)
	})
}

// parts sends an object in parts.
func (s Sender) parts(
	ctx context.Context, p Place, body io.ReaderAt, d Digest, h Headers, c Condition,
) (Stored, error) {
	begin := &s3.CreateMultipartUploadInput{Bucket: &p.Bucket, Key: &p.Key}
	if s.conn.Platform.Has(awsclient.Checksums) {
		begin.ChecksumAlgorithm = types.ChecksumAlgorithmSha256
	}
	h.begin(begin)
	upload, err := s.CreateMultipartUpload(ctx, begin, p.at)
	if err != nil {
		return Stored{}, err
	}
	stored, err := s.complete(ctx, p, aws.ToString(upload.UploadId), body, d, c)
	if err == nil {
		stored.Headers = h
		return stored, nil
	}
	// What is not finished costs money until somebody gives it up, and the context may be dead.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.conn.Pace.Rescue)
	defer cancel()
	_, left := s.AbortMultipartUpload(ctx,
		&s3.AbortMultipartUploadInput{Bucket: &p.Bucket, Key: &p.Key, UploadId: upload.UploadId}, p.at)
	if left = awsclient.Absent(left); left != nil {
		err = fmt.Errorf("%w; its unfinished upload %s is left: %w", err, aws.ToString(upload.UploadId), left)
	}
	return Stored{}, err
}

// complete sends the parts of an upload, and ends it.
func (s Sender) complete(
	ctx context.Context, p Place, upload string, body io.ReaderAt, d Digest, c Condition,
) (Stored, error) {
	done := make([]types.CompletedPart, len(d.Parts))
	group, parts := errgroup.WithContext(ctx)
	group.SetLimit(partsAtOnce)
	for i := range d.Parts {
		group.Go(func() error {
			if err := parts.Err(); err != nil {
				return err
			}
			at, length, sum := d.part(i)
			number := aws.Int32(int32(i + 1))
			in := &s3.UploadPartInput{
				Bucket: &p.Bucket, Key: &p.Key, UploadId: &upload, PartNumber: number,
				Body: io.NewSectionReader(body, at, length), ContentLength: &length, ChecksumSHA256: s.checksum(sum),
			}
			return s.call(parts, func(ctx context.Context) error {
				out, err := s.UploadPart(ctx, in, p.at, signedAs(sum))
				if err != nil {
					return err
				}
				done[i] = types.CompletedPart{PartNumber: number, ETag: out.ETag, ChecksumSHA256: s.checksum(sum)}
				return nil
			})
		})
	}
	if err := group.Wait(); err != nil {
		return Stored{}, err
	}
	in := &s3.CompleteMultipartUploadInput{
		Bucket: &p.Bucket, Key: &p.Key, UploadId: &upload,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: done},
	}
	in.IfMatch, in.IfNoneMatch = c.headers()
	out, err := s.CompleteMultipartUpload(ctx, in, p.at)
	if err != nil {
		return Stored{}, err
	}
	return Stored{
		ETag: aws.ToString(out.ETag), VersionID: aws.ToString(out.VersionId), Size: d.Size, Checksum: d.Checksum(),
		Result: out.ResultMetadata,
	}, nil
}

// MaxCopy is how large an object can be that one call copies, in bytes.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
const MaxCopy = 5 << 30

// Copy copies an object of at most MaxCopy bytes within the store, if it is still the one of the ETag, and gives the
// copy these headers. It asks for no checksum, because S3 makes one of the source's kind, and VersityGW 1.8 makes that
// of no bytes where it is asked for one. A version is the id of one, or "" for the newest. The same place for both
// changes the headers.
func (s Sender) Copy(ctx context.Context, from Place, version, etag string, to Place, h Headers) (Stored, error) {
	in := copying(from, version, etag, to)
	h.copy(in)
	return s.copy(ctx, in, to, h)
}

// Clone is Copy, but that the copy has all headers of its source, those included that nobody here knows of. S3 copies
// neither class, encryption nor redirect with them: these are given, and the tags.
func (s Sender) Clone(ctx context.Context, from Place, version, etag string, to Place, h Headers) (Stored, error) {
	in := copying(from, version, etag, to)
	Headers{
		Redirect: h.Redirect, StorageClass: h.StorageClass, Algorithm: h.Algorithm, KMSKey: h.KMSKey, BucketKey: h.BucketKey,
		Tagging: h.Tagging,
	}.copy(in)
	in.MetadataDirective = types.MetadataDirectiveCopy
	return s.copy(ctx, in, to, h)
}

func copying(from Place, version, etag string, to Place) *s3.CopyObjectInput {
	source := Escaped(from.Bucket + "/" + from.Key)
	if version != "" {
		source += "?versionId=" + Escaped(version)
	}
	return &s3.CopyObjectInput{Bucket: &to.Bucket, Key: &to.Key, CopySource: &source, CopySourceIfMatch: OrNil(etag)}
}

func (s Sender) copy(ctx context.Context, in *s3.CopyObjectInput, to Place, h Headers) (Stored, error) {
	var out *s3.CopyObjectOutput
	err := s.call(ctx, func(ctx context.Context) (err error) {
		out, err = s.CopyObject(ctx, in, to.at)
		return err
	})
	if err != nil {
		return Stored{}, err
	}
	return Stored{
		ETag: aws.ToString(out.CopyObjectResult.ETag), VersionID: aws.ToString(out.VersionId), Headers: h,
		Checksum: aws.ToString(out.CopyObjectResult.ChecksumSHA256), Result: out.ResultMetadata,
	}, nil
}

// Head asks for an object. A version is the id of one, or "" for the newest. An object that is not there is a not-found
// error.
func (s Sender) Head(ctx context.Context, p Place, version string) (Stored, error) {
	in := &s3.HeadObjectInput{Bucket: &p.Bucket, Key: &p.Key, VersionId: OrNil(version)}
	if s.conn.Platform.Has(awsclient.Checksums) {
		in.ChecksumMode = types.ChecksumModeEnabled
	}
	var out *s3.HeadObjectOutput
	err := s.call(ctx, func(ctx context.Context) (err error) {
		out, err = s.HeadObject(ctx, in, p.at)
		return err
	})
	if err != nil {
		return Stored{}, err
	}
	return StoredOf(out), nil
}

// StoredOf is what the answer to HEAD says of an object.
func StoredOf(out *s3.HeadObjectOutput) Stored {
	return Stored{
		ETag: aws.ToString(out.ETag), VersionID: versionOf(out.VersionId), Size: aws.ToInt64(out.ContentLength),
		Checksum: checksumOf(out), Headers: headersOf(out), Tags: int(aws.ToInt32(out.TagCount)),
		Modified: aws.ToTime(out.LastModified),
	}
}

// versionOf is the id of a version. What was written while the bucket had none is "null".
func versionOf(id *string) string {
	if aws.ToString(id) == "null" {
		return ""
	}
	return aws.ToString(id)
}

// checksumOf is the SHA-256 that the store answers. A composite one without its number of parts cannot be told from
// that of the whole.
func checksumOf(out *s3.HeadObjectOutput) string {
	sum := aws.ToString(out.ChecksumSHA256)
	if out.ChecksumType == types.ChecksumTypeComposite && !strings.Contains(sum, "-") {
		return ""
	}
	return sum
}

// Delete deletes an object, or the version of the id. What is not there is no error.
func (s Sender) Delete(ctx context.Context, p Place, version string, c Condition) error {
	in := &s3.DeleteObjectInput{Bucket: &p.Bucket, Key: &p.Key, VersionId: OrNil(version), IfMatch: OrNil(c.IfMatch)}
	err := s.call(ctx, func(ctx context.Context) error {
		_, err := s.DeleteObject(ctx, in, p.at)
		return err
	})
	return awsclient.Absent(err)
}
