package lifecyclerule

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/document"
)

// Reads are the operations of a refresh: what `terraform plan` needs.
type Reads struct {
	GetBucketLifecycleConfiguration awsclient.S3Call[s3.GetBucketLifecycleConfigurationInput, s3.GetBucketLifecycleConfigurationOutput] `iam:"s3:GetLifecycleConfiguration" on:"bucket"`
}

// Writes are the operations that change something.
type Writes struct {
	PutBucketLifecycleConfiguration awsclient.S3Call[s3.PutBucketLifecycleConfigurationInput, s3.PutBucketLifecycleConfigurationOutput] `iam:"s3:PutLifecycleConfiguration" on:"bucket"`
	DeleteBucketLifecycle           awsclient.S3Call[s3.DeleteBucketLifecycleInput, s3.DeleteBucketLifecycleOutput]                     `iam:"s3:PutLifecycleConfiguration" on:"bucket"`
}

// API is every operation that a lifecycle configuration takes; the tags name the IAM action that allows it and what it
// is about.
type API struct {
	Reads
	Writes
}

// NewAPI takes the operations from the service client.
func NewAPI(c *awsclient.Conn) API {
	s3 := awsclient.S3(c)
	return API{
		Reads{s3.GetBucketLifecycleConfiguration},
		Writes{s3.PutBucketLifecycleConfiguration, s3.DeleteBucketLifecycle},
	}
}

// Writer changes the rules of a bucket's lifecycle configuration.
type Writer = document.Writer[Configuration, Element]

// NewWriter returns the writer of one bucket's configuration. Without a region, the provider's is tried first.
func NewWriter(conn *awsclient.Conn, bucket, region string) Writer {
	if region == "" {
		region = conn.Region
	}
	s := &store{NewAPI(conn), conn.Platform, bucket, region}
	return document.NewWriter[Configuration, Element](conn, bucket, document.Store[Configuration, Element]{
		Noun: "lifecycle configuration", Item: "rule", Read: s.read, Write: s.write, Delete: s.delete,
		Check: Configuration.check, Differ: Element.differences,
	})
}

// store reads and writes a whole configuration, as XML and not by the SDK's types, which drop what they do not know.
type store struct {
	API
	platform       awsclient.Platform
	bucket, region string
}

// at makes a call in the bucket's region, which S3 names if it is another one.
func (s *store) at(call func(...func(*s3.Options)) error, options ...func(*s3.Options)) error {
	once := func(region string) error {
		return call(append(options, func(o *s3.Options) { o.Region = region })...)
	}
	err := once(s.region)
	if elsewhere, ok := awsclient.Redirected(err); ok && elsewhere != s.region {
		s.region = elsewhere
		return once(elsewhere)
	}
	return err
}

func (s *store) read(ctx context.Context) (Configuration, error) {
	var text []byte
	var out *s3.GetBucketLifecycleConfigurationOutput
	err := s.at(func(options ...func(*s3.Options)) (err error) {
		out, err = s.GetBucketLifecycleConfiguration(ctx,
			&s3.GetBucketLifecycleConfigurationInput{Bucket: &s.bucket}, options...)
		return err
	}, s3.WithAPIOptions(answerInto(&text)))
	switch {
	case awsclient.IsNotFound(err) && !awsclient.IsNoBucket(err):
		return Configuration{}, nil
	case err != nil:
		return Configuration{}, err
	}
	return parse(text, string(out.TransitionDefaultMinimumObjectSize))
}

func (s *store) write(ctx context.Context, c Configuration) error {
	err := s.at(func(options ...func(*s3.Options)) error {
		_, err := s.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
			Bucket:                             &s.bucket,
			TransitionDefaultMinimumObjectSize: types.TransitionDefaultMinimumObjectSize(c.minimumSize),
		}, options...)
		return err
	}, s3.WithAPIOptions(bodyOf(c.text())))
	if old := c.legacy(); awsclient.IsInvalid(err) && len(old) > 0 {
		return fmt.Errorf("%w; the rules %s have a prefix in place of a filter, and S3 accepts no rule with a "+
			"filter beside them: rewrite them first", err, strings.Join(old, ", "))
	}
	if doubtful := c.doubtful(s.platform); awsclient.IsInvalid(err) && len(doubtful) > 0 {
		return fmt.Errorf("%w; the store may not have %s: leave that out", err, strings.Join(doubtful, " and "))
	}
	return err
}

func (s *store) delete(ctx context.Context) error {
	err := s.at(func(options ...func(*s3.Options)) error {
		_, err := s.DeleteBucketLifecycle(ctx, &s3.DeleteBucketLifecycleInput{Bucket: &s.bucket}, options...)
		return err
	})
	if awsclient.IsNotFound(err) && !awsclient.IsNoBucket(err) {
		return nil
	}
	return err
}

// answerInto stores the body of a response in text, beside what the SDK makes of it.
func answerInto(text *[]byte) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("SpinupKeepAnswer", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			answer, ok := out.RawResponse.(*smithyhttp.Response)
			if err != nil || !ok {
				return out, metadata, err
			}
			body, err := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			answer.Body = io.NopCloser(bytes.NewReader(body))
			*text = body
			return out, metadata, err
		}), middleware.After)
	}
}

// bodyOf sends text as the body of a request in place of the SDK's.
func bodyOf(text []byte) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Serialize.Add(middleware.SerializeMiddlewareFunc("SpinupBody", func(
			ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler,
		) (out middleware.SerializeOutput, metadata middleware.Metadata, err error) {
			request := in.Request.(*smithyhttp.Request)
			if in.Request, err = request.SetStream(bytes.NewReader(text)); err != nil {
				return out, metadata, err
			}
			in.Request.(*smithyhttp.Request).Header.Set("Content-Type", "application/xml")
			return next.HandleSerialize(ctx, in)
		}), middleware.After)
	}
}
