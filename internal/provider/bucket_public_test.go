package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// TestResolvePublicAccess_ignored: ignore_changes puts what state has beside what is configured. The two may contradict
// each other, after a drift or a change, and then neither is changed.
func TestResolvePublicAccess_ignored(t *testing.T) {
	const drifted = `{"block_public_acls":false,"block_public_policy":true,"ignore_public_acls":true,"restrict_public_buckets":true}`
	on := settings{"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}
	off := settings{"block_public_acls": false, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}
	for name, row := range map[string]struct {
		prior, config settings // config as Terraform gives it
		word, block   string
		warns         int
	}{
		"the word, no drift": {
			settings{"public_access": "none", "public_access_block": on}, settings{"public_access": "none"}, `"none"`,
			attributesOf(bucketFrom(t, settings{"public_access_block": on}))["public_access_block"].String(), 0,
		},
		"the word, drift": {
			settings{"public_access": bucket.Mixed, "public_access_block": off}, settings{"public_access": bucket.Mixed},
			`"mixed"`, drifted, 0,
		},
		"the switches, drift": {
			settings{"public_access": bucket.Mixed, "public_access_block": off},
			settings{"public_access": "none", "public_access_block": off}, `"mixed"`, drifted, 1,
		},
		"the word, beside other switches": {
			settings{"public_access": bucket.Mixed, "public_access_block": off},
			settings{"public_access": bucket.Mixed, "public_access_block": settings{}}, `"mixed"`, drifted, 1,
		},
		"all": {
			settings{"public_access": bucket.Mixed, "public_access_block": off},
			settings{"public_access": bucket.Mixed, "public_access_block": off}, `"mixed"`, drifted, 0,
		},
	} {
		config := bucketFrom(t, row.config)
		m := *config
		var diags diag.Diagnostics
		turn := turn[bucketModel]{
			session: session{data: ourData(t, nil)}, config: config, prior: bucketFrom(t, row.prior),
		}
		m.resolvePublicAccess(t.Context(), turn, config.PublicAccess, &diags)
		got := attributesOf(&m)
		if word, block := got["public_access"].String(), got["public_access_block"].String(); word != row.word || block != row.block {
			t.Errorf("%s: %s %s, want %s %s", name, word, block, row.word, row.block)
		}
		if diags.WarningsCount() != row.warns || diags.HasError() {
			t.Errorf("%s: %v, want %d warnings", name, diags, row.warns)
		}
	}
}
