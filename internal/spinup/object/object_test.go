package object

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// sums are the SHA-256 of a text, as state and as S3 write it.
func sums(text string) (inHex, inBase64 string) {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:]), base64.StdEncoding.EncodeToString(sum[:])
}

// knowing is a spec that knows an object by its ETag.
func knowing(key, text, etag string) Spec {
	sum, _ := sums(text)
	return Spec{
		Place:   content.Place{Bucket: "b", Key: key},
		Content: Content{Text: []byte(text), SHA256: sum, Size: int64(len(text))},
		Known:   func(live string) bool { return live == etag },
	}
}

// from is an update.
func from(prior *Spec, want Spec) wish { return wish{Want: want, Prior: prior} }

// stored is an object that the store has.
func stored(text, etag string) *content.Stored {
	_, sum := sums(text)
	return &content.Stored{ETag: etag, Size: int64(len(text)), Checksum: sum}
}

func unsaid(s *content.Stored) *content.Stored {
	s.Checksum = ""
	return s
}

// TestStatus_IsWanted: what is there is what is wanted if this run stored it, if state knows it, or if its checksum says
// so; never because of its key.
func TestStatus_IsWanted(t *testing.T) {
	was := knowing("k", "one", "e1")
	other, moved := knowing("k", "two", "e1"), knowing("new", "one", "e1")
	create := wish{Want: was}
	keep, change, move := from(&was, was), from(&was, other), from(&was, moved)
	secret := was
	secret.Content = Content{Version: "1"}
	rotated := secret
	rotated.Content.Version = "2"
	copied := was
	copied.Content = Content{From: &From{"b", "k2", ""}}
	for _, tt := range []struct {
		name string
		w    wish
		o    Status
		want bool
	}{
		{"absent", keep, Status{}, false},
		{"create, of others", create, Status{Object: stored("theirs", "e9")}, false},
		{"create, same bytes", create, Status{Object: stored("one", "e9")}, true},
		{"create, unsaid", create, Status{Object: unsaid(stored("one", "e1"))}, false},
		{"create, stored here", create, Status{Object: unsaid(stored("one", "e2")), sent: stored("one", "e2")}, true},
		{"known", keep, Status{Object: unsaid(stored("one", "e1"))}, true},
		{"changed elsewhere", keep, Status{Object: unsaid(stored("one", "e2"))}, false},
		{"written again elsewhere", keep, Status{Object: stored("one", "e2")}, true},
		{"other content", change, Status{Object: unsaid(stored("one", "e1"))}, false},
		{"other content, there", change, Status{Object: stored("two", "e2")}, true},
		{"moved, of others", move, Status{Object: stored("theirs", "e9"), Former: stored("one", "e1")}, false},
		{"moved, the copy", move, Status{Object: unsaid(stored("one", "e1")), Former: unsaid(stored("one", "e1"))}, true},
		{"moved, nothing known", move, Status{Object: unsaid(stored("one", "e2")), Former: unsaid(stored("one", "e1"))}, false},
		{"moved, old one gone", move, Status{Object: unsaid(stored("one", "e1"))}, false},
		{"secret, same version", from(&secret, secret), Status{Object: stored("s", "e1")}, true},
		{"secret, other version", from(&secret, rotated), Status{Object: stored("s", "e1")}, false},
		{"copy, same source", from(&copied, copied), Status{Object: stored("c", "e1")}, true},
		{"copy, new", from(&was, copied), Status{Object: stored("one", "e1")}, false},
		{"copy, just made", from(&was, copied), Status{Object: stored("c", "e3"), sending: true, source: stored("c", "e4")}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.o.IsWanted(tt.w); got != tt.want {
				t.Errorf("IsWanted = %v", got)
			}
		})
	}
}

