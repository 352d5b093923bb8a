package bucketrole

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/principal"
)

// audiences are the audiences that a trust policy needs, by the ARN of the provider.
func (s Spec) audiences() map[string][]string {
	all := map[string][]string{}
	for _, p := range s.Trust.Providers() {
		arn := p.arn(s.Partition, s.AccountID)
		all[arn] = append(all[arn], p.Audience)
	}
	return all
}

// newProviders are the providers and audiences that the trust policy needs and state does not know.
func newProviders(w wish) []Provider {
	known := w.Before().Trust.Providers()
	return slices.DeleteFunc(w.Want.Trust.Providers(), func(p Provider) bool { return slices.Contains(known, p) })
}

// canTrust refuses a trust policy with a provider that is not there and will not be made.
func (b bucketRole) canTrust(ctx context.Context, w wish, _ Status) error {
	s := w.Want
	var all []error
	for _, p := range s.Trust.Providers() {
		if s.AccountID == "" {
			return fmt.Errorf("the trust policy has to name the OpenID Connect provider %s of this account, whose id is not "+
				"known: leave the provider's skip_requesting_account_id unset", p.URL)
		}
		seen, err := b.provider(ctx, p.arn(s.Partition, s.AccountID))
		switch {
		case err != nil:
			return err
		case seen == nil && !s.CreateProviders:
			all = append(all, fmt.Errorf("the account has no OpenID Connect provider %s, with the audience %q: make it before "+
				"this role, or set oidc_provider to \"create\"", p.URL, p.Audience))
		case seen != nil && !seen.has(p.Audience) && !(s.CreateProviders && seen.madeFor(w.Before().RoleID)):
			all = append(all, fmt.Errorf("the OpenID Connect provider %s of the account does not have the audience %q, only "+
				"%q, and may be of others: add the audience to it, or name one that it has", p.URL, p.Audience, seen.Audiences))
		}
	}
	return errors.Join(all...)
}

func (p Seen) has(audience string) bool { return slices.Contains(p.Audiences, audience) }

// madeFor reports whether the provider was made for the role with the id.
func (p Seen) madeFor(id string) bool { return id != "" && p.Mark == id }

// provider reads a provider; nil if there is none.
func (b bucketRole) provider(ctx context.Context, arn string) (*Seen, error) {
	out, err := b.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	seen := &Seen{ARN: arn, Audiences: slices.Sorted(slices.Values(out.ClientIDList))}
	for _, tag := range out.Tags {
		if aws.ToString(tag.Key) == MarkTag {
			seen.Mark = aws.ToString(tag.Value)
		}
	}
	return seen, nil
}

// providers are the OpenID Connect providers, where they are to be made. They outlive the role. One that is there is
// used, whoever made it; only one that bears the mark is ever removed, and only when no role trusts it.
func (b bucketRole) providers() part {
	return part{
		Attribute: "oidc_provider",
		Late:      true,
		Watched:   func(s Spec) bool { return s.CreateProviders || s.ReadAll },
		Wanted:    func(w wish) bool { return w.Want.CreateProviders && len(w.Want.Trust.Providers()) > 0 },
		Present:   func(o Status) bool { return len(o.Providers) > 0 },
		InSync:    func(w wish, o Status) bool { return w.Want.Provided(o) },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			seen, err := b.seen(ctx, w, o.Left)
			if err == nil {
				o.Providers = seen
			}
			return err
		},
		Apply: b.provide,
		Remove: func(ctx context.Context, w wish, o *Status) error {
			if err := b.release(ctx, w, o, o.Providers); err != nil {
				return err
			}
			o.Providers = nil
			return nil
		},
	}
}

// Provided reports whether the providers that the role needs are there, and none that was made and is not needed.
func (s Spec) Provided(o Status) bool { return s.provided(o) && len(unneeded(s, o)) == 0 }

func (s Spec) provided(o Status) bool {
	for arn, audiences := range s.audiences() {
		i := slices.IndexFunc(o.Providers, func(p Seen) bool { return p.ARN == arn })
		if i < 0 || slices.ContainsFunc(audiences, func(a string) bool { return !o.Providers[i].has(a) }) {
			return false
		}
	}
	return true
}

// Made are the ARNs of the providers that were seen and bear the mark.
func (o Status) Made() (arns []string) {
	for _, p := range o.Providers {
		if p.Mark != "" {
			arns = append(arns, p.ARN)
		}
	}
	return arns
}

// MadeProvider reports whether a provider was made for this role.
func (o Status) MadeProvider() bool {
	return o.Role != nil && slices.ContainsFunc(o.Providers, func(p Seen) bool { return p.madeFor(o.Role.ID) })
}

// unneeded are the providers that were made and that the role does not need any more.
func unneeded(s Spec, o Status) []Seen {
	needed := s.audiences()
	return slices.DeleteFunc(slices.Clone(o.Providers), func(p Seen) bool { return needed[p.ARN] != nil })
}

