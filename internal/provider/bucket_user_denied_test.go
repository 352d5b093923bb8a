package provider_test

import (
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
)

// TestAccBucketUser_denied lets each read of a refresh fail in turn.
func TestAccBucketUser_denied(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		// With an inline policy, whose text takes a read of its own.
		tf.Write(b.Provider("max_retries = 0") + member(b, `access = "read_only"`, `grant = "inline"`, `access_key = {}`))
		tf.Apply()
		user := "user " + b.Name + "-ann"
		rows := append(denied(bucketuser.Reads{}, map[string]string{"user": user}),
			unread{"GetUser fails", "iam:GetUser", gateway.Internal(), []string{user + ": InternalFailure"}},
			unread{"GetUser throttled", "iam:GetUser", gateway.Throttled(), []string{user + ": Throttling"}},
			unread{"ListAccessKeys fails", "iam:ListAccessKeys", gateway.Internal(), []string{user + ": InternalFailure"}},
			unread{"ListGroupsForUser throttled", "iam:ListGroupsForUser", gateway.Throttled(), []string{user + ": Throttling"}},
		)
		wantUnread(t, b, tf, "Bucket user", some(brief, rows))
		tf.Destroy()
	}))
}
