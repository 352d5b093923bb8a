package acctest

import (
	"crypto/tls"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// certificate is one for 127.0.0.1 that only tests trust.
type certificate struct {
	pair tls.Certificate
	file string // with the certificate in PEM form
}

// newCertificate takes the certificate that Go's test server has.
func newCertificate(t *testing.T) *certificate {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return &certificate{pair: server.TLS.Certificates[0], file: file}
}
