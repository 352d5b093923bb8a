package secretstore

import (
	"errors"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

func TestHeld_refuses(t *testing.T) {
	at := Store{SecretsSecret: "team"}
	for name, test := range map[string]struct {
		held Held
		says string
	}{
		"nothing there":          {Held{}, ""},
		"ours":                   {Held{Exists: true, Ours: true}, ""},
		"foreign":                {Held{Exists: true, Description: "theirs"}, `Secrets Manager secret team: delete it or name another; its description is "theirs"`},
		"scheduled for deletion": {Held{Exists: true, Deleted: "2026-12-24"}, "scheduled for deletion on 2026-12-24"},
	} {
		err := test.held.Refuse(at)
		if (err == nil) != (test.says == "") || err != nil &&
			(!errors.Is(err, reconcile.ErrForeign) || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
