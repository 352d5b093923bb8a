//go:build unix

package provider_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// onAccount prepares this test binary to run tests as `make test-aws` does, with an emulator in the place of AWS.
func onAccount(t *testing.T, b *acctest.Bench, id, tests string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	root := acctest.Must(b.Root().Retrieve(t.Context()))(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", tests)
	cmd.Env = append(os.Environ(), "SPINUP_TEST_EMULATOR=aws", "SPINUP_TEST_REPORT=", account.Variable+"="+id,
		account.PrefixVariable+"="+trialPrefix, account.ZoneVariable+"=", "AWS_ENDPOINT_URL="+b.Endpoint,
		"AWS_REGION="+acctest.Region, "AWS_ACCESS_KEY_ID="+root.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+root.SecretAccessKey)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // terraform and the provider are in its group
	out := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, out
	return cmd, out
}

const trialPrefix = "trial"

// TestAccAccount_sweep runs core tests in an account as on AWS, kills a run, and sweeps: what the run left goes, what is
// not known to be of it stays.
func TestAccAccount_sweep(t *testing.T) {
	acctest.Alone(t, emulator.Fakecloud, "it sweeps the whole account", func(t *testing.T, b *acctest.Bench) {
		cmd, out := onAccount(t, b, "111122223333", "^TestAccCore_bucket$")
		if err := cmd.Run(); err == nil || !strings.Contains(out.String(), "nothing was made") {
			t.Errorf("another account: %v\n%s", err, out)
		}
		cmd, out = onAccount(t, b, b.AccountID, "^TestAcc(Core_.*|Bucket_disappears|Store_drift)$")
		err := cmd.Run()
		saysAll(t, out.String(), "works in account "+b.AccountID, "less than 0.10 US dollars",
			"acceptance tests on aws: 1 passed, 0 failed", "left out: 1, each of which needs a hosted zone",
			"left out: 1, each of which needs the gateway", "left out: 1, each of which is for a store other than AWS")
		if err != nil {
			t.Fatalf("the run failed: %v\n%s", err, out)
		}
		a := accountOf(b)
		if strays, foreign, err := a.Strays(t.Context(), trialPrefix); len(strays)+len(foreign) > 0 || err != nil {
			t.Errorf("a whole run left %v and %v (%v)", strays, foreign, err)
		}

		killedRun(t, b)
		host := leaveSite(t, b)
		putForeign(t, b)
		strays, foreign, err := a.Strays(t.Context(), trialPrefix)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, stray := range strays {
			if word := strings.Fields(stray.What)[0]; !slices.Contains(words, word) || word == "bucket" {
				words = append(words, word)
			}
			if err := stray.Remove(t.Context()); err != nil {
				t.Errorf("removing %s: %v", stray.What, err)
			}
		}
		same(t, "what went", strings.Fields("user group policy bucket record distribution function origin certificate bucket"), words)
		b.GoneSite(t, host)
		want := []string{"user trial-by-hand", "bucket trial-by-hand", "group trial-by-hand-BktAdmGrp"}
		same(t, "what was left alone", want, foreign)
		strays, foreign, err = a.Strays(t.Context(), trialPrefix)
		if len(strays) > 0 || !slices.Equal(foreign, want) || err != nil {
			t.Errorf("after the sweep there are %v and %v (%v)", strays, foreign, err)
		}
		for _, bucket := range []string{"trial-by-hand", "other-data", "trialdata"} {
			acctest.Must(b.S3().HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &bucket}))(t)
		}
		if liveUser(t, b, "other-ann") == nil {
			t.Error("a user with the mark and another prefix is gone")
		}
	})
}

// accountOf is the account of the bench, as a sweep sees it.
func accountOf(b *acctest.Bench) account.Account {
	return account.New(&emulator.Emulator{
		Kind: b.Kind, Endpoint: b.Endpoint, IAM: b.Endpoint, AccountID: b.AccountID, Key: "test", Secret: "test",
	}, b.Endpoint)
}

// killedRun is a run that is killed, with all that it started, once it has made a user.
func killedRun(t *testing.T, b *acctest.Bench) {
	t.Helper()
	cmd, out := onAccount(t, b, b.AccountID, "^TestAccCore_bucket$")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		users := acctest.Must(b.IAM().ListUsers(t.Context(), &iam.ListUsersInput{}))(t).Users
		if slices.ContainsFunc(users, func(u iamtypes.User) bool { return strings.HasSuffix(*u.UserName, "-ann") }) {
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("the run ended before it was killed: %v\n%s", err, out)
		case <-ticker.C:
		}
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if err := <-ended; err == nil {
		t.Error("the run came to its end before it was killed")
	}
}

// leaveSite is what a run with a site leaves that never came to its end.
func leaveSite(t *testing.T, b *acctest.Bench) (host string) {
	t.Helper()
	zone := b.Name + ".example.edu"
	b.MakeZone(t, zone)
	host = trialPrefix + "-www." + zone
	tf := b.Played(t)
	tf.Write(b.Provider(fmt.Sprintf("default_tags = { %q = %q }", account.MarkTag, trialPrefix)) +
		fmt.Sprintf("resource \"spinup_website\" \"test\" { domain = %q }\n", host))
	tf.Apply()
	b.PutObject(t, host, "index.html")
	return host
}

// putForeign makes what no sweep of the prefix may touch: with the prefix and without the mark, with the mark and another
// prefix, and with a name that only begins like it.
func putForeign(t *testing.T, b *acctest.Bench) {
	t.Helper()
	b.MakeBucket(t, trialPrefix+"-by-hand")
	makeGroup(t, b, trialPrefix+"-by-hand-BktAdmGrp", nothing)
	b.MakeUser(t, trialPrefix+"-by-hand")
	b.MakeUser(t, "other-ann")
	acctest.Must(b.IAM().TagUser(t.Context(), &iam.TagUserInput{UserName: aws.String("other-ann"), Tags: []iamtypes.Tag{
		{Key: aws.String(account.MarkTag), Value: aws.String(trialPrefix)},
	}}))(t)
	for _, bucket := range []string{"other-data", trialPrefix + "data"} {
		b.MakeBucket(t, bucket)
		acctest.Must(b.S3().PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{
			Bucket: &bucket, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String(account.MarkTag), Value: aws.String(trialPrefix)}}},
		}))(t)
	}
}
