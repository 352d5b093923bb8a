package main

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// random gives the same numbers in every run.
func random() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{}) }

// makeSite makes the files of a generated site, 15 kB on average: pages in folders, scripts and styles whose names
// change with their content, images, and what a browser looks for at a fixed name.
func makeSite(dir string, n int) error {
	source := random()
	r := rand.New(source)
	for i := range n {
		size := 1000 + int(59_000*math.Pow(r.Float64(), 3.2))
		name := fmt.Sprintf("docs/chapter-%02d/page-%04d/index.html", i%40, i)
		switch {
		case i == 0:
			name = "index.html"
		case i == 1:
			name = "site.webmanifest"
		case i%5 == 1:
			name = fmt.Sprintf("assets/chunk-%04d.%08x.js", i, r.Uint32())
		case i%5 == 2:
			name = fmt.Sprintf("img/2024/photo-%04d.webp", i)
		case i%5 == 3 && i%2 == 0:
			name = fmt.Sprintf("assets/theme-%04d.%08x.css", i, r.Uint32())
		}
		if err := makeFile(filepath.Join(dir, filepath.FromSlash(name)), source, int64(size)); err != nil {
			return err
		}
	}
	return nil
}

// makeTiny makes files of 605 bytes on average.
func makeTiny(dir string, n int) error {
	source := random()
	r := rand.New(source)
	for i := range n {
		name := filepath.Join(dir, fmt.Sprintf("part-%03d", i/200), fmt.Sprintf("item-%05d.json", i))
		if err := makeFile(name, source, int64(10+r.IntN(1191))); err != nil {
			return err
		}
	}
	return nil
}

// makeFile makes a file of bytes that nothing can compress.
func makeFile(path string, from io.Reader, size int64) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<20)
	_, err = io.CopyN(out, from, size)
	return errors.Join(err, out.Flush(), file.Close())
}

// hash reads all files below a folder and takes their SHA-256 and does nothing else: the least that a plan has to do.
func hash(dir string) error {
	buffer := make([]byte, 128<<10)
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		sum := sha256.New()
		_, err = io.CopyBuffer(sum, struct{ io.Reader }{file}, buffer)
		return errors.Join(err, file.Close())
	})
}

// sizeOf counts the files below a folder and their bytes.
func sizeOf(dir string) (files int, bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		files, bytes = files+1, bytes+info.Size()
		return err
	})
	return files, bytes, err
}
