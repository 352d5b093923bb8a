package directory

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// directory holds what the parts need to act.
type directory struct {
	API
	conn *awsclient.Conn
}

// DefaultConcurrency is how many calls run at once unless the configuration says otherwise.
const DefaultConcurrency = 64

// limiter bounds the calls of all directories of this process together that have the same bound.
func (d directory) limiter(s Spec) *awsclient.Limiter {
	most := d.atOnce(s)
	shared := d.conn.Shared(fmt.Sprintf("limiter of %d", most), func() any { return awsclient.NewLimiter(most) })
	return shared.(*awsclient.Limiter)
}

// sender writes objects within the bound on calls.
func (d directory) sender(s Spec) content.Sender { return content.NewSender(d.conn, d.limiter(s)) }

// place is where the object of a key below the prefix is.
func (s Spec) place(region, key string) content.Place {
	return content.Place{Bucket: s.Bucket, Region: region, Key: key}
}

// observe reads the manifest, and looks at what it and the tree name. A bucket that does not exist has nothing.
func (d directory) observe(ctx context.Context, w wish, o *Status) error {
	s := w.Want
	have := Status{Live: map[string]Object{}, Heads: map[string]content.Stored{}, Placeholders: map[string]bool{},
		Interrupted: map[string]bool{}, InvalidationID: o.InvalidationID, Awaited: o.Awaited}
	region, err := content.AtHome(ctx, d.conn, s.Bucket, func(ctx context.Context, region string) error {
		return d.observeManifest(ctx, region, w, &have)
	})
	if err == nil {
		err = d.observeFiles(ctx, region, s, &have)
	}
	if awsclient.IsNoBucket(err) {
		*o = Status{}
		return nil
	}
	if err == nil {
		*o = have
	}
	return err
}

// observeFiles looks at what the manifest and the tree name. Without a manifest, the list tells whether there is still
// a bucket: not every store says of an object in none that it is the bucket that does not exist.
func (d directory) observeFiles(ctx context.Context, region string, s Spec, o *Status) error {
	if s.Verify == VerifyNone && !o.Lost {
		o.trust()
		if err := d.askUnfinished(ctx, region, s, o); err != nil {
			return err
		}
	} else if err := d.list(ctx, region, s, o); err != nil {
		return err
	}
	return d.examine(ctx, region, s, o)
}

// askUnfinished asks for what a deployment was putting when it ended: the manifest cannot say whether that is there.
func (d directory) askUnfinished(ctx context.Context, region string, s Spec, o *Status) error {
	var keys []string
	for _, e := range o.Manifest.entries() {
		if e.Pending != nil {
			keys = append(keys, e.Key)
			delete(o.Live, e.Key)
		}
	}
	return d.heads(ctx, region, s, keys, func(key string, head content.Stored) {
		o.Live[key] = Object{head.ETag, head.Size}
	})
}

// trust takes what the manifest says for what is there.
func (o *Status) trust() {
	o.Live = map[string]Object{}
	for _, e := range o.Manifest.entries() {
		if e.ETag != "" {
			o.Live[e.Key] = Object{e.ETag, e.Size}
		}
	}
}

// observeManifest reads the manifest of state, or looks for those that others have made for the prefix.
func (d directory) observeManifest(ctx context.Context, region string, w wish, o *Status) error {
	s := w.Want
	if w.Prior == nil {
		others, err := d.manifests(ctx, region, s)
		if err != nil {
			return err
		}
		for _, key := range others {
			if key != s.ManifestKey {
				o.Others = append(o.Others, key)
			}
		}
	}
	if s.ManifestKey == "" {
		return nil
	}
	var err error
	o.Manifest, o.ETag, err = d.manifest(ctx, region, s)
	if awsclient.IsNotFound(err) && !awsclient.IsNoBucket(err) {
		o.Lost = w.Prior != nil
		return nil
	}
	return err
}

// manifests are the keys of the manifests for the prefix.
func (d directory) manifests(ctx context.Context, region string, s Spec) ([]string, error) {
	var keys []string
	err := d.eachPage(ctx, region, s.Bucket, manifestsOf(s.Prefix), func(page *s3.ListObjectsV2Output) bool {
		for _, object := range page.Contents {
			keys = append(keys, aws.ToString(object.Key))
		}
		return true
	})
	return keys, err
}

// manifest reads the manifest, and remembers it for the plan that comes after a refresh.
func (d directory) manifest(ctx context.Context, region string, s Spec) (*Manifest, string, error) {
	out, err := d.GetObject(ctx, &s3.GetObjectInput{Bucket: &s.Bucket, Key: &s.ManifestKey}, content.In(region))
	if err != nil {
		return nil, "", err
	}
	defer out.Body.Close()
	m, err := decode(out.Body)
	if err != nil {
		return nil, "", fmt.Errorf("object %s/%s: %w", s.Bucket, s.ManifestKey, err)
	}
	if m.Prefix != s.Prefix {
		return nil, "", fmt.Errorf("object %s/%s: it is the manifest of the prefix %q, not of %q",
			s.Bucket, s.ManifestKey, m.Prefix, s.Prefix)
	}
	etag := aws.ToString(out.ETag)
	d.remember(s, m, etag)
	return m, etag, nil
}

// remembered is the manifest that was read last.
type remembered struct {
	mu       sync.Mutex
	manifest *Manifest
	etag     string
}

func (d directory) memory(s Spec) *remembered {
	return d.conn.Shared("manifest "+s.Bucket+"/"+s.ManifestKey, func() any { return new(remembered) }).(*remembered)
}

