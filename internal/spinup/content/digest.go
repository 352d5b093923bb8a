package content

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"sync"
)

// Limits of a multipart upload. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const (
	MinPartSize = 5 << 20   // bytes
	MaxPartSize = 5 << 30   // bytes
	MaxSize     = 5 << 40   // bytes, of an object
	PartSize    = 16 << 20  // bytes, of a part if nobody says otherwise
	maxParts    = 10_000    // of an upload
	buffer      = 128 << 10 // bytes, for reading a file
)

// Digest is what bytes are, before they are sent: the SHA-256 of each part in which they will be. What is not larger
// than one part is sent as a whole, and its digest is its SHA-256.
type Digest struct {
	Size     int64
	PartSize int64
	Parts    [][sha256.Size]byte
}

// partSize is the size of the parts of so many bytes: the wanted one, and larger where there would be too many parts.
func partSize(size, wanted int64) int64 {
	for wanted*maxParts < size {
		wanted *= 2
	}
	return wanted
}

var buffers = sync.Pool{New: func() any { return new([buffer]byte) }}

// Sum reads size bytes of r and returns their digest. It is an error if there are fewer or more of them.
func Sum(r io.ReaderAt, size, wantedPart int64) (Digest, error) {
	d := Digest{Size: size, PartSize: partSize(size, wantedPart)}
	buf := buffers.Get().(*[buffer]byte)
	defer buffers.Put(buf)
	for at := int64(0); at == 0 || at < size; at += d.PartSize {
		hash := sha256.New()
		length := min(d.PartSize, size-at)
		// Behind the limit, so that the reader's own ReadFrom or WriteTo does not bypass the buffer.
		n, err := io.CopyBuffer(hash, struct{ io.Reader }{io.NewSectionReader(r, at, length)}, buf[:])
		if err != nil {
			return Digest{}, err
		}
		if n < length {
			return Digest{}, fmt.Errorf("it ends after %d of %d bytes", at+n, size)
		}
		d.Parts = append(d.Parts, [sha256.Size]byte(hash.Sum(nil)))
	}
	if n, _ := r.ReadAt(buf[:1], size); n > 0 {
		return Digest{}, fmt.Errorf("it has more than %d bytes", size)
	}
	return d, nil
}

// Whole reports whether the bytes are sent in one request.
func (d Digest) Whole() bool { return len(d.Parts) == 1 }

// sum is the SHA-256 of the whole, or of the digests of its parts.
func (d Digest) sum() [sha256.Size]byte {
	if d.Whole() {
		return d.Parts[0]
	}
	hash := sha256.New()
	for _, part := range d.Parts {
		hash.Write(part[:])
	}
	return [sha256.Size]byte(hash.Sum(nil))
}

// Checksum is the digest as S3 answers it: in base64, with the number of parts behind it if there are several.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
func (d Digest) Checksum() string {
	sum := d.sum()
	text := base64.StdEncoding.EncodeToString(sum[:])
	if d.Whole() {
		return text
	}
	return text + "-" + strconv.Itoa(len(d.Parts))
}

// IsMD5 reports whether the ETag of a stored object is the MD5 of the bytes. It is no MD5 of what was sent in parts, or
// is encrypted with a key.
func IsMD5(r io.Reader, etag string) (bool, error) {
	hash := md5.New()
	if _, err := io.Copy(hash, r); err != nil {
		return false, err
	}
	return etag == `"`+hex.EncodeToString(hash.Sum(nil))+`"`, nil
}

// part is where the i-th part is, and its digest.
func (d Digest) part(i int) (at, length int64, sum [sha256.Size]byte) {
	at = int64(i) * d.PartSize
	return at, min(d.PartSize, d.Size-at), d.Parts[i]
}

func hexOf(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:]) }

func base64Of(sum [sha256.Size]byte) string { return base64.StdEncoding.EncodeToString(sum[:]) }
