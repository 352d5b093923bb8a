// Package directory publishes the files of a directory to a bucket. What it put there it names in a manifest, an object
// of the bucket, so state stays small, and nothing of others is touched. It may import content, website,
// awsclient, the engine and the AWS SDK.
package directory

import (
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// Ways to look whether the bucket still has what was put there.
const (
	VerifyList = "list" // list the objects, and compare their ETags
	VerifyDeep = "deep" // ask for each object, and compare its checksum and headers too
	VerifyNone = "none" // trust the manifest
)

// Spec is what is wanted: the files of a tree below a prefix of a bucket. What state remembers has no tree.
type Spec struct {
	Bucket, Prefix string
	ManifestKey    string    // "" while a new one is planned
	Digest         string    // of the tree; of what state remembers, "drifted" if the bucket has something else
	Tree           *Tree     // nil for what state remembers
	SourceName     string    // last element of the path of the source
	Seen           string    // ETag of the manifest that the plan was made from; "" if there was none
	At             time.Time // by which removals are due, as the refresh saw it; zero if none is
	Now            time.Time

	Keep           Keep
	Last           content.Globs
	Overwrite      bool
	Verify         string
	DeleteVersions bool
	Retain         bool // a destroy leaves the files
	Concurrency    int
	Folders        bool // the store cannot have an object a and an object a/b at the same time
	Invalidate     *Invalidate
}

// Keep is how long files stay that the source has no more: what a page that is still open may ask for.
type Keep struct {
	For         time.Duration
	Match       content.Globs // other files go at once
	AllButPages bool          // in place of Match
}

// pages are the files that a reader asks for by their names, and that must not be shown when they are gone.
func pages() content.Globs { return content.Globs{"*.html", "*.htm"} }

// of is how long a file stays.
func (k Keep) of(key string) time.Duration {
	if k.AllButPages && !pages().Match(key) || k.Match.Match(key) {
		return k.For
	}
	return 0
}

// Invalidate is the distribution whose caches hold the files.
type Invalidate struct {
	DistributionID string
	MaxPaths       int
	Wait           bool
}

// Object is what the list of a bucket says of an object.
type Object struct {
	ETag string
	Size int64
}

// Status is what was seen.
type Status struct {
	Manifest *Manifest // nil: there is none
	ETag     string    // of the manifest
	Lost     bool      // state knows a manifest, and the bucket has none of its key
	Others   []string  // keys of other manifests for the same prefix

	// Live are the objects at the keys of the manifest and of the tree.
	Live map[string]Object
	// Heads are the objects that were asked for, because a list says too little of them.
	Heads map[string]content.Stored
	// Interrupted are the keys at which a deployment that ended was sending something in parts.
	Interrupted map[string]bool
	// Placeholders are the keys of pages that a site puts into an empty bucket, to be replaced.
	Placeholders map[string]bool

	InvalidationID string // of the one that was made
	Awaited        string // distribution of the invalidation that is waited for
}

// Digest is that of the tree that was published; "" while a deployment is under way, and without a manifest.
func (o Status) Digest() string {
	if o.Manifest == nil {
		return ""
	}
	return o.Manifest.Digest
}

type (
	part = reconcile.Part[Spec, Status]
	wish = reconcile.Wish[Spec]
)
