package bucket

import (
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// The attributes of a bucket that statements of its policy carry out.
const (
	AttributeTLS    = "require_tls"
	AttributePublic = "public_access"
	AttributeReader = "reader" // of Spec only: websites set it
)

// The Sids of the provider's own statements in a bucket policy.
const (
	SidRequireTLS = "SpinupRequireTLS"
	SidPublicRead = "SpinupPublicRead"
	SidPublicList = "SpinupPublicList"
	SidOrigin     = "SpinupCloudFrontRead"
	SidOriginList = "SpinupCloudFrontList"
	SidOwner      = "SpinupOwner"
)

// reserved begins every Sid of the provider's statements, those of later versions included.
const reserved = "Spinup"

// ReservedSid reports whether users may not give their own statements this Sid.
func ReservedSid(sid string) bool { return strings.HasPrefix(sid, reserved) }

// clause is one statement that the provider writes into a bucket policy when an attribute asks for it.
type clause struct {
	sid       string
	attribute string
	wanted    func(s Spec) bool
	statement func(s Spec) awspolicy.Statement // without the Sid
}

// clauses are all of them, in the order in which they are written.
func clauses() []clause {
	return append(ipClauses(), []clause{
		{SidRequireTLS, AttributeTLS, func(s Spec) bool { return s.RequireTLS }, Spec.refusePlainHTTP},
		{SidPublicRead, AttributePublic, Spec.isPublic, func(s Spec) awspolicy.Statement {
			return publicly("s3:GetObject", s.arn()+"/*")
		}},
		{SidPublicList, AttributePublic, Spec.isListed, func(s Spec) awspolicy.Statement {
			return publicly("s3:ListBucket", s.arn())
		}},
		{SidOrigin, AttributeReader, func(s Spec) bool { return s.Reader != "" }, func(s Spec) awspolicy.Statement {
			return s.toReader("s3:GetObject", s.arn()+"/*")
		}},
		{SidOriginList, AttributeReader, func(s Spec) bool { return s.Reader != "" && s.ReaderLists },
			func(s Spec) awspolicy.Statement { return s.toReader("s3:ListBucket", s.arn()) }},
	}...)
}

func (s Spec) arn() string { return "arn:" + s.Partition + ":s3:::" + s.Name }

func (s Spec) isPublic() bool { return s.PublicAccess == PublicRead || s.isListed() }

func (s Spec) isListed() bool { return s.PublicAccess == PublicReadList }

// refusePlainHTTP may leave out the services of AWS. An anonymous request does not say that it is no service's, hence
// BoolIfExists. Where the policy binds the owner, it is about objects only: an owner who uses plain HTTP could not put
// the policy right again.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (s Spec) refusePlainHTTP() awspolicy.Statement {
	plain := awspolicy.Condition{"Bool": {"aws:SecureTransport": {"false"}}}
	if s.ExemptServices {
		plain["BoolIfExists"] = map[string]awspolicy.Values{"aws:PrincipalIsAWSService": {"false"}}
	}
	resources := []string{s.arn(), s.arn() + "/*"}
	if s.BindsOwner {
		resources = resources[1:]
	}
	return awspolicy.Statement{
		Effect: awspolicy.Deny, Principal: awspolicy.Everyone(),
		Action: []string{"s3:*"}, Resource: resources,
		Condition: plain,
	}
}

// toReader allows the action to one distribution, which signs its requests (origin access control).
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
func (s Spec) toReader(action, resource string) awspolicy.Statement {
	return awspolicy.Statement{
		Effect:    awspolicy.Allow,
		Principal: awspolicy.Principal{"Service": {"cloudfront.amazonaws.com"}},
		Action:    []string{action}, Resource: []string{resource},
		Condition: awspolicy.Condition{"StringEquals": {"AWS:SourceArn": {s.Reader}}},
	}
}

// publicly allows everybody the action.
func publicly(action, resource string) awspolicy.Statement {
	return awspolicy.Statement{
		Effect: awspolicy.Allow, Principal: awspolicy.Everyone(), Action: []string{action}, Resource: []string{resource},
	}
}

// AnonymousRead is the statement, without a Sid, by which the Yale service let everybody read a site.
func AnonymousRead(partition, bucket string) awspolicy.Statement {
	return publicly("s3:GetObject", Spec{Partition: partition, Name: bucket}.arn()+"/*")
}

// OwnStatements are the provider's own statements that the bucket policy should have.
func (s Spec) OwnStatements() []awspolicy.Statement { return s.of(clauses()) }

// of are the statements of those clauses that are wanted.
func (s Spec) of(all []clause) []awspolicy.Statement {
	var own []awspolicy.Statement
	for _, c := range all {
		if c.wanted(s) {
			statement := c.statement(s)
			statement.Sid = c.sid
			own = append(own, statement)
		}
	}
	return own
}

