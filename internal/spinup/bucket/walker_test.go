package bucket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// id tells one version or delete marker from all others.
type id struct{ key, version string }

// entry is one version or delete marker.
type entry struct {
	id

	marker bool
}

// heap is a bucket that holds entries and answers as S3 does. It refuses to delete anything twice, and to go on from a
// version that is gone.
type heap struct {
	page    int                                  // entries of a list, 1000 if 0
	latency func() time.Duration                 // nil: none
	deletes func(o types.ObjectIdentifier) error // what stands in the way of a deletion; nil: nothing
	lost    func(key string) (from int)          // where a list begins after a key that is not there; nil: as on S3

	mu      sync.Mutex
	entries []entry
	gone    []bool // by place
	places  map[id]int
	calls   map[string]int
	most    map[string]int // at once
	now     map[string]int
}

func newHeap(entries []entry) *heap {
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	h := &heap{
		entries: entries, gone: make([]bool, len(entries)), places: map[id]int{},
		calls: map[string]int{}, most: map[string]int{}, now: map[string]int{},
	}
	for i, e := range entries {
		h.places[e.id] = i
	}
	return h
}

// left are the entries that are not deleted.
func (h *heap) left() []id {
	var left []id
	for i, e := range h.entries {
		if !h.gone[i] {
			left = append(left, e.id)
		}
	}
	return left
}

