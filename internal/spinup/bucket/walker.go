package bucket

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// atOnce is how many calls about the contents of a bucket are made at once at most: deletions, and lists of parts of
// it. More of them have made a store give none of them an answer in time.
const atOnce = 64

// Lists of parts begin with a few at once, and become more as long as none takes much longer than the fastest did: S3
// lists as many at once as one likes, and a store on one machine takes longer for two than for one after the other.
const (
	fewLists = 8
	patience = 2 // times the fastest list
	growth   = 3 // more lists after each that was fast
)

// perPage is into how many parts the rest is cut for each page that was listed: a list of a part that is empty is a
// call for nothing, and a bucket that is not large gets few of them.
const perPage = 3

// apart is how many pages are between two places where keys are cut that differ in the same sign as those of a page. A
// part that is shorter than a page takes a list all the same.
const apart = 2

// walker lists the versions and delete markers of a bucket, in parts once there are many.
//
// S3 lists a thousand at a time, in the order of the keys, and the list can begin after any key. So the keys that are
// still to come are cut at places where they may branch, and each part is listed by itself. What one part lists depends
// on no other; a place that was guessed badly makes an empty part and nothing worse. What a list cannot promise is that
// every store finds its way from a key that it does not have: whoever needs all of them lists again, in one part.
type walker struct {
	bucket

	spec    Spec
	limiter *awsclient.Limiter
	do      func(page []types.ObjectIdentifier)
	group   *errgroup.Group

	mu      sync.Mutex
	free    int // how many more parts may be listed now
	later   int // how many more there may be if lists are as fast as ever
	fastest time.Duration
	pages   int
}

// keys are the keys after one of them up to another, which is the last. An empty one is no bound.
type keys struct{ after, last string }

// has reports whether the key is one of them.
func (k keys) has(key string) bool { return key > k.after && !k.before(key) }

// before reports whether the key comes after all of them.
func (k keys) before(key string) bool { return k.last != "" && key > k.last }

// eachPage gives all versions and delete markers to do, a page at a time and in up to as many parts at once. A page is
// done only after the next one of its part was listed, because its last version is the marker from which that goes on.
func (b bucket) eachPage(
	ctx context.Context, s Spec, limiter *awsclient.Limiter, parts int, do func(page []types.ObjectIdentifier),
) error {
	few := min(parts, fewLists)
	w := &walker{bucket: b, spec: s, limiter: limiter, do: do, free: few - 1, later: parts - few}
	w.group, ctx = errgroup.WithContext(ctx)
	w.group.Go(func() error { return w.part(ctx, keys{}) })
	return awsclient.Absent(w.group.Wait())
}

// part lists some keys.
func (w *walker) part(ctx context.Context, wanted keys) error {
	in := &s3.ListObjectVersionsInput{Bucket: &w.spec.Name, Prefix: content.OrNil(w.spec.Prefix)}
	if wanted.after != "" {
		in.KeyMarker = &wanted.after
	}
	var listed []types.ObjectIdentifier
	for {
		var page *s3.ListObjectVersionsOutput
		var took time.Duration
		err := w.limiter.Do(ctx, func(ctx context.Context) (err error) {
			began := time.Now()
			page, err = w.page(ctx, w.spec, in)
			took = time.Since(began)
			return err
		})
		if err != nil {
			return err
		}
		w.give(listed)
		listed = objects(page)
		first, last := ends(listed)
		listed = slices.DeleteFunc(listed, func(o types.ObjectIdentifier) bool { return !wanted.has(aws.ToString(o.Key)) })
		if !aws.ToBool(page.IsTruncated) || wanted.before(last) {
			w.give(listed)
			return nil
		}
		in.KeyMarker, in.VersionIdMarker = page.NextKeyMarker, page.NextVersionIdMarker
		if last > wanted.after { // else a store has begun too early
			wanted.last = w.share(ctx, took, first, last, wanted.last)
		}
	}
}

// give hands over a page that is done.
func (w *walker) give(page []types.ObjectIdentifier) {
	if len(page) > 0 {
		w.do(page)
	}
}