// seen reads the providers that the role needs, and of those that it needed before the ones that bear the mark. Those
// that it needs and that are somebody else's business are left out.
func (b bucketRole) seen(ctx context.Context, w wish, left []string) (all []Seen, err error) {
	s := w.Want
	if s.ReadAll {
		role, err := b.get(ctx, s.Name)
		if err != nil || role == nil {
			return nil, err
		}
		s.Trust, _, _ = s.SeenTrust(Status{Role: role})
	}
	needed, looked := s.audiences(), map[string]bool{}
	for arn := range needed {
		looked[arn] = s.CreateProviders || s.ReadAll
	}
	for _, arn := range slices.AppendSeq(slices.Clone(s.Made), maps.Keys(w.Before().audiences())) {
		_, still := needed[arn]
		looked[arn] = looked[arn] || !still
	}
	for _, arn := range slices.Sorted(maps.Keys(looked)) {
		if !looked[arn] || slices.Contains(left, arn) {
			continue
		}
		provider, err := b.provider(ctx, arn)
		if err != nil {
			return nil, err
		}
		if provider != nil && (needed[arn] != nil || provider.Mark != "") {
			all = append(all, *provider)
		}
	}
	return all, nil
}

// provide makes what is missing, and then lets go of what the trust policy does not name any more.
func (b bucketRole) provide(ctx context.Context, w wish, o *Status) error {
	s := w.Want
	needed := s.audiences()
	for _, arn := range slices.Sorted(maps.Keys(needed)) {
		if err := b.provideOne(ctx, arn, needed[arn], o); err != nil {
			return err
		}
	}
	gone := unneeded(s, *o)
	if err := b.release(ctx, w, o, gone); err != nil {
		return err
	}
	o.Providers = slices.DeleteFunc(o.Providers, func(p Seen) bool { return needed[p.ARN] == nil })
	return nil
}

func (b bucketRole) provideOne(ctx context.Context, arn string, audiences []string, o *Status) error {
	seen, err := b.provider(ctx, arn)
	if err != nil {
		return err
	}
	_, host, _ := strings.Cut(arn, ":oidc-provider/")
	if seen == nil {
		in := &iam.CreateOpenIDConnectProviderInput{
			Url: aws.String("https://" + host), ClientIDList: audiences,
			Tags: []types.Tag{{Key: aws.String(MarkTag), Value: &o.Role.ID}},
		}
		if _, err := b.CreateOpenIDConnectProvider(ctx, in); !awsclient.IsExists(err) {
			return err // one that somebody made in the meantime is used
		}
		if seen, err = b.provider(ctx, arn); err != nil || seen == nil {
			return err
		}
	}
	for _, audience := range audiences {
		switch {
		case seen.has(audience):
			continue
		case !seen.madeFor(o.Role.ID):
			return fmt.Errorf("the OpenID Connect provider https://%s was made by others, without the audience %q: add it there",
				host, audience)
		}
		_, err := b.AddClientIDToOpenIDConnectProvider(ctx, &iam.AddClientIDToOpenIDConnectProviderInput{
			OpenIDConnectProviderArn: &arn, ClientID: &audience,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// release removes those of the providers that bear the mark and that no other role trusts. The last of several roles
// that are destroyed at once removes what they shared, so each says first that it needs it no more.
func (b bucketRole) release(ctx context.Context, w wish, o *Status, providers []Seen) error {
	own := w.Before().RoleID
	if o.Role != nil {
		own = o.Role.ID
	}
	var marked []string
	for _, p := range providers {
		if p.Mark != "" {
			marked = append(marked, p.ARN)
			b.register.note(b.register.leaving, own+" "+p.ARN)
		}
	}
	if len(marked) == 0 {
		return nil
	}
	trusted, err := b.trusted(ctx, marked)
	if err != nil {
		return err
	}
	for _, arn := range marked {
		if role := trusted[arn]; role != "" {
			awsclient.Tell(ctx, "the OpenID Connect provider "+arn+" stays, because the role "+role+" trusts it")
			o.Left = append(o.Left, arn)
			continue
		}
		in := &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn}
		if _, err := b.DeleteOpenIDConnectProvider(ctx, in); awsclient.Absent(err) != nil {
			return err
		}
		o.Providers = slices.DeleteFunc(slices.Clone(o.Providers), func(p Seen) bool { return p.ARN == arn })
	}
	return nil
}

// trusted gives, for those of the providers that a role trusts, the name of one. Roles that leave a provider do not
// count.
func (b bucketRole) trusted(ctx context.Context, arns []string) (map[string]string, error) {
	found := map[string]string{}
	var failed error
	roles, err := principal.Roles(ctx, b.ListRoles)
	for _, role := range roles {
		text, err := awsclient.PolicyText(role.AssumeRolePolicyDocument)
		if err != nil {
			failed = fmt.Errorf("the trust policy of the role %s: %w", aws.ToString(role.RoleName), err)
		}
		for _, arn := range arns {
			leaves := b.register.has(b.register.leaving, aws.ToString(role.RoleId)+" "+arn)
			if !leaves && trusts(text, arn) {
				found[arn] = aws.ToString(role.RoleName)
			}
		}
	}
	if err := cmp.Or(err, failed); err != nil {
		return nil, err
	}
	return found, nil
}

// trusts reports whether a trust policy names the provider. One that cannot be read may.
func trusts(trust, arn string) bool {
	doc, err := awspolicy.Read(trust)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(doc.Statements, func(s awspolicy.Statement) bool {
		return slices.Contains(s.Principal["Federated"], arn) || len(s.Principal)+len(s.NotPrincipal) == 0
	})
}
