package object

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// Measured is what a content is, before it is sent.
type Measured struct {
	Digest content.Digest
	SHA256 string // of the whole, in hex
	Head   []byte // its beginning, which may tell its type
}

// Measure reads a content of so many bytes.
func Measure(r io.ReaderAt, size int64) (m Measured, err error) {
	if size > content.MaxSize {
		return m, fmt.Errorf("it has %d bytes, and an object has at most %d", size, int64(content.MaxSize))
	}
	if m.Digest, err = content.Sum(r, size, content.PartSize); err != nil {
		return m, err
	}
	m.Head = make([]byte, min(size, content.HeadSize))
	if _, err := r.ReadAt(m.Head, 0); err != nil && !errors.Is(err, io.EOF) {
		return m, err
	}
	sum := m.Digest.Parts[0]
	if !m.Digest.Whole() {
		whole := sha256.New()
		if _, err := io.Copy(whole, io.NewSectionReader(r, 0, size)); err != nil {
			return m, err
		}
		sum = [sha256.Size]byte(whole.Sum(nil))
	}
	m.SHA256 = hex.EncodeToString(sum[:])
	return m, nil
}

// MeasureFile reads a file.
func MeasureFile(path string) (Measured, error) {
	file, size, err := open(path)
	if err != nil {
		return Measured{}, err
	}
	defer file.Close()
	m, err := Measure(file, size)
	if err != nil {
		return m, fmt.Errorf("the file %s cannot be read: %w", path, err)
	}
	return m, nil
}

// ByMD5 is the SHA-256 of a stored object, in hex, if its ETag is the MD5 of the content; "" if that cannot be said.
func (c Content) ByMD5(stored content.Stored) string {
	body, size := readCloser{bytes.NewReader(c.Text), nothing{}}, int64(len(c.Text))
	if c.Path != "" {
		file, length, err := open(c.Path)
		if err != nil {
			return ""
		}
		body, size = readCloser{file, file}, length
	}
	defer body.Close()
	if size != stored.Size {
		return ""
	}
	if same, err := content.IsMD5(io.NewSectionReader(body, 0, size), stored.ETag); err != nil || !same {
		return ""
	}
	m, err := Measure(body, size)
	if err != nil {
		return ""
	}
	return m.SHA256
}

// open opens a regular file.
func open(path string) (*os.File, int64, error) {
	info, err := os.Stat(path) // before it is opened: a pipe would wait for its other end
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s is no file, but a %s", path, kindOf(info.Mode()))
	}
	file, err := os.Open(path)
	return file, info.Size(), err
}

func kindOf(mode os.FileMode) string {
	if mode.IsDir() {
		return "directory"
	}
	return "device, pipe or socket"
}

// unchanged refuses a file that is another one than was planned. It keeps what it read for the write.
func (b *object) unchanged(c Content) error {
	m, err := MeasureFile(c.Path)
	if err != nil {
		return err
	}
	if m.SHA256 != c.SHA256 {
		return fmt.Errorf("the file %s changed since the plan was made: its SHA-256 was %s and is %s; plan again", c.Path,
			c.SHA256, m.SHA256)
	}
	b.measured = &m
	return nil
}

// reader gives the bytes of a content that is sent, and their digest. It must be closed.
func (b *object) reader(c Content) (body readCloser, d content.Digest, err error) {
	if c.Path == "" {
		text := bytes.NewReader(c.Text)
		m, err := Measure(text, text.Size())
		return readCloser{text, nothing{}}, m.Digest, err
	}
	if b.measured == nil {
		if err := b.unchanged(c); err != nil {
			return body, d, err
		}
	}
	file, _, err := open(c.Path)
	return readCloser{file, file}, b.measured.Digest, err
}

type readCloser struct {
	io.ReaderAt
	io.Closer
}

type nothing struct{}

// Close does nothing.
func (nothing) Close() error { return nil }
