package website

import (
	"context"
	"html"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// placeholder is a first page for a new site. It is created once and never looked at again: users replace it.
func (w website) placeholder() part {
	return part{
		Attribute: "placeholder",
		Inside:    true,
		Watched:   func(s Spec) bool { return s.Placeholder },
		Present:   func(o Status) bool { return o.Placed },
		Observe: func(_ context.Context, _ wish, o *Status) error {
			o.Placed = true // only a new site gets one
			return nil
		},
		Apply: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			err := w.retryWhileNew(ctx, o, func() error {
				_, err := w.PutObject(ctx, &s3.PutObjectInput{
					Bucket: &s.Bucket.Name, Key: &s.Index, Body: page(s.Domain), ContentType: aws.String("text/html; charset=utf-8"),
					IfNoneMatch: aws.String("*"), Tagging: aws.String(bucket.PlaceholderTag + "=true"),
				}, at(s))
				return err
			})
			if awsclient.IsStale(err) { // there is an index document already
				err = nil
			}
			o.Placed = err == nil
			return err
		},
	}
}

// page is the content of the placeholder.
func page(domain string) io.Reader {
	name := html.EscapeString(domain)
	return strings.NewReader("<!doctype html>\n<title>" + name + "</title>\n<h1>" + name + "</h1>\n" +
		"<p>Nothing is here yet.</p>\n")
}
