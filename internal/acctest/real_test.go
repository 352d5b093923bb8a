package acctest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
)

// TestNobodyRunsOnAWSByAccident: account and prefix have to be said, and the account has to be that of the credentials.
func TestNobodyRunsOnAWSByAccident(t *testing.T) {
	const id = "111122223333"
	for name, test := range map[string]struct {
		environment map[string]string
		found       string // the account of the credentials; "" for a question that fails
		says        string // of the error; "" for none
	}{
		"as it should be": {map[string]string{account.Variable: id, account.PrefixVariable: "spt"}, id, ""},
		"another account": {map[string]string{account.Variable: id, account.PrefixVariable: "spt"}, "444455556666",
			"the credentials are of account 444455556666: nothing was made"},
		"no account":      {map[string]string{account.PrefixVariable: "spt"}, id, account.Variable + ` is ""`},
		"an alias":        {map[string]string{account.Variable: "library", account.PrefixVariable: "spt"}, id, `"library"`},
		"no prefix":       {map[string]string{account.Variable: id}, id, account.PrefixVariable + ` is ""`},
		"a short prefix":  {map[string]string{account.Variable: id, account.PrefixVariable: "s"}, id, `"s": want three`},
		"with a hyphen":   {map[string]string{account.Variable: id, account.PrefixVariable: "a-b"}, id, `"a-b"`},
		"nobody answers":  {map[string]string{account.Variable: id, account.PrefixVariable: "spt"}, "", "no answer"},
		"and an emulator": {map[string]string{account.Variable: id, account.PrefixVariable: "spt", "SPINUP_TEST_ENDPOINT": "x"}, id, "unset it"},
	} {
		t.Run(name, func(t *testing.T) {
			real, err := admitted(t.Context(), func(name string) string { return test.environment[name] },
				func(context.Context) (account.Account, error) {
					if test.found == "" {
						return account.Account{}, errors.New("no answer")
					}
					return account.Account{ID: test.found}, nil
				})
			switch {
			case test.says == "" && (err != nil || real.ID != id || real.prefix != "spt"):
				t.Errorf("%+v, %v", real, err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
				t.Errorf("error %v, want %q", err, test.says)
			}
		})
	}
}

// TestWhatIsLeftOutIsCounted: the report of a run on AWS has a line for each reason.
func TestWhatIsLeftOutIsCounted(t *testing.T) {
	s := testRun{left: map[string]string{"TestB": "needs b"}}
	for i := range namedAtMost + 1 {
		s.left[fmt.Sprint("TestA", i)] = "needs a"
	}
	want := "  left out: 10, each of which needs a\n  left out: 1, each of which needs b: TestB\n"
	if got := s.leftOutReport(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
