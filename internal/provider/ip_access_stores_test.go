package provider_test

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// fromAddress is the client, but that its connections come from another address of this machine.
func fromAddress(client *s3.Client, address string) *s3.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	return s3.New(client.Options(), func(o *s3.Options) {
		o.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}}
	})
}

// reach is what a client may do with objects: read them, list them, write them.
func reach(t *testing.T, b *acctest.Bench, client *s3.Client) (able string) {
	t.Helper()
	ctx, name, key := t.Context(), &b.Name, aws.String("k")
	tries := map[string]func() error{
		"reads": func() error {
			_, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: name, Key: key})
			return err
		},
		"lists": func() error {
			_, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: name})
			return err
		},
		"writes": func() error {
			_, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: name, Key: key, Body: strings.NewReader("k")})
			return err
		},
		"deletes": func() error {
			_, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: name, Key: aws.String("none")})
			return err
		},
	}
	var all []string
	for what, try := range tries {
		switch err := try(); {
		case err == nil:
			all = append(all, what)
		case !strings.Contains(err.Error(), "AccessDenied"):
			t.Error(what, err)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// TestAccStore_ipAccess: real clients at addresses of their own. The owner of the bucket, who is bound by its policy, is
// let in as the lists say, is kept from locking himself out, and can put the policy right from everywhere.
func TestAccStore_ipAccess(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, hasOwners, func(t *testing.T, b *acctest.Bench) {
		ann, secret := gatewayUserNamed(t, b, "userplus", "-ann")
		tf := b.Played(t)
		write := func(lists string, more ...string) {
			tf.Write(b.ProviderAs(ann, secret) + fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  name = %q\n  ip_access = {\n%s\n"+
				"  }\n%s\n}\n", b.Name, lists, strings.Join(more, "\n")))
		}
		write("    read_write = [\"127.0.0.1/32\"]\n    read_only = [\"127.0.0.2/32\"]")
		tf.Apply()
		tf.Empty()
		owner := b.As(ann, secret)
		b.PutObject(t, b.Name, "k")
		for address, want := range map[string]string{
			"127.0.0.1": "deletes lists reads writes", "127.0.0.2": "lists reads", "127.0.0.3": "",
		} {
			if got := reach(t, b, fromAddress(owner, address)); got != want {
				t.Errorf("%s %q, want %q", address, got, want)
			}
		}

		write("    read_write = [\"127.0.0.3/32\"]")
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "could not use the bucket", "the former statements were put back")
		if got := reach(t, b, fromAddress(owner, "127.0.0.2")); got != "lists reads" {
			t.Errorf("after the lists were put back 127.0.0.2 %q", got)
		}
		write("    read_write = [\"127.0.0.3/32\"]\n    allow_lockout = true")
		tf.Apply()
		tf.Empty()
		if got := reach(t, b, fromAddress(owner, "127.0.0.1")); got != "" {
			t.Errorf("the run that locked itself out %q", got)
		}
		saysAll(t, tf.MustFail("destroy", "-auto-approve"), "ip_access keeps this run out")
		write("    read_only = [\"127.0.0.1/32\"]", "  force_destroy = true")
		tf.Apply()
		tf.Empty()
		saysAll(t, tf.MustFail("destroy", "-auto-approve"), "the bucket has ip_access", "ip_access.read_write")
		write("    read_write = [\"127.0.0.0/8\"]", "  force_destroy = true")
		tf.Apply()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStore_ipAccessAnonymous: MinIO asks the policy of a bucket for anonymous requests only, which a plan says.
func TestAccStore_ipAccessAnonymous(t *testing.T) {
	acctest.Only(t, emulator.MinIO, "MinIO alone asks its policies for strangers only", func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(listed(b, "    read_write = [\"127.0.0.1/32\"]\n    read_only = [\"127.0.0.2/32\"]",
			"  public_access = \"read_list\"\n  force_destroy = true"))
		saysAll(t, tf.Must("plan"), "for anonymous requests only", "who has an access key")
		tf.Apply()
		tf.Empty()
		b.PutObject(t, b.Name, "k")
		stranger := s3.New(b.S3().Options(), func(o *s3.Options) { o.Credentials = aws.AnonymousCredentials{} })
		for address, want := range map[string]string{"127.0.0.1": "lists reads", "127.0.0.2": "lists reads", "127.0.0.3": ""} {
			if got := reach(t, b, fromAddress(stranger, address)); got != want {
				t.Errorf("%s %q, want %q", address, got, want)
			}
		}
		if got := reach(t, b, fromAddress(b.S3(), "127.0.0.3")); got != "deletes lists reads writes" {
			t.Errorf("root is bound: %q", got)
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
