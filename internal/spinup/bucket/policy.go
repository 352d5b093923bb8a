package bucket

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/document"
)

func (b bucket) policy() part {
	return part{
		Attribute: "policy",
		Inside:    true,
		Watched: func(s Spec) bool {
			return len(s.statements()) > 0 || b.conn.Platform.Has(awsclient.Policy)
		},
		Wanted:  func(wish) bool { return true }, // without statements, those of before are removed
		Present: func(o Status) bool { return o.Policy != nil },
		InSync: func(w wish, o Status) bool {
			return holds(*o.Policy, ownKeys(w, o), o.wanted(w))
		},
		Describe: describePolicy,
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			live, err := b.policyWriter(s, o).Read(ctx)
			if err := awsclient.Absent(err); err != nil {
				return err
			}
			o.Policy, o.Bound = &live, boundBy(live)
			return nil
		},
		Claim:  func(_ context.Context, w wish, o Status) error { return claimStatements(w, o) },
		Enters: func(w wish) bool { return len(entering(w)) > 0 || !w.Want.sameIPAccess(w.Before()) },
		CanApply: func(_ context.Context, w wish, o Status) error {
			if o.Policy == nil {
				return nil
			}
			want := o.wanted(w)
			next := o.Policy.Replace(ownKeys(w, o), want)
			if size := len(next.String()); size > MaxPolicy && len(want) > 0 {
				return fmt.Errorf("the policy of bucket %s would have %d bytes with the statements of other owners, want at "+
					"most %d", w.Want.Name, size, MaxPolicy)
			}
			if !next.Mixed() {
				return nil
			}
			return fmt.Errorf("the policy of bucket %s has ${...} in statements of other owners, and policy has it too, in "+
				"another Version: it is a variable in 2012-10-17 only, and a document has one Version. Set the other one",
				w.Want.Name)
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			if o.Policy == nil && len(s.statements()) == 0 {
				return nil
			}
			return b.writeBound(ctx, s, o, func() error {
				change := document.Change[awspolicy.Statement]{Owned: ownKeys(w, *o), Want: o.wanted(w)}
				return b.put(ctx, o, func() error { return b.policyWriter(s, o).Apply(ctx, change) })
			})
		},
		CanRemove: func(_ context.Context, w wish, o Status) error {
			s := w.Want
			var foreign []string
			for _, statement := range o.Policy.Replace(ownKeys(w, o), nil).Statements {
				foreign = append(foreign, statement.Label())
			}
			return lost(s, "policy statements of other owners", foreign)
		},
	}
}

// describePolicy says which statements differ, by their Sids.
func describePolicy(w wish, o Status) (object, fault string) {
	object = "policy of the bucket " + w.Want.Name
	if o.Policy == nil {
		return object, ""
	}
	want, have := o.wanted(w), o.Policy.Select(ownKeys(w, o)).Statements
	var differ []string
	for _, s := range want {
		if !slices.ContainsFunc(have, s.Equal) {
			differ = append(differ, s.Label()+" is missing or altered")
		}
	}
	for _, s := range have {
		same := func(wanted awspolicy.Statement) bool { return wanted.Key() == s.Key() }
		if !slices.ContainsFunc(want, same) {
			differ = append(differ, s.Label()+" is not wanted")
		}
	}
	if len(differ) > 0 {
		fault = "Statements differ: " + strings.Join(differ, ", ") + "."
	}
	return object, fault
}

// writeBound writes the policy with a statement for the owner whom it binds. The owner is an access key or, where users
// are known by ARNs, the root; one who was deleted needs no statement, and is not taken for a principal.
func (b bucket) writeBound(ctx context.Context, s Spec, o *Status, write func() error) error {
	if !s.BindsOwner {
		return write()
	}
	owner := s.Owner
	if owner == "" {
		var err error
		if owner, err = b.ownerOf(ctx, s); err != nil {
			return err
		}
	}
	var first error
	for _, bound := range slices.Compact([]string{owner, s.rootARN(), ""}) {
		o.Bound = bound
		err := write()
		if !awsclient.IsInvalid(err) {
			return err
		}
		first = cmp.Or(first, err)
	}
	return b.noPrincipal(first)
}

// noPrincipal says which principals the store takes.
func (b bucket) noPrincipal(err error) error {
	if !awsclient.IsInvalid(err) {
		return err
	}
	return fmt.Errorf("the store takes only principals that exist, by their access keys, or with an IAM service of its "+
		"own by their ARNs: %w", err)
}

