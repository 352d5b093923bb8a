package bucket

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// S3 answers DeleteObjects with 200 and one error per object. Emulators refuse the whole call instead.
func TestDeleteBatchDenied(t *testing.T) {
	var b bucket
	b.DeleteObjects = func(context.Context, *s3.DeleteObjectsInput, ...func(*s3.Options)) (*s3.DeleteObjectsOutput, error) {
		return &s3.DeleteObjectsOutput{Errors: []types.Error{{
			Key: aws.String("a/b"), VersionId: aws.String("v1"), Code: aws.String("AccessDenied"), Message: aws.String("No."),
		}}}, nil
	}
	err := b.emptier(Spec{Name: "data"}).remove(t.Context(), make([]types.ObjectIdentifier, 3))
	const want = "1 of 3 objects could not be deleted, the first of them in version v1: " +
		"s3 DeleteObjects on object data/a/b: AccessDenied: No."
	if !awsclient.IsAccessDenied(err) || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// TestDeleteBatchGone: for an object that somebody else has deleted, a store may say that there is none. That is no
// error, and hides none: what else could not be deleted is told, or tried again.
func TestDeleteBatchGone(t *testing.T) {
	for _, row := range []struct{ code, want string }{
		{"AccessDenied", "1 of 2 objects could not be deleted, the first of them in version v2: " +
			"s3 DeleteObjects on object data/b: AccessDenied"},
		{"SlowDown", ""},
	} {
		var b bucket
		b.conn = &awsclient.Conn{Pace: awsclient.Pace{}}
		var asked []int
		b.DeleteObjects = func(
			_ context.Context, in *s3.DeleteObjectsInput, _ ...func(*s3.Options),
		) (*s3.DeleteObjectsOutput, error) {
			if asked = append(asked, len(in.Delete.Objects)); len(asked) > 1 {
				return &s3.DeleteObjectsOutput{}, nil
			}
			return &s3.DeleteObjectsOutput{Errors: []types.Error{
				{Key: aws.String("a"), VersionId: aws.String("v1"), Code: aws.String("NoSuchVersion")},
				{Key: aws.String("b"), VersionId: aws.String("v2"), Code: aws.String(row.code)},
			}}, nil
		}
		e := b.emptier(Spec{Name: "data"})
		err := e.remove(t.Context(), []types.ObjectIdentifier{{Key: aws.String("a")}, {Key: aws.String("b")}})
		switch {
		case row.want != "":
			if err == nil || !strings.HasPrefix(err.Error(), row.want) {
				t.Errorf("%s: got %v", row.code, err)
			}
		case err != nil || !slices.Equal(asked, []int{2, 1}) || e.deleted.Load() != 2:
			t.Errorf("%s: got %v after calls about %d objects, %d deleted", row.code, err, asked, e.deleted.Load())
		}
	}
}

// listing is a bucket that holds these keys, in the encoding of URLs, and records what is deleted.
func listing(deleted *[]string, tags []types.Tag, keys ...string) (b bucket) {
	b.conn = &awsclient.Conn{Platform: awsclient.Platforms()[0]}
	page := &s3.ListObjectVersionsOutput{EncodingType: types.EncodingTypeUrl}
	for _, key := range keys {
		page.Versions = append(page.Versions, types.ObjectVersion{Key: aws.String(key), VersionId: aws.String("v")})
	}
	b.ListObjectVersions = func(
		_ context.Context, in *s3.ListObjectVersionsInput, _ ...func(*s3.Options),
	) (*s3.ListObjectVersionsOutput, error) {
		if in.EncodingType != types.EncodingTypeUrl {
			return nil, errors.New("the answer is not XML")
		}
		return page, nil
	}
	b.ListMultipartUploads = func(
		context.Context, *s3.ListMultipartUploadsInput, ...func(*s3.Options),
	) (*s3.ListMultipartUploadsOutput, error) {
		return &s3.ListMultipartUploadsOutput{
			EncodingType: types.EncodingTypeUrl, Uploads: []types.MultipartUpload{{Key: aws.String("up%0A+1"), UploadId: aws.String("i")}},
		}, nil
	}
	var mu sync.Mutex
	record := func(call string, key *string) {
		mu.Lock()
		defer mu.Unlock()
		*deleted = append(*deleted, call+" "+*key)
	}
	b.AbortMultipartUpload = func(
		_ context.Context, in *s3.AbortMultipartUploadInput, _ ...func(*s3.Options),
	) (*s3.AbortMultipartUploadOutput, error) {
		record("abort", in.Key)
		return nil, nil
	}
	b.DeleteObjects = func(
		_ context.Context, in *s3.DeleteObjectsInput, _ ...func(*s3.Options),
	) (*s3.DeleteObjectsOutput, error) {
		for _, o := range in.Delete.Objects {
			record("batch", o.Key)
		}
		return &s3.DeleteObjectsOutput{}, nil
	}
	b.DeleteObject = func(
		_ context.Context, in *s3.DeleteObjectInput, _ ...func(*s3.Options),
	) (*s3.DeleteObjectOutput, error) {
		record("single", in.Key)
		return nil, nil
	}
	b.GetObjectTagging = func(
		context.Context, *s3.GetObjectTaggingInput, ...func(*s3.Options),
	) (*s3.GetObjectTaggingOutput, error) {
		return &s3.GetObjectTaggingOutput{TagSet: tags}, nil
	}
	return b
}

// TestEmpty_keys: keys of every byte are listed and deleted, those that XML cannot carry one by one.
func TestEmpty_keys(t *testing.T) {
	var deleted []string
	b := listing(&deleted, nil, "plain", "a%10b", "line%0D", "no%EF%BF%BE", "e+f%2Bg", "bad%FF", "tab%09")
	if err := b.clear(t.Context(), Spec{Name: "data", ForceDestroy: true}, atOnce); err != nil {
		t.Fatal(err)
	}
	slices.Sort(deleted)
	want := []string{
		"abort up\n 1", "batch e f+g", "batch plain", "batch tab\t",
		"single a\x10b", "single bad\xff", "single line\r", "single no\ufffe",
	}
	if diff := cmp.Diff(want, deleted); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
}

// TestClear: without force_destroy nothing is deleted but a placeholder that is alone.
func TestClear(t *testing.T) {
	mark := []types.Tag{{Key: aws.String(PlaceholderTag), Value: aws.String("1")}}
	for name, test := range map[string]struct {
		placeholder string
		tags        []types.Tag
		keys        []string
		want        []string
	}{
		"no placeholder":   {"", mark, []string{"index.html"}, nil},
		"nothing":          {"index.html", mark, nil, nil},
		"alone":            {"index.html", mark, []string{"index.html"}, []string{"batch index.html"}},
		"replaced":         {"index.html", nil, []string{"index.html"}, nil},
		"something beside": {"index.html", mark, []string{"index.html", "photo.jpg"}, nil},
	} {
		var deleted []string
		b := listing(&deleted, test.tags, test.keys...)
		if err := b.clear(t.Context(), Spec{Name: "data", Placeholder: test.placeholder}, atOnce); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, deleted); diff != "" {
			t.Errorf("%s: deleted (-want +got):\n%s", name, diff)
		}
	}
}
