package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

// Rows of the table.
const (
	firstRow     = "first upload"
	unchangedRow = "nothing changed"
	pageRow      = "one page changed"
	emptyRow     = "empty a bucket"
	hashing      = "SHA-256 alone"
	without      = "no directory"
)

// upload publishes the files for the first time. The returned function does it again, for another row.
func (w *world) upload(
	ctx context.Context, c contestant, files, bucket, distribution string,
) (again func(row string, args ...string) (*sample, error), tf terraform.CLI, err error) {
	if c.sync != nil {
		again = func(row string, _ ...string) (*sample, error) {
			return w.measured(ctx, row, c, w.command(ctx, c.sync(w, files, bucket)...))
		}
		_, err = again(firstRow)
		return again, tf, err
	}
	invalidate := ""
	if distribution != "" {
		invalidate = fmt.Sprintf("  invalidate = { distribution_id = %q }\n", distribution)
	}
	tf, err = w.terraform(bucket, fmt.Sprintf(
		"resource \"spinup_directory\" \"this\" {\n  bucket = %q\n  source = %q\n%s}\n", bucket, files, invalidate))
	if err != nil {
		return nil, tf, err
	}
	again = func(row string, args ...string) (*sample, error) {
		s, err := w.measured(ctx, row, c, tf.Command(ctx, args...))
		if err == nil {
			s.state = stateOf(tf)
		}
		return s, err
	}
	_, err = again(firstRow, "apply", "-auto-approve")
	return again, tf, err
}

// least measures what no plan of a directory can do without: a plan with no directory, which starts the provider as
// often, and the SHA-256 of all files.
func (w *world) least(ctx context.Context, c contestant, files string) error {
	tf, err := w.terraform("none", "data \"spinup_account\" \"this\" {}\n")
	if err != nil {
		return err
	}
	none, alone := contestant{name: without, path: c.path}, contestant{name: hashing, path: w.self}
	if _, err := w.measured(ctx, unchangedRow, none, tf.Command(ctx, "plan")); err != nil {
		return err
	}
	_, err = w.measured(ctx, unchangedRow, alone, w.command(ctx, "-hash", files))
	return err
}

// site publishes a site, looks whether anything changed, and changes a page.
func site(ctx context.Context, w *world, c contestant, files string) (err error) {
	bucket, err := w.bucket(ctx, c, "site")
	if err != nil {
		return err
	}
	distribution := ""
	if c.name == ours {
		if distribution, err = w.distribution(ctx, bucket); err != nil {
			return err
		}
	}
	again, _, err := w.upload(ctx, c, files, bucket, distribution)
	if err != nil {
		return err
	}
	if _, err := again(unchangedRow, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	if c.name == ours {
		if err := w.least(ctx, c, files); err != nil {
			return err
		}
	}
	page := filepath.Join(files, "docs", "chapter-04", "page-0004", "index.html")
	text := fmt.Appendf(nil, "run %d at %s", w.run, time.Now())
	if err := os.WriteFile(page, text, 0o600); err != nil {
		return err
	}
	changed, err := again(pageRow, "apply", "-auto-approve")
	if err != nil {
		return err
	}
	if c.name == ours {
		if changed.paths, err = w.invalidated(ctx, distribution); err != nil {
			return err
		}
	}
	return w.forget(ctx, bucket)
}

// tiny publishes many small files.
func tiny(ctx context.Context, w *world, c contestant, files string) error {
	bucket, err := w.bucket(ctx, c, "tiny")
	if err != nil {
		return err
	}
	again, _, err := w.upload(ctx, c, files, bucket, "")
	if err != nil {
		return err
	}
	if _, err := again(unchangedRow, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	return w.forget(ctx, bucket)
}

// big publishes one large file.
func big(ctx context.Context, w *world, c contestant, files string) error {
	bucket, err := w.bucket(ctx, c, "big")
	if err != nil {
		return err
	}
	if _, _, err := w.upload(ctx, c, files, bucket, ""); err != nil {
		return err
	}
	return w.forget(ctx, bucket)
}

// empty empties a bucket of many versions: the provider by destroying it, and this program itself in the simplest way.
func empty(ctx context.Context, w *world, c contestant, _ string) error {
	if c.name == ours {
		return w.destroyFull(ctx, c)
	}
	bucket, err := w.bucket(ctx, c, "empty")
	if err != nil {
		return err
	}
	versioned := &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}
	if _, err := w.account.S3.PutBucketVersioning(ctx,
		&s3.PutBucketVersioningInput{Bucket: &bucket, VersioningConfiguration: versioned}); err != nil {
		return err
	}
	if err := w.fill(ctx, bucket); err != nil {
		return err
	}
	slow := s3.New(s3.Options{
		Region: account.Region, BaseEndpoint: &w.proxy.URL, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(w.Key, w.Secret, ""),
	})
	w.proxy.reset()
	start := time.Now()
	if err := oneBatchAtATime(ctx, slow, bucket); err != nil {
		return err
	}
	w.results.add(emptyRow, c.name, &sample{taken: taken{wall: time.Since(start)}, traffic: w.proxy.seen()})
	return w.forget(ctx, bucket)
}

// destroyFull destroys a bucket with all its contents.
func (w *world) destroyFull(ctx context.Context, c contestant) error {
	bucket := fmt.Sprintf("bench-empty-spinup-%d", w.run)
	tf, err := w.terraform(bucket, fmt.Sprintf(
		"resource \"spinup_bucket\" \"this\" {\n  name = %q\n  versioning = true\n  force_destroy = true\n}\n", bucket))
	if err != nil {
		return err
	}
	// Not measured, but this program stands around the provider all the same.
	if _, err := measure(ctx, tf.Command(ctx, "apply", "-auto-approve"), c.path); err != nil {
		return err
	}
	if err := w.fill(ctx, bucket); err != nil {
		return err
	}
	if _, err := w.measured(ctx, emptyRow, c, tf.Command(ctx, "destroy", "-auto-approve")); err != nil {
		return err
	}
	_, err = w.account.S3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket})
	if _, gone := errors.AsType[*types.NotFound](err); !gone {
		return fmt.Errorf("bucket %s is not gone: %w", bucket, err)
	}
	return nil
}

// fill puts versions into a bucket, two of each key.
func (w *world) fill(ctx context.Context, bucket string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range w.sizes.versions {
		group.Go(func() error {
			key := fmt.Sprintf("archive/%02x/object-%06d", i/2%256, i/2)
			_, err := w.account.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(key)})
			return err
		})
	}
	return group.Wait()
}