// rootARN is the owner of every bucket of a store whose users are known by ARNs.
func (s Spec) rootARN() string { return "arn:" + s.Partition + ":iam::" + storeAccount + ":root" }

// storeAccount is the account of VersityGW's IAM service.
const storeAccount = "000000000000"

// boundBy is the principal to whom the policy leaves all rights as the owner; empty for none.
func boundBy(policy awspolicy.Document) string {
	statement, _ := policy.Find(SidOwner)
	if all := statement.Principal["AWS"]; len(all) == 1 {
		return all[0]
	}
	return ""
}

// entering are the user's statements that are not as state knows them.
func entering(w wish) []awspolicy.Statement {
	before := w.Before().Statements
	return slices.DeleteFunc(slices.Clone(w.Want.Statements), func(s awspolicy.Statement) bool {
		return slices.ContainsFunc(before, s.Equal)
	})
}

// claimStatements refuses a Sid that is new to state and that another statement of the live policy has.
func claimStatements(w wish, o Status) error {
	if o.Policy == nil {
		return nil
	}
	known := map[string]bool{}
	for _, s := range w.Before().Statements {
		known[s.Key()] = true
	}
	var taken []string
	for _, s := range entering(w) {
		live := o.Policy.Select([]string{s.Key()}).Statements
		if !known[s.Key()] && slices.ContainsFunc(live, func(theirs awspolicy.Statement) bool { return !theirs.Equal(s) }) {
			taken = append(taken, s.Label())
		}
	}
	if len(taken) == 0 {
		return nil
	}
	return fmt.Errorf("a statement of the policy of bucket %s with the Sid %s: %w; choose another Sid, or remove that "+
		"statement first", w.Want.Name, strings.Join(taken, ", "), reconcile.ErrForeign)
}

// policyWriter is the writer of the bucket policy.
func (b bucket) policyWriter(s Spec, o *Status) document.Writer[awspolicy.Document, awspolicy.Statement] {
	type store = document.Store[awspolicy.Document, awspolicy.Statement]
	return document.NewWriter[awspolicy.Document, awspolicy.Statement](b.conn, s.Name, store{
		Noun: "policy", Item: "statement",
		Read: func(ctx context.Context) (awspolicy.Document, error) { return b.readPolicy(ctx, s) },
		Write: func(ctx context.Context, next awspolicy.Document) error {
			return deadPrincipals(next, b.putPolicy(ctx, s, o, next.String()))
		},
		Delete: func(ctx context.Context) error {
			_, err := b.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &s.Name}, at(s))
			return awsclient.Absent(err)
		},
	})
}

// readPolicy asks for the policy.
func (b bucket) readPolicy(ctx context.Context, s Spec) (awspolicy.Document, error) {
	out, err := b.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &s.Name}, at(s))
	switch {
	case awsclient.IsNotFound(err) && !awsclient.IsNoBucket(err):
		return awspolicy.Document{}, nil
	case err != nil:
		return awspolicy.Document{}, err
	}
	return awspolicy.Read(aws.ToString(out.Policy))
}

// deadPrincipals names the statements for which S3 refuses a policy as invalid, if their principals were deleted: S3's
// own words name neither.
func deadPrincipals(policy awspolicy.Document, err error) error {
	if !awsclient.IsInvalid(err) {
		return err
	}
	var dead []string
	for _, s := range policy.Statements {
		if ids := s.Deleted(); len(ids) > 0 {
			dead = append(dead, fmt.Sprintf("%s (%s)", s.Label(), strings.Join(ids, ", ")))
		}
	}
	if len(dead) == 0 {
		return err
	}
	return fmt.Errorf("S3 takes no policy with principals that were deleted, which it shows by their ids; the policy of "+
		"the bucket has them in: %s. Remove these statements, or name living principals in them: %w",
		strings.Join(dead, "; "), err)
}

// putPolicy writes the document. S3 may refuse a public one for some seconds after public access was unblocked.
func (b bucket) putPolicy(ctx context.Context, s Spec, o *Status, text string) error {
	early := func(err error) bool { return o.Opened && awsclient.IsAccessDenied(err) }
	return b.conn.Patiently(ctx, "S3 to accept the bucket policy", early, func() error {
		_, err := b.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &s.Name, Policy: &text}, at(s))
		if o.Opened && awsclient.IsAccessDenied(err) {
			return fmt.Errorf("the account or its organization may block public policies: %w", err)
		}
		return err
	})
}
