package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

// world is where a work is done: a server, the proxy in front of it, and what was measured there.
type world struct {
	*emulator.Emulator
	account account.Account // behind the proxy
	proxy   *proxy
	env     []string
	dir     string
	self    string // this program
	install string // what leads terraform to this program, which runs the provider
	real    string // the provider
	sizes   sizes
	run     int
	results results
}

func newWorld(ctx context.Context, kind emulator.Kind, dir string, s settings) (*world, error) {
	w := &world{dir: dir, sizes: s.sizes, results: results{}}
	var err error
	if w.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if w.real, err = exec.LookPath(filepath.Join(s.provider, "terraform-provider-spinup")); err != nil {
		return nil, fmt.Errorf("no built provider in %s: run `make build` (%w)", s.provider, err)
	}
	if w.real, err = filepath.Abs(w.real); err != nil {
		return nil, err
	}
	bin := filepath.Join(dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, err
	}
	if err := os.Symlink(w.self, filepath.Join(bin, "terraform-provider-spinup")); err != nil {
		return nil, err
	}
	if w.install, err = terraform.Override(bin); err != nil {
		return nil, err
	}
	if w.Emulator, err = emulator.Start(ctx, kind, emulator.Options{}); err != nil {
		return nil, err
	}
	w.account = account.New(w.Emulator, w.Endpoint)
	if w.proxy, err = newProxy(w.Endpoint, latency); err != nil {
		_ = w.Stop()
		return nil, err
	}
	w.env = append(w.Environ(), "AWS_ENDPOINT_URL="+w.proxy.URL, "AWS_ENDPOINT_URL_S3="+w.proxy.URL)
	return w, nil
}

func (w *world) close() {
	w.proxy.Close()
	_ = w.Stop()
}

// contestant does the works: the provider, or a tool.
type contestant struct {
	name string
	path string
	sync func(w *world, files, bucket string) []string // arguments; nil for the provider
}

// ours is the provider.
const ours = "spinup"

// contestants are the provider and those of the tools that are there.
func (w *world) contestants(of work, progress io.Writer) []contestant {
	all := []contestant{{name: ours, path: w.real}}
	if of.make == nil {
		return append(all, contestant{name: "one batch at a time"})
	}
	for _, c := range tools() {
		path, err := exec.LookPath(c.name)
		if err != nil {
			fmt.Fprintf(progress, "%s is not on PATH, and not measured.\n", c.name)
			continue
		}
		c.path = path
		all = append(all, c)
	}
	return all
}

// tools are the programs to compare with. rclone does four things at once unless it is told; it gets what the provider
// has.
func tools() []contestant {
	return []contestant{
		{name: "s5cmd", sync: func(w *world, files, bucket string) []string {
			return []string{"--endpoint-url", w.proxy.URL, "--log", "error", "sync", files + "/", "s3://" + bucket + "/"}
		}},
		{name: "rclone", sync: func(w *world, files, bucket string) []string {
			return []string{
				"--config", os.DevNull, "sync", files, fmt.Sprintf(":s3,env_auth=true,provider=Other,endpoint=%q:%s",
					w.proxy.URL, bucket), "--transfers", "64", "--checkers", "64", "--fast-list",
			}
		}},
		{name: "aws", sync: func(_ *world, files, bucket string) []string {
			return []string{"s3", "sync", "--only-show-errors", files, "s3://" + bucket}
		}},
	}
}

// measured runs a command of a contestant and notes what it took.
func (w *world) measured(ctx context.Context, row string, c contestant, cmd *exec.Cmd) (*sample, error) {
	w.proxy.reset()
	took, err := measure(ctx, cmd, c.path)
	if err != nil {
		return nil, err
	}
	s := &sample{taken: took, traffic: w.proxy.seen()}
	w.results.add(row, c.name, s)
	return s, nil
}

// command is one of a tool.
func (w *world) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, w.self, args...)
	cmd.Env = append(cmd.Env, w.env...)
	return cmd
}

