package directory

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// Reserved is the beginning of the keys of manifests.
const Reserved = content.Reserved

// Manifest is what a deployment put into a bucket. It is an object of the bucket, because it grows with the files, and
// says whose they are: what it does not name is not ours.
//
// It names files that no page may link to, and a bucket of a site is served. So nobody can guess its key.
type Manifest struct {
	Version int       `json:"version"`
	Prefix  string    `json:"prefix"`
	Source  string    `json:"source"` // name of the directory
	Made    time.Time `json:"made"`
	Write   string    `json:"write"`  // differs with every write, so that a write whose answer was lost is known again
	Digest  string    `json:"digest"` // of the tree that is published; "" while a deployment is under way
	Files   []*Entry  `json:"files"`  // by their keys

	// Invalidate are the paths of a distribution whose old content may be cached still.
	Invalidate []string `json:"invalidate,omitempty"`
}

// Entry is a file of a manifest.
type Entry struct {
	Key     string   `json:"k"`           // below the prefix
	ETag    string   `json:"e,omitempty"` // of what was put there; "" while it never was
	Content          // what was put there
	Pending *Content `json:"p,omitempty"` // what a deployment is putting there
	Retired int64    `json:"r,omitempty"` // since when the source has it no more, in seconds; 0 while it has
}

// Content is what an object holds.
type Content struct {
	Size    int64  `json:"s,omitempty"` // bytes
	Sum     string `json:"c,omitempty"` // SHA-256, as content.Digest.Checksum
	Headers string `json:"h,omitempty"` // digest of the headers
}

// contentOf is what a file of the source holds. It is made when the file is read: it is asked for again and again.
func contentOf(f *File) Content {
	if f.holds != (Content{}) {
		return f.holds
	}
	return Content{f.Digest.Size, f.Digest.Checksum(), headersDigest(*f.Headers)}
}

// headersDigest is the digest of the headers that everybody sees, and behind it that of all, if they differ.
func headersDigest(h content.Headers) string {
	digest, visible := h.Digest(), h.Visible().Digest()
	if digest != visible {
		visible += "." + digest
	}
	return visible
}

// manifestVersion is the version of the format that this code writes.
const manifestVersion = 1

// manifests is the beginning of the keys of all manifests.
const manifests = Reserved + "directory-"

// manifestsOf is the beginning of the keys of the manifests of a prefix.
func manifestsOf(prefix string) string {
	sum := sha256.Sum256([]byte(prefix))
	return manifests + hex.EncodeToString(sum[:8]) + "-"
}

// NewManifestKey is a key for the manifest of a prefix that nobody can guess.
func NewManifestKey(prefix string) string { return manifestsOf(prefix) + token() }

// token is 26 random letters and digits.
func token() string { return strings.ToLower(rand.Text()) }

// find returns the entry of a key.
func (m *Manifest) find(key string) (*Entry, bool) {
	if m == nil {
		return nil, false
	}
	i, ok := slices.BinarySearchFunc(m.Files, key, func(e *Entry, key string) int { return cmp.Compare(e.Key, key) })
	if !ok {
		return nil, false
	}
	return m.Files[i], true
}

// entries are those of a manifest; none of none.
func (m *Manifest) entries() []*Entry {
	if m == nil {
		return nil
	}
	return m.Files
}

// retired are the entries that the source has no more.
func (m *Manifest) retired() (all []*Entry) {
	for _, e := range m.entries() {
		if e.Retired != 0 {
			all = append(all, e)
		}
	}
	return all
}

// HasRetired reports whether files wait for their removal.
func (m *Manifest) HasRetired() bool { return len(m.retired()) > 0 }

// Size is the number of files that the source has, and their bytes.
func (m *Manifest) Size() (files int, bytes int64) {
	for _, e := range m.entries() {
		if e.Retired == 0 {
			files++
			bytes += e.Size
		}
	}
	return files, bytes
}

// clone is a copy whose entries can be changed.
func (m *Manifest) clone() *Manifest {
	out := *m
	out.Files = make([]*Entry, len(m.Files))
	for i, e := range m.Files {
		one := *e
		out.Files[i] = &one
	}
	out.Invalidate = slices.Clone(m.Invalidate)
	return &out
}

// encode is the manifest as its object holds it: JSON, compressed.
func (m *Manifest) encode() ([]byte, error) {
	var out bytes.Buffer
	pack := gzip.NewWriter(&out)
	if err := errors.Join(json.NewEncoder(pack).Encode(m), pack.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// maxManifest is how large a manifest can be, uncompressed, in bytes: some millions of files.
const maxManifest = 1 << 30

// decode reads what encode wrote.
func decode(from io.Reader) (*Manifest, error) {
	unpack, err := gzip.NewReader(from)
	if err != nil {
		return nil, fmt.Errorf("it is no manifest: %w", err)
	}
	var m Manifest
	if err := json.NewDecoder(io.LimitReader(unpack, maxManifest)).Decode(&m); err != nil {
		return nil, fmt.Errorf("it is no manifest: %w", err)
	}
	if m.Version != manifestVersion {
		return nil, fmt.Errorf("it is a manifest of version %d, and this provider knows version %d: use a newer one",
			m.Version, manifestVersion)
	}
	return &m, nil
}

// decodePrefix reads just the prefix of what encode wrote, which comes before the files.
func decodePrefix(from io.Reader) (string, error) {
	unpack, err := gzip.NewReader(from)
	if err != nil {
		return "", fmt.Errorf("it is no manifest: %w", err)
	}
	decoder := json.NewDecoder(io.LimitReader(unpack, maxManifest))
	for {
		token, err := decoder.Token()
		if err != nil {
			return "", fmt.Errorf("it is no manifest: %w", err)
		}
		if token != "prefix" {
			continue
		}
		var prefix string
		if err := decoder.Decode(&prefix); err != nil {
			return "", fmt.Errorf("it is no manifest: %w", err)
		}
		return prefix, nil
	}
}
