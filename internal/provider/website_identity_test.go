package provider_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// TestAccWebsite_twins: two sites whose domains differ by a dot and a hyphen only have nothing in common, and each goes
// without the other.
func TestAccWebsite_twins(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		one, other := "docs.api."+zone(b), "docs-api."+zone(b)
		of := func(name, domain string) string {
			return fmt.Sprintf("resource \"spinup_website\" %q {\n  domain = %q\n  redirect_domains = [%q]\n"+
				"  wait_for_deployment = false\n}\n", name, domain, "old-"+domain)
		}
		tf := b.Played(t)
		tf.Write(b.Provider() + of("one", one) + of("other", other))
		tf.Apply()
		tf.Empty()
		comments := map[string]int{}
		for _, f := range acctest.Must(b.CloudFront().ListFunctions(t.Context(), &cloudfront.ListFunctionsInput{}))(t).FunctionList.Items {
			comments[aws.ToString(f.FunctionConfig.Comment)]++
		}
		controls := acctest.Must(b.CloudFront().ListOriginAccessControls(t.Context(), &cloudfront.ListOriginAccessControlsInput{}))(t)
		for _, c := range controls.OriginAccessControlList.Items {
			comments[aws.ToString(c.Description)]++
		}
		for _, domain := range []string{one, other} {
			if n := comments["spinup_website "+domain]; n != 2 {
				t.Errorf("%s has %d of a function and a control", domain, n)
			}
		}
		tf.Write(b.Provider() + of("other", other))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.GoneSite(t, one)
		b.GoneSite(t, other)
	})
}

// TestAccWebsite_foreignNames: a function or an origin access control that somebody made under the site's name is named by
// the plan, and neither written nor deleted.
func TestAccWebsite_foreignNames(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		name := siteID(b)
		cf, function, control := b.CloudFront(), makeFunction(t, b), makeControl(t, b)
		tf := b.Served(t)
		tf.Write(b.Provider() + site(b))
		for _, args := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
			saysAll(t, tf.MustFail(args...), "Website cannot be created", "directory_index: ", "origin_access: ",
				"the CloudFront function "+*name, "the origin access control "+*control.OriginAccessControl.Id, `is "mine"`)
		}
		if done := siteMutations(b); len(done) > 0 {
			t.Errorf("it did %v", done)
		}
		tf.Write(b.Provider() + site(b, "directory_index = false", `origin_access = "website_endpoint"`))
		tf.Apply()
		tf.Destroy()
		acctest.Must(cf.DeleteFunction(t.Context(), &cloudfront.DeleteFunctionInput{Name: name, IfMatch: function.ETag}))(t)
		acctest.Must(cf.DeleteOriginAccessControl(t.Context(), &cloudfront.DeleteOriginAccessControlInput{
			Id: control.OriginAccessControl.Id, IfMatch: control.ETag,
		}))(t)
		if left := b.SiteLeftovers(t, domain(b)); slices.ContainsFunc(left, func(one string) bool { return one != "" }) {
			t.Errorf("left are %v", left)
		}
	})
}

// TestAccWebsite_aliasMoves: an alias goes from one site to another in one apply.
func TestAccWebsite_aliasMoves(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		certificate, moving := b.MakeCertificate(t, "*."+zone(b)), "moving."+zone(b)
		of := func(name string, lines string) string {
			return fmt.Sprintf("resource \"spinup_website\" %[1]q {\n  domain = \"%[1]s.%[2]s\"\n  dns = false\n"+
				"  certificate_arn = %[3]q\n  wait_for_deployment = false\n  %[4]s\n}\n", name, zone(b), certificate, lines)
		}
		alias := fmt.Sprintf("aliases = [%q]", moving)
		tf := b.Served(t)
		tf.Write(b.Provider() + of("zoo", alias) + of("art", ""))
		tf.Apply()
		for range 2 { // there and back: whichever comes first
			tf.Write(b.Provider() + of("zoo", "") + of("art", alias))
			tf.Apply()
			tf.Empty()
			tf.Write(b.Provider() + of("zoo", alias) + of("art", ""))
			tf.Apply()
		}
		tf.Empty()
		tf.Destroy()
		b.GoneSite(t, "zoo."+zone(b))
		b.GoneSite(t, "art."+zone(b))
	})
}

// TestAccWebsite_sharedCertificate: a site whose certificate another site uses is not destroyed before that one, and the
// error names it.
func TestAccWebsite_sharedCertificate(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		of := func(name, lines string) string {
			return fmt.Sprintf("resource \"spinup_website\" %[1]q {\n  domain = \"%[1]s.%[2]s\"\n  wait_for_deployment = false\n  %[3]s\n}\n",
				name, zone(b), lines)
		}
		tf := b.Played(t)
		tf.Write(b.Provider() + of("zoo", fmt.Sprintf("aliases = [%q]", "art."+zone(b))))
		tf.Apply()
		shared := fmt.Sprintf("certificate_arn = %q", tf.State("spinup_website.zoo")["certificate_arn"])
		tf.Write(b.Provider() + of("zoo", "")) // its certificate still covers both names
		tf.Apply()
		tf.Write(b.Provider() + of("zoo", "") + of("art", shared))
		tf.Apply()
		tf.Empty()

		tf.Write(b.Provider() + of("art", shared))
		b.Gateway.Reset()
		b.Edge.Reset()
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "which was made for this site, is also used by the distribution",
			" of art."+zone(b), "Nothing was changed.")
		same(t, "writing calls", 0, len(siteMutations(b)))
		tf.Write(b.Provider() + of("zoo", ""))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.GoneSite(t, "zoo."+zone(b))
		b.GoneSite(t, "art."+zone(b))
	})
}
