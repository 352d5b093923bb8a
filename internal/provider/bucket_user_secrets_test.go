package provider_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// tap stands between a bench's gateway and the emulator, and learns the secret of every key and the token of every
// session that is made, of those too that are never handed over.
type tap struct {
	mu      sync.Mutex
	secrets []string
}

var secretElement = regexp.MustCompile(`<(?:SecretAccessKey|SessionToken)>([^<]+)</`)

// tapped is the bench with a tap.
func tapped(t *testing.T, b *acctest.Bench) (*acctest.Bench, *tap) {
	t.Helper()
	target := acctest.Must(url.Parse(b.Endpoint))(t)
	heard := &tap{}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: heard.listen,
	})
	t.Cleanup(proxy.Close)
	g := acctest.Must(gateway.New(proxy.URL, gateway.Options{AccountID: b.AccountID}))(t)
	t.Cleanup(g.Close)
	bench := *b
	bench.Gateway = g
	return &bench, heard
}

func (h *tap) listen(answer *http.Response) error {
	body, err := io.ReadAll(answer.Body)
	answer.Body = io.NopCloser(bytes.NewReader(body))
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, match := range secretElement.FindAllSubmatch(body, -1) {
		h.secrets = append(h.secrets, string(match[1]))
	}
	return err
}

// all are the secrets of all keys so far, the newest last.
func (h *tap) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.secrets)
}

// leaks names the secrets that occur in the text, as they are or in one of the forms that text is brought into.
func (h *tap) leaks(text string) []string {
	var found []string
	for n, secret := range h.all() {
		for form, written := range map[string]string{
			"as it is": secret, "in base64": base64.StdEncoding.EncodeToString([]byte(secret)), "in a URL": url.QueryEscape(secret),
		} {
			if strings.Contains(text, written) {
				found = append(found, fmt.Sprintf("secret %d %s", n, form))
			}
		}
	}
	return found
}

// files are the contents of all files below a folder, those within archives among them: a plan file is one.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		name := strings.TrimPrefix(path, dir)
		found[name] = string(raw)
		archive, no := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if no != nil {
			return err
		}
		for _, member := range archive.File {
			content, err := member.Open()
			if err != nil {
				return err
			}
			text, err := io.ReadAll(content)
			if err = errors.Join(err, content.Close()); err != nil {
				return err
			}
			found[name+": "+member.Name] = string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// pair is an OpenPGP key, its public half armored.
func pair(t *testing.T) (public string, private openpgp.EntityList) {
	t.Helper()
	entity := acctest.Must(openpgp.NewEntity("Ann", "", "ann@example.edu", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA}))(t)
	return armored(t, openpgp.PublicKeyType, entity.Serialize), openpgp.EntityList{entity}
}

