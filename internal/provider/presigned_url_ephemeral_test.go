package provider_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// follow makes the request that a signed URL is for, with a plain client, and gives status and body of the answer.
func follow(t *testing.T, opened map[string]any, body string, without ...string) (status int, answer string) {
	t.Helper()
	text := func(name string) string { value, _ := opened[name].(string); return value }
	request := acctest.Must(http.NewRequestWithContext(t.Context(), text("method"), text("url"), strings.NewReader(body)))(t)
	for name, value := range opened["signed_headers"].(map[string]any) {
		if name != "host" {
			request.Header.Set(name, value.(string))
		}
	}
	for _, name := range without {
		request.Header.Del(name)
	}
	response := acctest.Must(http.DefaultClient.Do(request))(t)
	defer response.Body.Close()
	return response.StatusCode, string(acctest.Must(io.ReadAll(response.Body))(t))
}

// urls is one ephemeral URL for each of the keys, by its number.
func urls(b *acctest.Bench, keys []string, lines ...string) string {
	var all strings.Builder
	for i, key := range keys {
		block := lentBlock(b, "presigned_url", append([]string{fmt.Sprintf("key = %q", key)}, lines...)...)
		all.WriteString(strings.Replace(block, `"test"`, fmt.Sprintf(`"n%d"`, i), 1))
	}
	return all.String()
}

// TestAccPresignedURL_basic reads and writes objects by URLs alone.
func TestAccPresignedURL_basic(t *testing.T) { acctest.Each(t, usesURLs) }

// TestAccPresignedURL_stores does the same on stores.
func TestAccPresignedURL_stores(t *testing.T) {
	acctest.Stores(t, usesURLs, emulator.VersityGW, emulator.MinIO)
}

func usesURLs(t *testing.T, b *acctest.Bench) {
	clearBucket(t, b, false)
	keys := []string{"a", "docs/a b+c%41ü'(1)&=?#~.txt"}
	checks := b.Kind.IsStore() // emulators take a signed URL for what it is not for
	tf := b.Played(t)
	opened := func(method string, lines ...string) []map[string]any {
		t.Helper()
		tf.Write(b.Provider() + urls(b, keys, append(lines, fmt.Sprintf("method = %q", method))...))
		tf.Must("plan")
		var all []map[string]any
		for i := range keys {
			all = append(all, tf.Opened(fmt.Sprintf("ephemeral.spinup_presigned_url.n%d", i)))
		}
		return all
	}
	for i, put := range opened("PUT", `content_type = "text/x-lent"`, `expires_in = "15m"`) {
		if status, _ := follow(t, put, "other", "content-type"); checks && status < http.StatusBadRequest {
			t.Errorf("PUT of %s as something else: %d", keys[i], status)
		}
		if status, body := follow(t, put, keys[i]); status != http.StatusOK {
			t.Errorf("PUT of %s: %d %s", keys[i], status, body)
		}
		out := acctest.Must(b.S3().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &b.Name, Key: &keys[i]}))(t)
		same(t, "type of "+keys[i], "text/x-lent", *out.ContentType)
	}
	for i, get := range opened("GET") {
		if status, body := follow(t, get, ""); status != http.StatusOK || body != keys[i] {
			t.Errorf("GET of %s: %d %s", keys[i], status, body)
		}
		get["method"] = "PUT"
		if status, _ := follow(t, get, "other"); checks && status != http.StatusForbidden {
			t.Errorf("PUT with the URL to read %s: %d", keys[i], status)
		}
		if address, _ := get["url"].(string); strings.Contains(address, "checksum") {
			t.Errorf("the URL asks for checksums: %s", address)
		}
	}
	for i, head := range opened("HEAD") {
		if status, _ := follow(t, head, ""); status != http.StatusOK {
			t.Errorf("HEAD of %s: %d", keys[i], status)
		}
	}
}