// statements are all that the provider wants the bucket policy to have, the user's own included.
func (s Spec) statements() []awspolicy.Statement {
	return slices.Concat(s.OwnStatements(), s.Statements)
}

// wanted are statements and, where a policy binds the owner, the one that leaves all rights to the owner. That one
// stays as long as there is a policy, whosever.
func (o Status) wanted(w wish) []awspolicy.Statement {
	all := w.Want.statements()
	others := o.Policy != nil && !o.Policy.Replace(ownKeys(w, o), nil).Empty()
	if o.Bound == "" || len(all) == 0 && !others {
		return all
	}
	return append(all, w.Want.forOwner(o.Bound))
}

// forOwner leaves the owner of a bucket all rights, where a policy binds owners too.
func (s Spec) forOwner(principal string) awspolicy.Statement {
	return awspolicy.Statement{
		Sid: SidOwner, Effect: awspolicy.Allow, Principal: awspolicy.Principal{"AWS": {principal}},
		Action: []string{"s3:*"}, Resource: []string{s.arn(), s.arn() + "/*"},
	}
}

// MaxPolicy is how many bytes a bucket policy may have.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
const MaxPolicy = 20 << 10

// PolicySize is how many bytes the policy has without statements of other owners.
func (s Spec) PolicySize() int { return len(awspolicy.New(s.statements()...).String()) }

// Shows reports whether the policy has just the provider's own statements that s wants for the attribute.
func (o Status) Shows(s Spec, attribute string) bool {
	of := slices.DeleteFunc(clauses(), func(c clause) bool { return c.attribute != attribute })
	return o.Policy != nil && holds(*o.Policy, sids(of), s.of(of))
}

// holds reports whether the document has the wanted statements, in any order, and no others under the keys.
func holds(doc awspolicy.Document, keys []string, want []awspolicy.Statement) bool {
	have := doc.Select(keys).Statements
	return len(have) == len(want) && !slices.ContainsFunc(have, func(s awspolicy.Statement) bool {
		return !slices.ContainsFunc(want, s.Equal)
	})
}

// ownSids are the Sids of all statements that the provider may have written.
func ownSids(w wish) []string {
	all := clauses()
	if !managesIP(w) {
		all = slices.DeleteFunc(all, func(c clause) bool { return c.attribute == AttributeIPAccess })
	}
	return append(sids(all), SidOwner)
}

func sids(all []clause) []string {
	var own []string
	for _, c := range all {
		own = append(own, c.sid)
	}
	return own
}

// ownKeys are the keys of all statements that may be replaced: those of the provider, those that the user has or had,
// and those that must not stay.
func ownKeys(w wish, o Status) []string {
	return slices.Concat(ownSids(w), w.Want.Revoked, o.userKeys(w))
}

// userKeys are the keys of the statements that the user has or had, and of what remains of one without a Sid after its
// principals were deleted, if it is not there itself.
func (o Status) userKeys(w wish) (keys []string) {
	for _, statement := range slices.Concat(w.Before().Statements, w.Want.Statements) {
		keys = append(keys, statement.Key())
		if o.Policy == nil || statement.Sid != "" {
			continue
		}
		if _, there := o.Policy.Find(statement.Key()); there {
			continue
		}
		for _, seen := range o.Policy.Statements {
			if seen.RemainsOf(statement) {
				keys = append(keys, seen.Key())
			}
		}
	}
	return keys
}

// UserStatements are the statements of the live policy that belong to the user: what is wanted or was, because a failed
// update leaves some of each. With ReadAll, all except the provider's own. The policy has to have been seen.
func (o Status) UserStatements(w wish) awspolicy.Document {
	if w.Want.ReadAll {
		return o.Policy.Replace(ownSids(w), nil)
	}
	return o.Policy.Select(o.userKeys(w))
}

// PublicAccess is the value of public_access that the switches and the provider's own statements amount to. Where there
// are no switches, the statements alone decide.
func (o Status) PublicAccess(s Spec) string {
	switch {
	case o.Root != nil && o.Policy == nil && s.PublicAccess != "" && !s.isPublic():
		return s.PublicAccess // it asks for nothing, so nothing was looked at
	case o.Policy == nil, o.Block == nil && s.PublicAccess == "" && !s.ReadAll:
		return ""
	}
	values := []string{PublicNone, PublicRead, PublicReadList, Unblocked}
	if o.Block == nil && s.PublicAccess != "" {
		values = append([]string{s.PublicAccess}, values...)
	}
	s.Block = nil
	for _, value := range values {
		s.PublicAccess = value
		if (o.Block == nil || *o.Block == s.block()) && o.Shows(s, AttributePublic) {
			return value
		}
	}
	return Mixed
}

// Public reports whether a statement of any owner lets everybody read the objects.
func (o Status) Public() bool {
	return o.Policy != nil && slices.ContainsFunc(o.Policy.Statements, awspolicy.Statement.Public)
}