// ends are the first and the last key of a page, whatever the order of its entries.
func ends(page []types.ObjectIdentifier) (first, last string) {
	if len(page) == 0 {
		return "", ""
	}
	byKey := func(a, b types.ObjectIdentifier) int { return cmp.Compare(aws.ToString(a.Key), aws.ToString(b.Key)) }
	return aws.ToString(slices.MinFunc(page, byKey).Key), aws.ToString(slices.MaxFunc(page, byKey).Key)
}

// share has others list what comes after a page, as far as that is possible, and gives the last key that is left. Took
// is how long the list of the page took.
func (w *walker) share(ctx context.Context, took time.Duration, first, last, until string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages++
	if w.fastest == 0 || took < w.fastest {
		w.fastest = took
	}
	if took <= patience*w.fastest {
		more := min(growth, w.later)
		w.free, w.later = w.free+more, w.later-more
	}
	marks := places(first, last, until, min(w.free, perPage*w.pages))
	marks = slices.DeleteFunc(marks, func(mark string) bool { return !strings.HasPrefix(mark, w.spec.Prefix) })
	w.free -= len(marks)
	for i, mark := range marks {
		wanted := keys{after: mark, last: until}
		if i+1 < len(marks) {
			wanted.last = marks[i+1]
		}
		w.group.Go(func() error {
			defer w.done()
			return w.part(ctx, wanted)
		})
	}
	if len(marks) > 0 {
		return marks[0]
	}
	return until
}

// done makes room for another part.
func (w *walker) done() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.free++
}

// places are at most n strings, in ascending order, after the last key of a page and before until, at which the keys
// that follow may branch. Up to the place where the first and the last key of the page differ, each sign of the last
// key may be followed by a greater one; what branches after that fits on a page. How many signs of that place a page
// takes, its own keys tell.
func places(first, last, until string, n int) []string {
	same := 0
	for same < min(len(first), len(last)) && first[same] == last[same] {
		same++
	}
	var all []string
	for i := min(same, len(last)-1); i >= 0; i-- {
		step := 1
		if i == same && i < len(first) {
			step = max(step, apart*(int(last[i])-int(first[i])))
		}
		for _, sign := range greater(last[i:], step, i >= same-1) {
			place := last[:i] + string(rune(sign))
			if (until == "" || place < until) && utf8.ValidString(place) && inXML(place) {
				all = append(all, place)
			}
		}
	}
	return thinned(all, n)
}

// thinned leaves n of the strings, each in the middle of as many.
func thinned(all []string, n int) []string {
	if len(all) <= n {
		return all
	}
	var some []string
	for i := range n {
		some = append(some, all[(2*i+1)*len(all)/(2*n)])
	}
	return some
}

// greater are the signs that may follow in the place of the first one, every step-th. Digits count, so each of the
// greater ones may. Letters do so only close to the place where keys differ: elsewhere they spell a word. The sign
// after all of its kind comes last.
func greater(rest string, step int, close bool) []byte {
	var end byte
	switch sign := rest[0]; {
	case '0' <= sign && sign <= '9':
		end, close = '9', true
	case isHex(rest, 'A'):
		end = 'F'
	case isHex(rest, 'a'):
		end = 'f'
	case 'A' <= sign && sign <= 'Z':
		end = 'Z'
	case 'a' <= sign && sign <= 'z':
		end = 'z'
	case sign < utf8.RuneSelf-1:
		end = sign
	default:
		return nil
	}
	var all []byte
	for next := int(rest[0]) + step; close && next <= int(end); next += step {
		all = append(all, byte(next))
	}
	return append(all, end+1)
}

// isHex reports whether a text begins with a letter that is a hexadecimal digit, and goes on with such a digit: few
// words do. Of the letters of that case a is the first.
func isHex(text string, a byte) bool {
	if len(text) < 2 || text[0] < a || text[0] > a+5 {
		return false
	}
	next := text[1]
	return '0' <= next && next <= '9' || a <= next && next <= a+5
}