// call counts a call, and lets it take its time.
func (h *heap) call(ctx context.Context, name string) (err error) {
	h.mu.Lock()
	h.calls[name]++
	h.now[name]++
	h.most[name] = max(h.most[name], h.now[name])
	var pause time.Duration
	if h.latency != nil {
		pause = h.latency()
	}
	h.mu.Unlock()
	if pause > 0 {
		err = awsclient.Wait(ctx, pause)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now[name]--
	return err
}

func (h *heap) bucket() bucket {
	b := bucket{conn: &awsclient.Conn{Platform: awsclient.Platforms()[0]}}
	b.conn.Pace.MinBackoff, b.conn.Pace.MaxBackoff = time.Millisecond, 20*time.Millisecond
	b.ListObjectVersions = func(
		ctx context.Context, in *s3.ListObjectVersionsInput, _ ...func(*s3.Options),
	) (*s3.ListObjectVersionsOutput, error) {
		if err := h.call(ctx, "list"); err != nil {
			return nil, err
		}
		return h.list(aws.ToString(in.KeyMarker), aws.ToString(in.VersionIdMarker))
	}
	b.ListMultipartUploads = func(
		ctx context.Context, _ *s3.ListMultipartUploadsInput, _ ...func(*s3.Options),
	) (*s3.ListMultipartUploadsOutput, error) {
		return &s3.ListMultipartUploadsOutput{}, h.call(ctx, "uploads")
	}
	b.DeleteObjects = func(
		ctx context.Context, in *s3.DeleteObjectsInput, _ ...func(*s3.Options),
	) (*s3.DeleteObjectsOutput, error) {
		if err := h.call(ctx, "batch"); err != nil {
			return nil, err
		}
		out := &s3.DeleteObjectsOutput{}
		for _, o := range in.Delete.Objects {
			err := h.remove(o)
			if refusal, ok := errors.AsType[*awsclient.CallError](err); ok {
				out.Errors = append(out.Errors, types.Error{Key: o.Key, VersionId: o.VersionId, Code: &refusal.Code})
			} else if err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	b.DeleteBucket = func(
		ctx context.Context, _ *s3.DeleteBucketInput, _ ...func(*s3.Options),
	) (*s3.DeleteBucketOutput, error) {
		if err := h.call(ctx, "bucket"); err != nil {
			return nil, err
		}
		if len(h.left()) > 0 {
			return nil, &awsclient.CallError{Code: "BucketNotEmpty"}
		}
		return &s3.DeleteBucketOutput{}, nil
	}
	b.DeleteObject = func(
		ctx context.Context, in *s3.DeleteObjectInput, _ ...func(*s3.Options),
	) (*s3.DeleteObjectOutput, error) {
		if err := h.call(ctx, "single"); err != nil {
			return nil, err
		}
		return &s3.DeleteObjectOutput{}, h.remove(types.ObjectIdentifier{Key: in.Key, VersionId: in.VersionId})
	}
	return b
}

// list is a page of the entries after a key, or after a version of it.
func (h *heap) list(key, version string) (*s3.ListObjectVersionsOutput, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	begin, known := h.places[id{key, version}]
	switch {
	case version == "" && h.lost != nil && key != "" && !slices.ContainsFunc(h.entries, func(e entry) bool { return e.key == key }):
		begin = h.lost(key)
	case version == "":
		begin, _ = slices.BinarySearchFunc(h.entries, key, func(e entry, key string) int { return cmp.Or(cmp.Compare(e.key, key), -1) })
	case !known || h.gone[begin] && h.lost == nil:
		return nil, fmt.Errorf("cannot go on from version %s of %q, which is not there", version, key)
	default:
		begin++
	}
	out := &s3.ListObjectVersionsOutput{EncodingType: types.EncodingTypeUrl, IsTruncated: aws.Bool(false)}
	listed := 0
	for i, e := range h.entries[begin:] {
		if h.gone[begin+i] {
			continue
		}
		if listed == cmp.Or(h.page, 1000) {
			out.IsTruncated = aws.Bool(true)
			break
		}
		listed++
		coded, version := url.QueryEscape(e.key), e.version
		if e.marker {
			out.DeleteMarkers = append(out.DeleteMarkers, types.DeleteMarkerEntry{Key: &coded, VersionId: &version})
		} else {
			out.Versions = append(out.Versions, types.ObjectVersion{Key: &coded, VersionId: &version})
		}
		out.NextKeyMarker, out.NextVersionIdMarker = aws.String(coded), &version
	}
	return out, nil
}

// remove deletes an entry.
func (h *heap) remove(o types.ObjectIdentifier) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.deletes != nil {
		if err := h.deletes(o); err != nil {
			return err
		}
	}
	i, known := h.places[id{*o.Key, *o.VersionId}]
	if !known || h.gone[i] {
		return fmt.Errorf("version %s of %q is not there", *o.VersionId, *o.Key)
	}
	h.gone[i] = true
	return nil
}

// anything is a bucket of any content, whose calls take any time.
func anything(rt *rapid.T) *heap {
	signs := rapid.SliceOfNDistinct(rapid.RuneFrom([]rune("0189:aAbfzZ{/-.~_ \n\x01é\ufffe日")), 1, 5, rapid.ID).Draw(rt, "signs")
	name := rapid.StringOfN(rapid.RuneFrom(signs), 1, 8, -1)
	prefix := rapid.SampledFrom([]string{"", "data/", "2024/05/0", "\xff"}).Draw(rt, "prefix")
	var entries []entry
	for i, key := range rapid.SliceOfNDistinct(name, 0, 60, rapid.ID).Draw(rt, "keys") {
		for version := range rapid.IntRange(1, 4).Draw(rt, "versions") {
			entries = append(entries, entry{id{prefix + key, fmt.Sprint(i, "-", version)}, rapid.Bool().Draw(rt, "marker")})
		}
	}
	h := newHeap(entries)
	h.page = rapid.IntRange(1, 7).Draw(rt, "page")
	seed := rapid.Uint64().Draw(rt, "seed")
	chance := rand.New(rand.NewPCG(seed, seed))
	h.latency = func() time.Duration { return time.Duration(chance.IntN(30)) * time.Millisecond }
	return h
}

// TestEachPage lists buckets of any content in parts, as many at once as may be: everything once, and nothing twice.
func TestEachPage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h, parts := anything(rt), rapid.IntRange(1, 20).Draw(rt, "parts")
		var mu sync.Mutex
		times := map[id]int{}
		var err error
		synctest.Test(t, func(t *testing.T) {
			limiter := awsclient.NewLimiter(100)
			err = h.bucket().eachPage(t.Context(), Spec{Name: "data"}, limiter, parts, func(page []types.ObjectIdentifier) {
				mu.Lock()
				defer mu.Unlock()
				for _, o := range page {
					times[id{*o.Key, *o.VersionId}]++
				}
			})
		})
		want := map[id]int{}
		for _, e := range h.entries {
			want[e.id] = 1
		}
		if diff := gocmp.Diff(want, times, gocmp.AllowUnexported(id{})); diff != "" || err != nil || h.most["list"] > parts {
			rt.Fatalf("%v; %d at once; times that each was listed (-want +got):\n%s", err, h.most["list"], diff)
		}
	})
}

// TestEmpty_anything empties buckets of any content: nothing is forgotten, nothing is deleted twice.
func TestEmpty_anything(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := anything(rt)
		var err error
		synctest.Test(t, func(t *testing.T) {
			err = h.bucket().destroy(t.Context(), Spec{Name: "data", ForceDestroy: true}, &Status{})
		})
		if err != nil || len(h.left()) > 0 {
			rt.Fatalf("%v; left: %v", err, h.left())
		}
	})
}

