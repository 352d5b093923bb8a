package awsclient_test

import (
	"strings"
	"testing"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func TestKeyAccepted(t *testing.T) {
	unknown := failQuery(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
	unsigned := failQuery(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
	accepted := sts(seen{Operation: "GetCallerIdentity"})
	for name, test := range map[string]struct {
		answers []answer // the last one again and again
		asked   int
		wrong   string // in the error, "" for none
	}{
		"at once":          {[]answer{accepted}, 1, ""},
		"later":            {[]answer{unknown, unsigned, unknown, accepted}, 4, ""},
		"known but denied": {[]answer{unknown, failQuery(403, "AccessDenied", "No.")}, 2, ""},
		"never":            {[]answer{unknown}, 0, "AWS to accept the new access key"},
		"another failure":  {[]answer{failQuery(400, "ValidationError", "What?")}, 1, "ValidationError"},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			server := serve(t, func(s seen) answer { return test.answers[min(s.Number, len(test.answers))-1] })
			pace := fast()
			if name == "never" {
				pace.Consistency = 50 * time.Millisecond
			}
			cfg := unasked(server.URL)
			cfg.MaxRetries = new(0)
			conn, err := awsclient.New(cfg, pace).Connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			err = awsclient.KeyAccepted(t.Context(), conn, "AKNEW", "new-secret")
			if (err != nil) != (test.wrong != "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("got %v, want %q", err, test.wrong)
			}
			if err != nil && strings.Contains(err.Error(), "new-secret") {
				t.Errorf("the error tells the secret: %v", err)
			}
			requests := server.requests()
			if test.asked > 0 && len(requests) != test.asked {
				t.Errorf("asked %d times, want %d", len(requests), test.asked)
			}
			for _, r := range requests {
				if r.Operation != "GetCallerIdentity" || !strings.Contains(r.Header.Get("Authorization"), "Credential=AKNEW/") {
					t.Errorf("%s with %s", r.Operation, r.Header.Get("Authorization"))
				}
			}
		})
	}
}

func TestKeyAccepted_withoutSTS(t *testing.T) {
	clean(t)
	server := serve(t, func(seen) answer { return answer{Status: 200} })
	cfg := unasked(server.URL)
	cfg.Platform = "minio"
	if err := awsclient.KeyAccepted(t.Context(), connect(t, cfg), "AKNEW", "new-secret"); err != nil {
		t.Error(err)
	}
	if asked := server.operations(); len(asked) > 0 {
		t.Errorf("asked %v", asked)
	}
}
