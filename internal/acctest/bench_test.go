package acctest

import (
	"slices"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

func TestKinds(t *testing.T) {
	for _, row := range []struct {
		endpoint, chosen string
		want             []emulator.Kind
		wrong            bool
	}{
		{"", "", []emulator.Kind{emulator.LocalStack, emulator.Fakecloud}, false},
		{"", "fakecloud", []emulator.Kind{emulator.Fakecloud}, false},
		{"", "localstack", []emulator.Kind{emulator.LocalStack}, false},
		{"http://127.0.0.1:4566", "fakecloud", []emulator.Kind{emulator.External}, false},
		{"", "Fakecloud", []emulator.Kind{"Fakecloud"}, true},
		{"", "moto", []emulator.Kind{"moto"}, true},
	} {
		t.Setenv("SPINUP_TEST_ENDPOINT", row.endpoint)
		t.Setenv(chosen, row.chosen)
		if got := kinds(); !slices.Equal(got, row.want) {
			t.Errorf("%+v: got %v", row, got)
		}
		if err := checkChosen(); (err != nil) != row.wrong {
			t.Errorf("%+v: error %v", row, err)
		}
	}
}