// many is a bucket of a hundred pages, by the pattern of its keys. The pages have a hundred entries and not a thousand,
// for the sake of those who wait for the test. A call takes 20 milliseconds.
func many(pattern func(i int) string) *heap {
	var all []entry
	for i := range 10_000 {
		all = append(all, entry{id: id{pattern(i), fmt.Sprint(i)}})
	}
	h := newHeap(all)
	h.page, h.latency = 100, func() time.Duration { return 20 * time.Millisecond }
	return h
}

// TestEmpty_speed empties buckets of a hundred pages. One call after the other takes four seconds, and this a twentieth of
// that: one to four calls more or less, by the order in which answers come.
func TestEmpty_speed(t *testing.T) {
	const fast, slow = 240 * time.Millisecond, 2100 * time.Millisecond
	hash := func(i int) uint64 { return rand.New(rand.NewPCG(1, uint64(i))).Uint64() }
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		pattern func(i int) string
		within  time.Duration
	}{
		"numbered":     {func(i int) string { return fmt.Sprintf("data/obj-%06d", i) }, fast},
		"not padded":   {func(i int) string { return fmt.Sprintf("photos/IMG_%d.jpg", i) }, fast},
		"hashes":       {func(i int) string { return fmt.Sprintf("%016x", hash(i)) }, fast},
		"hashes below": {func(i int) string { return fmt.Sprintf("cache/%016x.bin", hash(i)) }, fast},
		"letters":      {func(i int) string { return letters(hash(i)) }, fast},
		"in folders":   {func(i int) string { return fmt.Sprintf("%c%c/%05d", 'a'+i%26, 'a'+i/26%26, i) }, fast},
		"versions":     {func(i int) string { return fmt.Sprintf("state/%03d", i/50) }, fast},
		"by time": {func(i int) string {
			return day.Add(time.Duration(i) * time.Hour / 2).Format("log/2006/01/02/15-04.gz")
		}, fast},
		"of one key": {func(int) string { return "terraform.tfstate" }, slow}, // no place where a part could begin
	} {
		t.Run(name, func(t *testing.T) {
			h := many(test.pattern)
			took := h.emptied(t, atOnce)
			t.Logf("%v, calls %v, at once %v", took, h.calls, h.most)
			if took > test.within || len(h.left()) > 0 {
				t.Errorf("took %v, %d are left", took, len(h.left()))
			}
		})
	}
	h := many(func(i int) string { return fmt.Sprint(i) })
	if took := h.emptied(t, 1); took < 4*time.Second {
		t.Errorf("one after the other: %v", took)
	}
}

// emptied empties the bucket with so many calls at once, and says how long that took.
func (h *heap) emptied(t *testing.T, calls int) (took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := h.bucket().emptier(Spec{Name: "data"})
		e.limiter = awsclient.NewLimiter(calls)
		began := time.Now()
		if err := e.empty(t.Context(), calls); err != nil {
			t.Error(err)
		}
		took = time.Since(began)
	})
	return took
}

// letters is a number in the signs of an alphabet of 62.
func letters(number uint64) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	var b strings.Builder
	for ; number > 0; number /= uint64(len(alphabet)) {
		b.WriteByte(alphabet[number%uint64(len(alphabet))])
	}
	return b.String()
}

// TestEmpty_lostInKeys: a store that does not find its way from a key that it does not have makes calls for nothing, and
// no more than that.
func TestEmpty_lostInKeys(t *testing.T) {
	const held = 3000
	for name, from := range map[string]int{"begins anew": 0, "gives nothing": held, "begins somewhere": held / 2} {
		var entries []entry
		for i := range held {
			entries = append(entries, entry{id: id{fmt.Sprintf("%05d", 3*i), "1"}})
		}
		h := newHeap(entries)
		h.page, h.lost = 50, func(string) int { return from }
		synctest.Test(t, func(t *testing.T) {
			if err := h.bucket().destroy(t.Context(), Spec{Name: "data", ForceDestroy: true}, &Status{}); err != nil || len(h.left()) > 0 {
				t.Errorf("a store that %s: %v; %d are left; calls: %v", name, err, len(h.left()), h.calls)
			}
		})
	}
}

