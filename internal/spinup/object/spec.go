// Package object is the domain of spinup_object: one object of a bucket with its headers and tags, and the lists of a
// bucket's objects. It may import reconcile, awsclient and content; no Terraform types.
package object

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/url"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

type (
	composite = reconcile.Composite[Spec, Status]
	part      = reconcile.Part[Spec, Status]
	wish      = reconcile.Wish[Spec]
)

// Spec is what is wanted of an object, or what state remembers of it.
type Spec struct {
	content.Place

	Content        Content
	Headers        content.Headers // but for the tags
	Tags           map[string]string
	IgnoreTag      func(key string) bool // tags of other owners
	Overwrite      bool
	DeleteVersions bool
	Retain         bool

	Writing bool                   // this is an apply, so the content may have to be sent
	Known   func(etag string) bool // whether state knows the object by its ETag; nil for no knowledge
	Left    *Left                  // what a change of the key that failed has left
	ReadAll bool                   // also what nobody asked for, as far as the store has it
}

// Left is the copy that is left of a change of the key that failed.
type Left struct{ Key, ETag string }

// Content is what an object holds, in one of several forms.
type Content struct {
	Path    string // of a file
	Text    []byte // given as such; of a secret known in a write only
	Version string // of a secret text
	From    *From  // copied within the store

	SHA256 string // of the whole, in hex; "" of a secret, of a copy, and of what is not known
	Size   int64  // to SHA256
}

// From is the object that a content is copied from.
type From struct{ Bucket, Key, Version string }

// knows reports whether the ETag is that of the object in state.
func (s Spec) knows(etag string) bool { return s.Known != nil && s.Known(etag) }

// ignores reports whether the tag belongs to another owner.
func (s Spec) ignores(key string) bool { return s.IgnoreTag != nil && s.IgnoreTag(key) }

// OwnTags are the tags without those of other owners.
func (s Spec) OwnTags(all map[string]string) map[string]string {
	own := maps.Clone(all)
	maps.DeleteFunc(own, func(key, _ string) bool { return s.ignores(key) })
	return own
}

// withOthers are the wanted tags, and those of other owners among the live ones.
func (s Spec) withOthers(live map[string]string) map[string]string {
	all := map[string]string{}
	for key, value := range live {
		if s.ignores(key) {
			all[key] = value
		}
	}
	maps.Copy(all, s.Tags)
	return all
}

// query is a set of tags as a header has them.
func query(tags map[string]string) string {
	values := url.Values{}
	for key, value := range tags {
		values.Set(key, value)
	}
	return strings.ReplaceAll(values.Encode(), "+", "%20")
}

// Status is what was seen of an object; nil is absent.
type Status struct {
	Object *content.Stored
	Former *content.Stored   // under the key of before, while the key changes
	Left   *content.Stored   // the copy under a key that is not wanted any more
	Tags   map[string]string // of Object, those of others included; nil when not looked at
	Others map[string]string // tags of Former

	sending bool            // a write of this run was begun
	sent    *content.Stored // what this run stored
	source  *content.Stored // what this run copies
	digest  *content.Digest // of what this run sends
}

// moves reports whether the object is to get another key.
func moves(w wish) bool { return w.Prior != nil && w.Prior.Key != w.Want.Key }

// Changes reports whether another content is wanted than the one of before.
func Changes(w wish) bool {
	want, was := w.Want.Content, w.Before().Content
	switch {
	case w.Prior == nil:
		return true
	case want.From != nil:
		return was.From == nil || *was.From != *want.From
	case want.Version != "":
		return was.Version != want.Version
	}
	return want.SHA256 == "" || was.SHA256 != want.SHA256
}

// hasWanted reports whether the checksum of a stored object says that it has the wanted bytes.
func (o Status) hasWanted(w wish, stored *content.Stored) bool {
	want := w.Want.Content
	switch {
	case stored.Checksum == "":
		return false
	case o.digest != nil && stored.Size == o.digest.Size && stored.Checksum == o.digest.Checksum():
		return true
	}
	return want.SHA256 != "" && SHA256(*stored) == want.SHA256
}

// SHA256 is the digest of a stored object as a whole, in hex; "" if the store does not tell it.
func SHA256(stored content.Stored) string {
	sum, err := base64.StdEncoding.DecodeString(stored.Checksum)
	if err != nil || len(sum) != sha256.Size {
		return ""
	}
	return hex.EncodeToString(sum)
}

// IsWanted reports whether the object has the wanted content: this run stored it, it is the one that state knows, or
// its checksum says so.
func (o Status) IsWanted(w wish) bool {
	switch {
	case o.Object == nil:
		return false
	case o.sent != nil && o.sent.ETag == o.Object.ETag, o.hasWanted(w, o.Object):
		return true
	case o.sending && o.source != nil && sameBytes(o.Object, o.source):
		return true
	case Changes(w):
		return false
	case moves(w):
		return o.Former != nil && w.Prior.knows(o.Former.ETag) && sameBytes(o.Object, o.Former)
	}
	return w.Prior.knows(o.Object.ETag)
}

// sameBytes reports whether two stored objects are known to hold the same.
func sameBytes(a, b *content.Stored) bool {
	return a.Size == b.Size && (a.Checksum != "" && a.Checksum == b.Checksum || a.ETag != "" && a.ETag == b.ETag)
}

// Differences are the attributes of the headers in which an object is not as wanted. What is not wanted must not be
// there, but for what is the store's or a lifecycle rule's to decide.
func Differences(want, have content.Headers) []string {
	var names []string
	for _, header := range []struct {
		name, want, have string
		left             bool // alone, if it is not wanted
	}{
		{"content_type", want.ContentType, have.ContentType, true},
		{"cache_control", want.CacheControl, have.CacheControl, false},
		{"content_encoding", want.ContentEncoding, have.ContentEncoding, false},
		{"content_disposition", want.ContentDisposition, have.ContentDisposition, false},
		{"content_language", want.ContentLanguage, have.ContentLanguage, false},
		{"website_redirect", want.Redirect, have.Redirect, false},
		{"storage_class", want.StorageClass, have.StorageClass, true},
		{"encryption", want.Algorithm, have.Algorithm, true},
		{"encryption", KeyID(want.KMSKey), KeyID(have.KMSKey), true},
	} {
		if header.want != header.have && (header.want != "" || !header.left) {
			names = append(names, header.name)
		}
	}
	if want.BucketKey != nil && *want.BucketKey != (have.BucketKey != nil && *have.BucketKey) {
		names = append(names, "encryption")
	}
	if !maps.Equal(want.Metadata, have.Metadata) {
		names = append(names, "metadata")
	}
	return names
}

// KeyID is the id of a KMS key, which S3 answers with its ARN.
func KeyID(key string) string { return key[strings.LastIndex(key, "/")+1:] }