func armored(t *testing.T, kind string, write func(io.Writer) error) string {
	t.Helper()
	var text bytes.Buffer
	w := acctest.Must(armor.Encode(&text, kind, nil))(t)
	if err := errors.Join(write(w), w.Close()); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func decrypt(t *testing.T, keys openpgp.EntityList, message string) string {
	t.Helper()
	block := acctest.Must(armor.Decode(strings.NewReader(message)))(t)
	plain := acctest.Must(openpgp.ReadMessage(block.Body, keys, nil, nil))(t)
	return string(acctest.Must(io.ReadAll(plain.UnverifiedBody))(t))
}

// secretStore is a store, and how the one who may reads the secret from it.
type secretStore struct {
	config string
	read   func(t *testing.T, b *acctest.Bench, key map[string]any) string
	fails  string // the call whose failure undoes a rotation
}

func secretStores(t *testing.T) map[string]secretStore {
	public, private := pair(t)
	return map[string]secretStore{
		"pgp_key": {
			fmt.Sprintf("{ pgp_key = %q }", public),
			func(t *testing.T, _ *acctest.Bench, key map[string]any) string {
				message, _ := key["encrypted_secret"].(string)
				return decrypt(t, private, message)
			},
			"sts:GetCallerIdentity",
		},
		"ssm_parameter": {
			toParameter,
			func(t *testing.T, b *acctest.Bench, _ map[string]any) string {
				return acctest.Must(parameterOf(t.Context(), b))(t).Secret
			},
			"ssm:PutParameter",
		},
		"secretsmanager_secret": {
			toSecret,
			func(t *testing.T, b *acctest.Bench, _ map[string]any) string {
				return acctest.Must(secretOf(t.Context(), b))(t).Secret
			},
			"secretsmanager:PutSecretValue",
		},
		"state": {
			toState,
			func(_ *testing.T, _ *acctest.Bench, key map[string]any) string {
				secret, _ := key["secret"].(string)
				return secret
			},
			"iam:DeleteAccessKey",
		},
	}
}

// nowhere requires that no secret is in what was printed, in the log, which has to say something, or in a file of the
// folder: with inState, but those that hold the state.
func (heard *tap) nowhere(t *testing.T, dir, log string, printed []string, says string, inState bool) {
	t.Helper()
	for n, text := range printed {
		if leaks := heard.leaks(text); len(leaks) > 0 {
			t.Errorf("output %d has %v", n, leaks)
		}
	}
	trace := string(acctest.Must(os.ReadFile(log))(t))
	if leaks := heard.leaks(trace); len(leaks) > 0 {
		t.Errorf("the log has %v", leaks)
	}
	if !strings.Contains(trace, says) || !strings.Contains(trace, "[TRACE]") {
		t.Error("the log lacks what the provider says")
	}
	for file, text := range files(t, dir) {
		ofState := strings.Contains(file, "tfstate") || strings.HasSuffix(file, ".plan: tfplan")
		if leaks := heard.leaks(text); len(leaks) > 0 && !(inState && ofState) {
			t.Errorf("%s has %v", file, leaks)
		}
	}
}

// TestAccBucketUser_secrets makes keys, rotates them and fails to, with everything logged that can be. The secret is in
// its store and nowhere else: not in state, plan file, plan, error or log. With the store state it is in the state, and
// the copies of it that Terraform keeps, where it is marked sensitive.
func TestAccBucketUser_secrets(t *testing.T) {
	const reason = "what is kept and printed does not depend on the emulator"
	acctest.Only(t, emulator.Fakecloud, reason, func(t *testing.T, b *acctest.Bench) {
		for name, store := range secretStores(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b, heard := tapped(t, b.Fork(t))
				tf := b.Terraform(t)
				log := filepath.Join(t.TempDir(), "trace.log")
				tf.Setenv("TF_LOG", "TRACE")
				tf.Setenv("TF_LOG_PATH", log)
				printed := keepSecret(t, b, heard, tf, store)

				heard.nowhere(t, tf.Dir, log, printed, "operation=CreateAccessKey", name == "state")
			})
		}
	})
}

// keepSecret goes through a key's life and gives all that was printed.
func keepSecret(t *testing.T, b *acctest.Bench, heard *tap, tf *acctest.Terraform, store secretStore) (printed []string) {
	run := func(want int, args ...string) {
		t.Helper()
		out, code := tf.Run(args...)
		if code != want {
			t.Fatalf("%v: exit code %d\n%s", args, code, out)
		}
		printed = append(printed, out)
	}
	delivered := func(secrets int) {
		t.Helper()
		all := heard.all()
		if len(all) != secrets || store.read(t, b, keyOf(t, tf)) != all[len(all)-1] {
			t.Fatalf("the store does not hold the newest of %d secrets, want %d", len(all), secrets)
		}
	}
	tf.Write(b.Provider("max_retries = 0") + keyed(b, "overlap = \"0s\"\n    store = "+strings.ReplaceAll(store.config, "NAME", b.Name)))
	run(0, "plan", "-out", "first.plan")
	run(0, "apply", "first.plan")
	delivered(1)
	run(0, "plan", "-out", "second.plan", "-var", "rotation=1")
	remove := b.Gateway.Inject(gateway.Rule{Match: deliveringBy(store.fails), Fault: gateway.Answer(400, "ValidationException", "Not now.")})
	run(1, "apply", "second.plan")
	remove()
	tf.Setenv("TF_VAR_rotation", "2")
	run(0, "apply", "-auto-approve")
	delivered(3)
	run(0, "plan", "-out", "third.plan")
	run(0, "show")
	wantSensitive(t, tf)
	return printed
}

// deliveringBy matches the operation; the question to STS only where it is about the new key.
func deliveringBy(operation string) func(gateway.Call) bool {
	return func(c gateway.Call) bool {
		return c.Name() == operation && (c.Service != "sts" || c.AccessKey != "test")
	}
}

// wantSensitive requires that Terraform hides the secret, and nothing else of the user.
func wantSensitive(t *testing.T, tf *acctest.Terraform) {
	t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Address   string
					Sensitive map[string]any `json:"sensitive_values"`
				}
			} `json:"root_module"`
		}
	}
	if err := json.Unmarshal([]byte(tf.Must("show", "-json")), &state); err != nil {
		t.Fatal(err)
	}
	for _, r := range state.Values.RootModule.Resources {
		if r.Address != userAddress {
			continue
		}
		want := map[string]any{
			"access_key": map[string]any{"secret": true, "store": map[string]any{}}, "groups": []any{false}, "tags_all": map[string]any{},
		}
		if diff := cmp.Diff(want, r.Sensitive); diff != "" {
			t.Error("sensitive, -want +got:\n" + diff)
		}
		return
	}
	t.Error("no user is in state")
}