// TestWayOf: no bytes are sent where the store has them already.
func TestWayOf(t *testing.T) {
	was := knowing("k", "one", "e1")
	other, moved := knowing("k", "two", "e1"), knowing("new", "one", "e1")
	movedOther := knowing("new", "two", "e1")
	copied := moved
	copied.Content = Content{From: &From{"b", "k2", ""}}
	huge := stored("one", "e1")
	huge.Size = content.MaxCopy + 1
	secret := was
	secret.Content = Content{Text: []byte("one"), Version: "1"}
	archived := stored("one", "e1")
	archived.Headers.StorageClass = "DEEP_ARCHIVE"
	for name, tt := range map[string]struct {
		w    wish
		o    Status
		want way
	}{
		"headers in an archive":  {from(&was, was), Status{Object: archived}, uploading},
		"key in an archive":      {from(&was, moved), Status{Former: archived}, uploading},
		"secret in an archive":   {from(&secret, secret), Status{Object: archived}, retouching},
		"new":                    {wish{Want: was}, Status{}, uploading},
		"headers":                {from(&was, was), Status{Object: stored("one", "e1")}, retouching},
		"headers of a huge one":  {from(&was, was), Status{Object: huge}, uploading},
		"content":                {from(&was, other), Status{Object: stored("one", "e1")}, uploading},
		"key":                    {from(&was, moved), Status{Former: stored("one", "e1")}, moving},
		"key of a huge one":      {from(&was, moved), Status{Former: huge}, uploading},
		"key, changed elsewhere": {from(&was, moved), Status{Former: stored("theirs", "e9")}, uploading},
		"key, gone":              {from(&was, moved), Status{}, uploading},
		"key and content":        {from(&was, movedOther), Status{Former: stored("one", "e1")}, uploading},
		"copy":                   {wish{Want: copied}, Status{}, copying},
	} {
		if got := wayOf(tt.w, tt.o); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// TestClaim: under a new key stands an object of others, unless it is just the copy that was to be made.
func TestClaim(t *testing.T) {
	was, moved := knowing("k", "one", "e1"), knowing("new", "one", "e1")
	withLeft := was
	withLeft.Left = &Left{Key: "new", ETag: "e7"}
	at := func(s *content.Stored, seconds int64) *content.Stored {
		s.Modified = time.Unix(seconds, 0)
		return s
	}
	headers := at(stored("one", "e1"), 9)
	headers.Headers.CacheControl = "no-cache"
	for name, tt := range map[string]struct {
		prior Spec
		there *content.Stored
		ours  bool
	}{
		"nothing":       {was, nil, true},
		"of others":     {was, at(stored("theirs", "e9"), 9), false},
		"the copy":      {was, at(stored("one", "e1"), 9), true},
		"older":         {was, at(stored("one", "e1"), 1), false},
		"other headers": {was, headers, false},
		"remembered":    {withLeft, at(unsaid(stored("theirs", "e7")), 9), true},
		"changed since": {withLeft, at(unsaid(stored("theirs", "e8")), 9), false},
	} {
		o := Status{Object: tt.there, Former: at(stored("one", "e1"), 5)}
		err := (&object{conn: &awsclient.Conn{}}).claim(t.Context(), from(&tt.prior, moved), o)
		if errors.Is(err, reconcile.ErrForeign) == tt.ours {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDifferences(t *testing.T) {
	yes := true
	want := content.Headers{ContentType: "text/plain", Metadata: map[string]string{"a": "b"}}
	same := want
	same.StorageClass, same.Algorithm, same.KMSKey = "GLACIER", "aws:kms", "arn:aws:kms:us-east-1:123456789012:key/one" // not asked for
	for name, tt := range map[string]struct {
		want, have content.Headers
		differ     []string
	}{
		"same":             {want, same, nil},
		"not wanted":       {want, content.Headers{ContentType: "text/plain", CacheControl: "no-cache", Redirect: "/x", Metadata: want.Metadata}, []string{"cache_control", "website_redirect"}},
		"metadata":         {want, content.Headers{ContentType: "text/plain"}, []string{"metadata"}},
		"no metadata":      {content.Headers{Metadata: map[string]string{}}, content.Headers{}, nil},
		"class":            {content.Headers{StorageClass: "STANDARD_IA"}, content.Headers{StorageClass: "STANDARD"}, []string{"storage_class"}},
		"key by its id":    {content.Headers{KMSKey: "one"}, content.Headers{KMSKey: "arn:aws:kms:us-east-1:123456789012:key/one"}, nil},
		"key for a bucket": {content.Headers{BucketKey: &yes}, content.Headers{}, []string{"encryption"}},
	} {
		if diff := cmp.Diff(tt.differ, Differences(tt.want, tt.have)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSpec_tags(t *testing.T) {
	s := Spec{Tags: map[string]string{"a": "1"}, IgnoreTag: func(key string) bool { return strings.HasPrefix(key, "their:") }}
	live := map[string]string{"a": "0", "b": "2", "their:x": "y + z"}
	if diff := cmp.Diff(map[string]string{"a": "1", "their:x": "y + z"}, s.withOthers(live)); diff != "" {
		t.Errorf("withOthers (-want +got):\n%s", diff)
	}
	if got := query(s.withOthers(live)); got != "a=1&their%3Ax=y%20%2B%20z" {
		t.Errorf("query = %q", got)
	}
	if got := query(nil); got != "" {
		t.Errorf("query of none = %q", got)
	}
}

func TestMeasure(t *testing.T) {
	for _, size := range []int{0, 1, 511, 512, 513, content.PartSize, content.PartSize + 1, 2*content.PartSize + 7} {
		text := bytes.Repeat([]byte("ab"), size/2+1)[:size]
		m, err := Measure(bytes.NewReader(text), int64(size))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if m.SHA256 != hex.EncodeToString(sum[:]) || !bytes.Equal(m.Head, text[:min(size, 512)]) {
			t.Errorf("%d bytes: %s, head of %d", size, m.SHA256, len(m.Head))
		}
		if parts := max(1, (size+content.PartSize-1)/content.PartSize); len(m.Digest.Parts) != parts {
			t.Errorf("%d bytes: %d parts, want %d", size, len(m.Digest.Parts), parts)
		}
	}
	if _, err := MeasureFile(t.TempDir()); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("of a directory: %v", err)
	}
	if _, err := MeasureFile(os.DevNull); err == nil || !strings.Contains(err.Error(), "device") {
		t.Errorf("of a device: %v", err)
	}
	if _, err := MeasureFile(filepath.Join(t.TempDir(), "nothing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of nothing: %v", err)
	}
}

// TestVersions: only those of just this key, over several pages, the newest first, and no page is read in vain.
func TestVersions(t *testing.T) {
	at := func(minute int) *time.Time { return aws.Time(time.Unix(int64(minute)*60, 0)) }
	pages := []*s3.ListObjectVersionsOutput{
		{
			EncodingType: types.EncodingTypeUrl, IsTruncated: aws.Bool(true), NextKeyMarker: aws.String("a+b"), NextVersionIdMarker: aws.String("v2"),
			Versions: []types.ObjectVersion{
				{Key: aws.String("a+b"), VersionId: aws.String("v3"), LastModified: at(3)}, {Key: aws.String("a+b"), VersionId: aws.String("v2"), LastModified: at(2)},
			},
			DeleteMarkers: []types.DeleteMarkerEntry{{Key: aws.String("a+b"), VersionId: aws.String("d4"), LastModified: at(4), IsLatest: aws.Bool(true)}},
		},
		{
			EncodingType: types.EncodingTypeUrl, IsTruncated: aws.Bool(true), NextKeyMarker: aws.String("a+b2"),
			Versions: []types.ObjectVersion{
				{Key: aws.String("a+b"), VersionId: aws.String("v1"), LastModified: at(1)}, {Key: aws.String("a+b2"), VersionId: aws.String("x"), LastModified: at(9)},
			},
		},
	}
	var markers []string
	b := &object{}
	b.ListObjectVersions = func(_ context.Context, in *s3.ListObjectVersionsInput, _ ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
		markers = append(markers, aws.ToString(in.Prefix)+"|"+aws.ToString(in.KeyMarker)+"|"+aws.ToString(in.VersionIdMarker))
		return pages[len(markers)-1], nil
	}
	got, err := b.versions(t.Context(), content.Place{Bucket: "b", Key: "a b"})
	if diff := cmp.Diff([]string{"d4", "v3", "v2", "v1"}, got); diff != "" || err != nil {
		t.Errorf("versions (-want +got):\n%s%v", diff, err)
	}
	if diff := cmp.Diff([]string{"a b||", "a b|a b|v2"}, markers); diff != "" {
		t.Errorf("markers (-want +got):\n%s", diff)
	}
}

// TestByMD5: an ETag that is the MD5 of a content tells its SHA-256. Anything else tells nothing.
func TestByMD5(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hello")
	if err := os.WriteFile(path, []byte("Hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const sum = "66a045b452102c59d840ec097d59d9467e13a3f34f6494e539ffd32c1bb35f18"
	stored := content.Stored{Size: 6, ETag: `"09f7e02f1290be211da707a266f153b3"`}
	parts := content.Stored{Size: 6, ETag: `"09f7e02f1290be211da707a266f153b3-1"`}
	for name, test := range map[string]struct {
		c      Content
		stored content.Stored
		want   string
	}{
		"text":          {Content{Text: []byte("Hello\n")}, stored, sum},
		"file":          {Content{Path: path}, stored, sum},
		"other text":    {Content{Text: []byte("Hullo\n")}, stored, ""},
		"other size":    {Content{Text: []byte("Hello")}, stored, ""},
		"sent in parts": {Content{Path: path}, parts, ""},
		"no file":       {Content{Path: path + "2"}, stored, ""},
	} {
		if got := test.c.ByMD5(test.stored); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
