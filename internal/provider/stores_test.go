package provider_test

import (
	"fmt"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
)

// TestAccStore_smallest is the life of a bucket of which nothing but the name is said.
func TestAccStore_smallest(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  name = %q\n}\n", b.Name))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
