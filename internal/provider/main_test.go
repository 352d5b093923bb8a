package provider_test

import (
	"os"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
)

func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }
