package directory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/text/unicode/norm"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// Source is which files of a directory are published, and how.
type Source struct {
	Dir              string
	Include, Exclude content.Globs
	FollowSymlinks   bool
	AllowEmpty       bool
	Last             content.Globs
	PartSize         int64 // bytes
	Rules
}

// DefaultExclude are the patterns of files that nobody wants to publish.
func DefaultExclude() []string {
	return []string{".git/", ".terraform/", ".DS_Store", "Thumbs.db", "*.tfstate*", ".env*"}
}

// DefaultLast are the patterns of files that refer to others, and are sent after them.
func DefaultLast() []string {
	return []string{"*.html", "*.htm", "sw.js", "service-worker.js", "*.webmanifest", "manifest.json"}
}

// File is a file to publish.
type File struct {
	Key     string // below the prefix
	Path    string // on this machine
	Digest  content.Digest
	Headers *content.Headers // shared by the files that have the same
	Last    bool             // it is sent after those that are not

	changed time.Time // when it was last written, as far as the file system tells
	holds   Content   // see contentOf
}

// Tree is the files of a source, with the digests and headers with which they are to be published.
type Tree struct {
	Files   []File // by their keys
	Digest  string // of all keys, contents and headers
	Bytes   int64
	Similar []string // keys that differ by case only, in pairs
}

// find returns the file of a key.
func (t *Tree) find(key string) (*File, bool) {
	if t == nil {
		return nil, false
	}
	i, ok := slices.BinarySearchFunc(t.Files, key, func(f File, key string) int { return cmp.Compare(f.Key, key) })
	if !ok {
		return nil, false
	}
	return &t.Files[i], true
}

// covers reports whether a file is below the key as if that were a folder, or is a folder that the key is in.
func (t *Tree) covers(key string) bool {
	i, _ := slices.BinarySearchFunc(t.Files, key+"/", func(f File, key string) int { return cmp.Compare(f.Key, key) })
	if i < len(t.Files) && strings.HasPrefix(t.Files[i].Key, key+"/") {
		return true
	}
	for i, c := range key {
		if c != '/' {
			continue
		}
		if _, wanted := t.find(key[:i]); wanted {
			return true
		}
	}
	return false
}

// Scan reads the directory: every file of it once, as many at once as there are processors.
func Scan(ctx context.Context, s Source) (*Tree, error) {
	info, err := os.Stat(s.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no directory %s", s.Dir)
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is not a directory", s.Dir)
	}
	w := walk{source: s}
	if w.root, err = filepath.EvalSymlinks(s.Dir); err != nil {
		return nil, err
	}
	if err := w.dir(s.Dir, "", []string{w.root}); err != nil {
		return nil, err
	}
	if len(w.files) == 0 && !s.AllowEmpty {
		return nil, fmt.Errorf("%s has no file to publish; everything that was published would be removed. Set allow_empty "+
			"= true if that is meant", s.Dir)
	}
	t := &Tree{Files: w.files}
	slices.SortFunc(t.Files, func(a, b File) int { return cmp.Compare(a.Key, b.Key) })
	if err := t.compareNames(); err != nil {
		return nil, err
	}
	if err := t.read(ctx, s); err != nil {
		return nil, err
	}
	t.sum()
	return t, nil
}

// walk collects the files of a source.
type walk struct {
	source Source
	root   string // without symbolic links
	files  []File
}

// dir goes through one directory. Above are the directories that it is in, without symbolic links.
func (w *walk) dir(path, key string, above []string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := w.entry(filepath.Join(path, entry.Name()), key+entry.Name(), entry.Type(), above); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) entry(path, key string, kind fs.FileMode, above []string) error {
	switch {
	case kind.IsDir():
		if w.source.Exclude.Match(key + "/\x01") {
			return nil // nothing below it counts, whatever its name: it need not even be readable
		}
		return w.dir(path, key+"/", append(slices.Clip(above), filepath.Join(above[len(above)-1], filepath.Base(path))))
	case w.source.Exclude.Match(key) || len(w.source.Include) > 0 && !w.source.Include.Match(key) && kind.IsRegular():
		return nil
	case kind&fs.ModeSymlink != 0:
		return w.link(path, key, above)
	case !kind.IsRegular():
		return fmt.Errorf("%s is not a file but a %s: exclude it", path, special(kind))
	}
	if err := content.CheckKey(key); err != nil {
		return fmt.Errorf("%s cannot be published: %w", path, err)
	}
	if strings.HasPrefix(key, Reserved) {
		return fmt.Errorf("%s cannot be published: keys that begin with %s are the provider's own; exclude it", path,
			Reserved)
	}
	w.files = append(w.files, File{Key: key, Path: path, Last: w.source.Last.Match(key)})
	return nil
}

