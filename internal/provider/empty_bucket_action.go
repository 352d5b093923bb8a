package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// emptyBucketModel is spinup_empty_bucket.
type emptyBucketModel struct {
	Bucket           types.String `tfsdk:"bucket"`
	Prefix           types.String `tfsdk:"prefix"`
	BypassGovernance types.Bool   `tfsdk:"bypass_governance"`
}

func newEmptyBucketAction() action.Action {
	return &providerAction{name: "empty_bucket", check: checkEmptyBucket, run: emptyBucket, schema: schema.Schema{
		MarkdownDescription: "Deletes everything in a bucket, or below a key prefix of it, for good: objects, old " +
			"versions, delete markers and unfinished uploads, whoever put them there. The bucket and its settings stay. It " +
			"takes 20 minutes at most; what is left then, another run deletes.\n\nNothing is deleted if the bucket belongs to " +
			"another account than the provider's credentials, which is not known with `skip_requesting_account_id`, or if any " +
			"version in question is under object lock: the error names such versions. What a `spinup_object` or " +
			"`spinup_directory` has put there is missing in its next plan, which puts it back.\n\n" +
			"Without actions, `force_destroy = true` of `spinup_bucket` does the same when the bucket is destroyed.",
		Attributes: map[string]schema.Attribute{
			"bucket": must("Name of the bucket. It must be there.", fwtypes.BucketName()),
			"prefix": may("Key prefix, such as `docs/`: only keys that begin so are deleted. It ends with a slash, so that it " +
				"does not mean `docs2/` as well. Unset: everything."),
			"bypass_governance": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether versions under governance retention are deleted too, which needs the permission " +
					"`s3:BypassGovernanceRetention`. Compliance retention and legal holds always refuse. Default `false`.",
			},
		},
	}}
}

// checkEmptyBucket holds the rules of an invocation. Whoever writes a prefix does not mean everything.
func checkEmptyBucket(ctx context.Context, in invocation) {
	var m emptyBucketModel
	if in.read(ctx, &m) && !m.Prefix.IsNull() && !strings.HasSuffix(m.Prefix.ValueString(), "/") {
		in.refuse("prefix", "Invalid prefix", "prefix is %s, want a key prefix that ends with a slash, such as \"docs/\"; "+
			"to empty the whole bucket leave it out.", m.Prefix)
	}
}

func emptyBucket(ctx context.Context, in invocation) {
	var m emptyBucketModel
	if !in.read(ctx, &m) {
		return
	}
	work := bucket.NewEmptying(in.conn, m.Bucket.ValueString(), m.Prefix.ValueString(), m.BypassGovernance.ValueBool())
	count := func() string { return fmt.Sprintf("deleted %d versions and delete markers so far", work.Deleted()) }
	err := in.counting(ctx, count, func() error { return work.Run(ctx) })
	switch {
	case errors.Is(err, bucket.ErrNoBucket):
		in.refuse("bucket", "No such bucket", "bucket is %s, but there is no bucket of this name: name one that is there.",
			m.Bucket)
	case err != nil:
		in.failed("bucket", "Bucket could not be emptied", fmt.Errorf("%d versions and delete markers were deleted: %w",
			work.Deleted(), err), bucket.EmptyingCalls{})
	default:
		in.tell(fmt.Sprintf("deleted %d versions and delete markers: nothing is left", work.Deleted()))
	}
}