// TestPlaces: where a list may be cut, by the first and the last key of a page, the last key of the part, and how many.
func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		first, last, until string
		n                  int
		want               []string
	}{
		{"a/107", "a/116", "", 99, []string{
			"a/13", "a/15", "a/17", "a/19", "a/1:", // a page takes one sign of this place
			"a/2", "a/3", "a/4", "a/5", "a/6", "a/7", "a/8", "a/9", "a/:", "a0", "{",
		}},
		{"a/107", "a/116", "a/14", 99, []string{"a/13"}},
		{"a/107", "a/116", "a/2", 3, []string{"a/13", "a/17", "a/1:"}},
		{"f/5a91", "f/5c02", "f/6", 99, []string{"f/5g"}},
		{"f/5a91", "f/5b02", "f/6", 99, []string{"f/5d", "f/5f", "f/5g"}}, // hexadecimal, unlike the next ones
		{"f/5aw9", "f/5bx0", "f/5p", 99, []string{"f/5d", "f/5f", "f/5h", "f/5j", "f/5l", "f/5n"}},
		{"a/107", "a/116", "", 0, nil},
		{"ab", "ay", "", 99, append([]string{"a{"}, strings.Split("bcdefghijklmnopqrstuvwxyz{", "")...)},
		{"key", "key", "", 99, []string{"kez", "ke{", "k{", "{"}},
		{"", "", "", 99, nil},
		{"é", "日", "", 99, nil},
		{"a\x08", "a\x08\xff", "", 99, []string{"a\t", "{"}},
	} {
		got := places(test.first, test.last, test.until, test.n)
		if diff := gocmp.Diff(test.want, got); diff != "" || !slices.IsSorted(got) {
			t.Errorf("%q to %q (-want +got):\n%s", test.first, test.last, diff)
		}
	}
}

// TestEmpty_singly deletes keys that XML cannot carry many at once.
func TestEmpty_singly(t *testing.T) {
	var entries []entry
	for i := range 1000 {
		entries = append(entries, entry{id: id{fmt.Sprintf("bell\a%d", i), "1"}})
	}
	h := newHeap(entries)
	h.latency = func() time.Duration { return 20 * time.Millisecond }
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if err := h.bucket().destroy(t.Context(), Spec{Name: "data", ForceDestroy: true}, &Status{}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 700*time.Millisecond || len(h.left()) > 0 || h.calls["single"] != 1000 {
			t.Errorf("took %v, %d are left, calls: %v", took, len(h.left()), h.calls)
		}
	})
}

// TestEmpty_busy deletes again what S3 was too busy for, and gives up if that does not end.
func TestEmpty_busy(t *testing.T) {
	for name, patience := range map[string]int{"at first": 3, "always": 1000} {
		synctest.Test(t, func(t *testing.T) {
			h := newHeap([]entry{{id: id{"a", "1"}}, {id: id{"b", "1"}}, {id: id{"c", "1"}}})
			refused := 0
			h.deletes = func(o types.ObjectIdentifier) error {
				if *o.Key == "b" && refused < patience {
					refused++
					return &awsclient.CallError{Code: "SlowDown"}
				}
				return nil
			}
			err := h.bucket().destroy(t.Context(), Spec{Name: "data", ForceDestroy: true}, &Status{})
			want := []id(nil)
			if patience > busyTries {
				want = []id{{"b", "1"}}
			}
			if awsclient.IsBusy(err) != (want != nil) || err != nil && want == nil {
				t.Errorf("%s: %v", name, err)
			}
			if diff := gocmp.Diff(want, h.left(), gocmp.AllowUnexported(id{})); diff != "" {
				t.Errorf("%s: left (-want +got):\n%s", name, diff)
			}
		})
	}
}

// TestEmpty_error: an error ends everything and names the object.
func TestEmpty_error(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := many(func(i int) string { return fmt.Sprintf("%05d", i) })
		h.deletes = func(o types.ObjectIdentifier) error {
			if *o.Key == "03141" {
				return &awsclient.CallError{Code: "AccessDenied"}
			}
			return nil
		}
		err := h.bucket().destroy(t.Context(), Spec{Name: "data", ForceDestroy: true}, &Status{})
		if !awsclient.IsAccessDenied(err) || !strings.Contains(err.Error(), "on object data/03141: AccessDenied") {
			t.Errorf("got %v", err)
		}
		before := maps.Clone(h.calls)
		synctest.Wait()
		if diff := gocmp.Diff(before, h.calls); diff != "" || len(h.left()) < 100 {
			t.Errorf("%d are left; calls after the end:\n%s", len(h.left()), diff)
		}
	})
}