// link follows a symbolic link.
func (w *walk) link(path, key string, above []string) error {
	if !w.source.FollowSymlinks {
		return fmt.Errorf("%s is a symbolic link: set follow_symlinks = true to publish what it leads to, or exclude it",
			path)
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("%s is a symbolic link that leads nowhere: %w", path, err)
	}
	if inside, err := filepath.Rel(w.root, target); err != nil || !filepath.IsLocal(inside) {
		return fmt.Errorf("%s is a symbolic link out of the source, to %s: copy that into the source, or exclude the link",
			path, target)
	}
	if slices.Contains(above, target) {
		return fmt.Errorf("%s is a symbolic link to %s, which it is in: exclude it", path, target)
	}
	info, err := os.Stat(target)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return w.dir(target, key+"/", append(slices.Clip(above), target))
	}
	return w.entry(target, key, info.Mode().Type(), above)
}

func special(kind fs.FileMode) string {
	switch {
	case kind&fs.ModeNamedPipe != 0:
		return "named pipe"
	case kind&fs.ModeSocket != 0:
		return "socket"
	}
	return "device"
}

// compareNames refuses files that become one key on some machine, and notes those that differ by case only.
func (t *Tree) compareNames() error {
	normal, folded := map[string]string{}, map[string]string{}
	for _, f := range t.Files {
		name := norm.NFC.String(f.Key)
		if other, ok := normal[name]; ok {
			return fmt.Errorf("%q and %q look the same, and are different sequences of Unicode: rename or exclude one of them",
				other, f.Key)
		}
		normal[name] = f.Key
		name = strings.ToLower(name)
		if other, ok := folded[name]; ok {
			t.Similar = append(t.Similar, other+" and "+f.Key)
		}
		folded[name] = f.Key
	}
	return nil
}

// read takes the digests and decides the headers.
func (t *Tree) read(ctx context.Context, s Source) error {
	var shared sync.Map // of sent, by their digests
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(2, runtime.GOMAXPROCS(0)))
	for i := range t.Files {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			return t.Files[i].read(s, &shared)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, f := range t.Files {
		t.Bytes += f.Digest.Size
	}
	return nil
}

// sent are headers and their digest. Most files of a tree have one of a few.
type sent struct {
	headers content.Headers
	digest  string
}

// read takes the digest of a file, and decides its headers.
func (f *File) read(s Source, shared *sync.Map) error {
	file, err := os.Open(f.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() > content.MaxSize {
		return fmt.Errorf("%s has %d bytes, and an object at most %d: exclude it", f.Path, info.Size(),
			int64(content.MaxSize))
	}
	f.changed = info.ModTime()
	if f.Digest, err = content.Sum(file, info.Size(), s.PartSize); err != nil {
		return fmt.Errorf("%s changes while it is being read: %w", f.Path, err)
	}
	headers, err := s.headers(f.Key, file)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	digest := headersDigest(headers)
	one, _ := shared.LoadOrStore(digest, &sent{headers, digest})
	f.Headers = &one.(*sent).headers
	f.holds = Content{f.Digest.Size, f.Digest.Checksum(), one.(*sent).digest}
	return nil
}

// sum takes the digest of the whole.
func (t *Tree) sum() {
	hash := sha256.New()
	for i := range t.Files {
		holds := contentOf(&t.Files[i])
		fmt.Fprintf(hash, "%q %d %s %s\n", t.Files[i].Key, holds.Size, holds.Sum, holds.Headers)
	}
	t.Digest = "sha256:" + hex.EncodeToString(hash.Sum(nil))
}

// open opens a file to send it, and refuses one that was written since its digest was taken. What is written after
// that, the server refuses.
func (f *File) open() (*os.File, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", content.ErrChanged, err)
	}
	info, err := file.Stat()
	if err == nil && (info.Size() != f.Digest.Size || !info.ModTime().Equal(f.changed)) {
		err = content.ErrChanged
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
