package provider_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
)

// TestAccAccountDataSource asks as a user, and at a store that nobody can ask.
func TestAccAccountDataSource(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		accessKey, secretKey := b.MakeUser(t, b.Name)
		// On AWS everybody may ask who they are; fakecloud wants a permission for it.
		acctest.Must(b.IAM().PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
			UserName: &b.Name, PolicyName: aws.String("who"), PolicyDocument: aws.String(
				`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}]}`),
		}))(t)
		user := acctest.Must(b.IAM().GetUser(t.Context(), &iam.GetUserInput{UserName: &b.Name}))(t).User
		tests := map[string]struct {
			provider string
			want     map[string]any
			calls    map[string]int
		}{
			"aws": {
				b.ProviderAs(accessKey, secretKey),
				map[string]any{
					"id": b.AccountID, "account_id": b.AccountID, "platform": "aws", "partition": "aws", "region": acctest.Region,
					"caller_arn": aws.ToString(user.Arn), "caller_user_id": aws.ToString(user.UserId),
				},
				map[string]int{"sts:GetCallerIdentity": 1},
			},
			"s3": {
				b.Provider(`platform = "s3"`),
				map[string]any{
					"id": "s3", "account_id": nil, "platform": "s3", "partition": "aws", "region": acctest.Region,
					"caller_arn": nil, "caller_user_id": nil,
				},
				map[string]int{},
			},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				b.Gateway.Reset()
				tf := b.Served(t)
				tf.Write(test.provider + `data "spinup_account" "test" {}`)
				tf.Apply()
				if diff := cmp.Diff(test.want, tf.State("data.spinup_account.test")); diff != "" {
					t.Error(diff)
				}
				same(t, "calls", test.calls, b.Gateway.Counts())
			})
		}
	})
}
