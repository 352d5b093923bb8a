package provider_test

import (
	"slices"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// TestAccBucket_denied lets each read of a refresh fail in turn.
func TestAccBucket_denied(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		b.MakeBucket(t, b.Name+"-log")
		tf.Write(b.Provider("max_retries = 0") + complete(b))
		tf.Apply()
		wantUnread(t, b, tf, "Bucket", some(brief, failures(b)))
		tf.Destroy()
		b.Gone(t, b.Name)
	}))
}

func failures(b *acctest.Bench) []unread {
	group, itself := "group "+*levelGroup(b, access.Admin), "bucket "+b.Name
	things := map[string]string{"bucket": itself, "group": group, "policy": "policy " + *levelPolicy(b, access.Admin)}
	return append(slices.Concat(denied(bucket.Reads{}, things), denied(access.Reads{}, things), denied(lifecyclerule.Reads{}, things)),
		unread{"HeadBucket fails", "s3:HeadBucket", gateway.Internal(), []string{itself + ": InternalServerError"}},
		unread{"HeadBucket throttled", "s3:HeadBucket", gateway.Throttled(), []string{itself + ": ServiceUnavailable"}},
		unread{"GetBucketPolicy fails", "s3:GetBucketPolicy", gateway.Internal(), []string{itself + ": InternalError"}},
		unread{"GetBucketPolicy throttled", "s3:GetBucketPolicy", gateway.Throttled(), []string{itself + ": SlowDown"}},
		unread{"GetBucketLifecycleConfiguration fails", "s3:GetBucketLifecycleConfiguration", gateway.Internal(),
			[]string{itself + ": InternalError"}},
		unread{"GetBucketLifecycleConfiguration throttled", "s3:GetBucketLifecycleConfiguration", gateway.Throttled(),
			[]string{itself + ": SlowDown"}},
		unread{"GetGroup fails", "iam:GetGroup", gateway.Internal(), []string{group + ": InternalFailure"}},
		unread{"GetGroup throttled", "iam:GetGroup", gateway.Throttled(), []string{group + ": Throttling"}},
	)
}
