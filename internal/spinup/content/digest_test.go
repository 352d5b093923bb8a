package content

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "body")
		part := rapid.Int64Range(1, 400).Draw(t, "part")
		d, err := Sum(bytes.NewReader(body), int64(len(body)), part)
		if err != nil {
			t.Fatal(err)
		}
		var parts [][]byte
		for rest := body; len(parts) == 0 || len(rest) > 0; {
			n := min(int(part), len(rest))
			parts, rest = append(parts, rest[:n]), rest[n:]
		}
		if len(d.Parts) != len(parts) {
			t.Fatalf("%d parts of %d bytes in parts of %d, not %d", len(d.Parts), len(body), part, len(parts))
		}
		for i, want := range parts {
			at, length, sum := d.part(i)
			if !bytes.Equal(body[at:at+length], want) || sum != sha256.Sum256(want) {
				t.Errorf("part %d is not %q", i, want)
			}
		}
		if whole := sha256.Sum256(body); d.Whole() && d.Checksum() != base64.StdEncoding.EncodeToString(whole[:]) {
			t.Errorf("the checksum of the whole is %s", d.Checksum())
		}
	})
}

func TestSum_otherSize(t *testing.T) {
	for size, want := range map[int64]string{4: "more than 4 bytes", 6: "ends after 5 of 6 bytes"} {
		if _, err := Sum(strings.NewReader("abcde"), size, 3); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("5 bytes as %d: %v", size, err)
		}
	}
}

func TestPartSize(t *testing.T) {
	for size, want := range map[int64]int64{0: 16 << 20, 160 << 30: 32 << 20, MaxSize: 1 << 30} {
		if got := partSize(size, 16<<20); got != want || (size+got-1)/got > maxParts {
			t.Errorf("parts of %d bytes for %d, not %d", got, size, want)
		}
	}
}

func TestEscaped(t *testing.T) {
	const key = "b/a b+%?#\u200e/ü.txt"
	if got, want := Escaped(key), "b/a%20b%2B%25%3F%23%E2%80%8E/%C3%BC.txt"; got != want {
		t.Errorf("%s is %s", key, got)
	}
}

func TestHeaders_digest(t *testing.T) {
	want := Headers{ContentType: "text/html", Algorithm: "aws:kms", KMSKey: "k1", Metadata: map[string]string{"a": "b"}}
	have := want
	have.KMSKey, have.CacheControl = "arn:aws:kms:us-east-1:000000000000:key/k1", "no-cache"
	have.ContentType, have.Metadata = "text/plain", nil
	if other := want; want.Digest() != other.Digest() || want.Digest() == have.Digest() {
		t.Error("digests do not tell headers apart")
	}
}