// terraform prepares a working directory with a configuration.
func (w *world) terraform(bucket, resource string) (terraform.CLI, error) {
	dir := filepath.Join(w.dir, "tf-"+bucket)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return terraform.CLI{}, err
	}
	text := fmt.Sprintf("terraform {\n  required_providers {\n    spinup = { source = \"spinup-dev/spinup\" }\n  }\n}\n\n"+
		"provider \"spinup\" {\n  platform = %q\n}\n\n%s", w.Kind.Platform(), resource)
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
		return terraform.CLI{}, err
	}
	return terraform.New(dir, w.env, w.install)
}

// stateOf is the size of the state, in bytes.
func stateOf(tf terraform.CLI) int64 {
	info, err := os.Stat(filepath.Join(tf.Dir, "terraform.tfstate"))
	if err != nil {
		return 0
	}
	return info.Size()
}

// bucket makes a bucket for a contestant, which forget removes.
func (w *world) bucket(ctx context.Context, c contestant, of string) (name string, err error) {
	name = fmt.Sprintf("bench-%s-%s-%d", of, strings.ReplaceAll(c.name, " ", "-"), w.run)
	_, err = w.account.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
	return name, err
}

// forget removes a bucket with what it holds.
func (w *world) forget(ctx context.Context, bucket string) error {
	if err := oneBatchAtATime(ctx, w.account.S3, bucket); err != nil {
		return err
	}
	_, err := w.account.S3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
	return err
}

// oneBatchAtATime empties a bucket in the simplest way: a list, a deletion of what it names, and the next list.
func oneBatchAtATime(ctx context.Context, client *s3.Client, bucket string) error {
	pages := s3.NewListObjectVersionsPaginator(client, &s3.ListObjectVersionsInput{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		var all []types.ObjectIdentifier
		for _, v := range page.Versions {
			all = append(all, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range page.DeleteMarkers {
			all = append(all, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		if len(all) == 0 {
			continue
		}
		out, err := client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &bucket, Delete: &types.Delete{Objects: all, Quiet: aws.Bool(true)},
		})
		if err != nil {
			return err
		}
		if len(out.Errors) > 0 {
			return fmt.Errorf("deleting %s: %s", aws.ToString(out.Errors[0].Key), aws.ToString(out.Errors[0].Message))
		}
	}
	return nil
}

// distribution makes a distribution of a bucket.
func (w *world) distribution(ctx context.Context, bucket string) (id string, err error) {
	out, err := w.account.CloudFront.CreateDistribution(ctx, &cloudfront.CreateDistributionInput{
		DistributionConfig: &cftypes.DistributionConfig{
			CallerReference: aws.String(fmt.Sprint(bucket, time.Now().UnixNano())), Comment: aws.String("bench"),
			Enabled: aws.Bool(true),
			Origins: &cftypes.Origins{Quantity: aws.Int32(1), Items: []cftypes.Origin{{
				Id: aws.String("bucket"), DomainName: aws.String(bucket + ".s3.us-east-1.amazonaws.com"),
				S3OriginConfig: &cftypes.S3OriginConfig{OriginAccessIdentity: aws.String("")},
			}}},
			DefaultCacheBehavior: &cftypes.DefaultCacheBehavior{
				TargetOriginId: aws.String("bucket"), ViewerProtocolPolicy: cftypes.ViewerProtocolPolicyRedirectToHttps,
				CachePolicyId: aws.String("658327ea-f89d-4fab-a63d-7e88639e58f6"), // Managed-CachingOptimized
			},
		},
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Distribution.Id), nil
}

// invalidated is how many paths the invalidations of a distribution have.
func (w *world) invalidated(ctx context.Context, distribution string) (paths int, err error) {
	list, err := w.account.CloudFront.ListInvalidations(ctx,
		&cloudfront.ListInvalidationsInput{DistributionId: &distribution})
	if err != nil {
		return 0, err
	}
	for _, one := range list.InvalidationList.Items {
		out, err := w.account.CloudFront.GetInvalidation(ctx,
			&cloudfront.GetInvalidationInput{DistributionId: &distribution, Id: one.Id})
		if err != nil {
			return 0, err
		}
		paths += len(out.Invalidation.InvalidationBatch.Paths.Items)
	}
	return paths, nil
}
