package emulator

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// completeMarker is the file written last into a folder of the cache: without it, the folder is half made.
const completeMarker = ".complete"

// cached returns the folder NAME of the user's cache, which make has filled once per machine. Processes that come
// while another fills it wait; what an interrupted one has left is thrown away first.
func cached(ctx context.Context, name string, opts Options, fill func(dir string) error) (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, "spinup-acctest", name)
	if complete(dir) {
		return dir, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(ctx, dir+".lock", opts)
	if err != nil {
		return "", err
	}
	defer unlock()
	if complete(dir) {
		return dir, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := fill(dir); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, completeMarker), nil, 0o644)
}

func complete(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, completeMarker))
	return err == nil
}

// lock waits until no other process holds the lock on the file. The file stays: deleting it would let two processes
// lock two files of the same name.
func lock(ctx context.Context, path string, opts Options) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for waited := false; ; waited = true {
		ok, err := tryLock(file)
		if ok {
			return func() { file.Close() }, nil
		}
		if err != nil {
			file.Close()
			return nil, err
		}
		if !waited {
			opts.say("waiting for another process that installs the same")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		}
	}
}