func (d directory) remember(s Spec, m *Manifest, etag string) {
	r := d.memory(s)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.manifest, r.etag = m, etag
}

// eachPage lists the objects of a prefix until see returns false.
func (d directory) eachPage(
	ctx context.Context, region, bucket, prefix string, see func(*s3.ListObjectsV2Output) bool,
) error {
	ask := &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix}
	for {
		page, err := content.ListObjects(ctx, d.ListObjectsV2, ask, content.In(region))
		if err != nil {
			return err
		}
		if !see(page) || !aws.ToBool(page.IsTruncated) {
			return nil
		}
		ask.ContinuationToken = page.NextContinuationToken
	}
}

// Bounds of a listing: when most of what is below a prefix is of others, asking for each of our own is cheaper.
const (
	pageSize  = 1000 // objects, of S3
	fewPages  = 20
	foreignBy = 4
)

// list looks for the keys of the manifest and of the tree.
func (d directory) list(ctx context.Context, region string, s Spec, o *Status) error {
	ours := map[string]bool{}
	for _, e := range o.Manifest.entries() {
		ours[e.Key] = true
	}
	if s.Tree != nil {
		for _, f := range s.Tree.Files {
			ours[f.Key] = true
		}
	}
	if len(ours) == 0 && !o.Lost {
		return nil
	}
	pages, most := 0, max(fewPages, foreignBy*(len(ours)/pageSize+1))
	whole := true
	err := d.eachPage(ctx, region, s.Bucket, s.Prefix, func(page *s3.ListObjectsV2Output) bool {
		for _, object := range page.Contents {
			if key := aws.ToString(object.Key)[len(s.Prefix):]; ours[key] {
				o.Live[key] = Object{aws.ToString(object.ETag), aws.ToInt64(object.Size)}
			}
		}
		pages++
		if len(ours) == 0 {
			return false
		}
		whole = pages < most || !aws.ToBool(page.IsTruncated)
		return whole
	})
	if err != nil || whole {
		return err
	}
	var missing []string
	for key := range ours {
		if _, seen := o.Live[key]; !seen {
			missing = append(missing, key)
		}
	}
	return d.heads(ctx, region, s, missing, func(key string, head content.Stored) {
		o.Live[key] = Object{head.ETag, head.Size}
	})
}

// heads asks for objects, many at once. See is told of those that are there, one at a time.
func (d directory) heads(
	ctx context.Context, region string, s Spec, keys []string, see func(key string, head content.Stored),
) error {
	sender := d.sender(s)
	var mu sync.Mutex
	return d.each(ctx, s, len(keys), func(ctx context.Context, i int) error {
		head, err := sender.Head(ctx, s.place(region, s.Prefix+keys[i]), "")
		if err != nil {
			return awsclient.Absent(err)
		}
		mu.Lock()
		defer mu.Unlock()
		see(keys[i], head)
		return nil
	})
}

// each does n things, as many at once as calls may run. The first error ends it. A goroutine does one after the other,
// because the stack of a new one has to grow, in several steps, to what a call of the SDK needs.
func (d directory) each(ctx context.Context, s Spec, n int, do func(ctx context.Context, i int) error) error {
	group, within := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(n, d.atOnce(s)) {
		group.Go(func() error {
			for i := int(next.Add(1)) - 1; i < n && within.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(within, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

func (d directory) atOnce(s Spec) int {
	if s.Concurrency == 0 {
		return DefaultConcurrency
	}
	return s.Concurrency
}

// examine asks for the objects of which the list says too little: what a deployment was putting when it ended, what
// stands where a new file is to go, and with VerifyDeep everything of ours.
func (d directory) examine(ctx context.Context, region string, s Spec, o *Status) error {
	var doubtful []string
	for key, live := range o.Live {
		e, ours := o.Manifest.find(key)
		_, wanted := s.Tree.find(key)
		switch {
		case ours && (e.Pending != nil && live.ETag != e.ETag || s.Verify == VerifyDeep),
			!ours && wanted && !s.Overwrite:
			doubtful = append(doubtful, key)
		}
	}
	for _, e := range o.Manifest.entries() {
		if e.Pending != nil && strings.Contains(e.Pending.Sum, "-") {
			o.Interrupted[e.Key] = true
		}
	}
	err := d.heads(ctx, region, s, doubtful, func(key string, head content.Stored) { o.Heads[key] = head })
	if err != nil {
		return err
	}
	for key, head := range o.Heads {
		f, wanted := s.Tree.find(key)
		_, ours := o.Manifest.find(key)
		if wanted && head.Checksum == "" && f.Digest.Whole() && f.Digest.Size == head.Size {
			if head.Checksum, err = byETag(f, head.ETag); err != nil {
				return err
			}
			o.Heads[key] = head
		}
		if !ours && head.Tags > 0 {
			if o.Placeholders[key], err = d.isPlaceholder(ctx, region, s, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// byETag is the checksum of a file if the ETag is the MD5 of it, for a store that keeps no checksums.
func byETag(f *File, etag string) (string, error) {
	file, err := f.open()
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.Path, err)
	}
	defer file.Close()
	if same, err := content.IsMD5(file, etag); err != nil || !same {
		return "", err
	}
	return f.Digest.Checksum(), nil
}

// isPlaceholder reports whether the object is the page that a site puts into an empty bucket.
func (d directory) isPlaceholder(ctx context.Context, region string, s Spec, key string) (bool, error) {
	key = s.Prefix + key
	out, err := d.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &s.Bucket, Key: &key}, content.In(region))
	if err != nil {
		return false, awsclient.Absent(err)
	}
	return bucket.IsPlaceholder(out.TagSet), nil
}
