// Package lending gives access to a bucket away for a time: credentials of a session that a policy confines, and links
// that are signed. Nothing of it is kept. It may import access, content, awsclient and the SDK's service types; no
// Terraform types.
package lending

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// Method is how a session is made.
type Method string

// The methods. GetSessionToken is none of them: it takes no policy.
const (
	AssumeRole      Method = "assume_role"
	FederationToken Method = "federation_token"
)

// Methods are all of them.
func Methods() []Method { return []Method{AssumeRole, FederationToken} }

// Bounds of a session.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
const (
	MinDuration  = 15 * time.Minute
	MaxDuration  = 12 * time.Hour
	MaxPolicy    = 2048      // characters
	maxChained   = time.Hour // of a role that is assumed with the credentials of another
	maxSession   = 64        // characters of a session's name
	maxFederated = 32        // characters of the name of a federated user
)

// Loan is access to a bucket for a time.
type Loan struct {
	Bucket   string
	Prefix   string // of keys, such as "docs/"; "" for the whole bucket
	Access   access.Level
	RoleARN  string // "" without a role
	Method   Method // "" for the one that fits
	Duration time.Duration

	lean bool // the store refuses actions that it does not have
}

// Credentials are those of a session.
type Credentials struct {
	AccessKey, SecretKey, Token string
	Expires                     time.Time
}

// Policy is the policy of the session, which allows no more than the access. The session can do what it allows and
// its role, or its user, may do as well.
func (l Loan) Policy(partition string) string {
	document := access.Grant{Partition: partition, Bucket: l.Bucket, Level: l.Access, Path: l.Prefix}.Document()
	if l.lean {
		document = access.Lean(document)
	}
	return document
}

// On is the loan on a kind of store, with the method that fits.
func (l Loan) On(store awsclient.Platform) Loan {
	l.lean = store.OwnSessions
	switch {
	case l.Method != "":
	case l.RoleARN != "" || store.OwnSessions:
		l.Method = AssumeRole
	default:
		l.Method = FederationToken
	}
	return l
}

// Needs is what the store must have for the method.
func (m Method) Needs() awsclient.Feature {
	if m == AssumeRole {
		return awsclient.Sessions
	}
	return awsclient.Federation
}

// SettingError is a setting of a loan that cannot be, as is known before any call.
type SettingError struct {
	Attribute, Problem string
}

func (e *SettingError) Error() string { return e.Attribute + " " + e.Problem }

// check refuses what the service would refuse for reasons that it does not tell.
func (l Loan) check(conn *awsclient.Conn, run awsclient.Session) error {
	refuse := func(attribute, problem string, args ...any) error {
		return &SettingError{attribute, fmt.Sprintf(problem, args...)}
	}
	switch {
	case l.Method == AssumeRole && l.RoleARN == "" && !conn.Platform.OwnSessions:
		return refuse("method", "is %q, which needs a role: set role_arn", l.Method)
	case l.RoleARN != "" && conn.Platform.OwnSessions:
		return refuse("role_arn", "is %q, but a store of platform %q has no roles: leave it out", l.RoleARN,
			conn.Platform.Name)
	case run.Temporary && l.Method == FederationToken:
		return refuse("method", "is %q, which takes the access key of an IAM user only, and the provider's credentials are "+
			"those of a session: set role_arn, to a role that they may assume", l.Method)
	case run.Temporary && conn.Platform.OwnSessions:
		return refuse("method", "is %q, which the store makes for the access key of a user only, and the provider's "+
			"credentials are those of a session: use the key of a user", l.Method)
	case run.Temporary && strings.Contains(conn.CallerARN, ":assumed-role/") && l.Duration > maxChained:
		return refuse("duration", "is %s, but the provider's credentials are those of a role, and AWS allows a role that is "+
			"assumed by another %s at most", l.Duration, maxChained)
	}
	if n := len(l.Policy(conn.Partition)); n > MaxPolicy {
		return refuse("prefix", "is %q, which makes the policy of the session %d characters long, and AWS allows %d: set a "+
			"shorter one", l.Prefix, n, MaxPolicy)
	}
	return nil
}

// Lend makes a session. What cannot be is a *SettingError.
func Lend(ctx context.Context, conn *awsclient.Conn, loan Loan) (Credentials, error) {
	run, err := conn.Session(ctx)
	if err != nil {
		return Credentials{}, err
	}
	loan = loan.On(conn.Platform)
	if err := loan.check(conn, run); err != nil {
		return Credentials{}, err
	}
	api := NewAPI(conn)
	if loan.Method == AssumeRole {
		return api.assume(ctx, conn, loan)
	}
	out, err := api.GetFederationToken(ctx, &sts.GetFederationTokenInput{
		Name: loan.name(maxFederated), Policy: aws.String(loan.Policy(conn.Partition)), DurationSeconds: loan.seconds(),
	})
	if err != nil {
		return Credentials{}, err
	}
	return credentials(out.Credentials), nil
}

// ownRole stands for the role where there are none. The SDK wants something, and the store does not look at it.
const ownRole = "arn:aws:iam:::role/own"

// assume makes a session of a role. A new role refuses everybody until AWS knows it everywhere, so it is asked again.
func (a API) assume(ctx context.Context, conn *awsclient.Conn, loan Loan) (made Credentials, err error) {
	role, pace := cmp.Or(loan.RoleARN, ownRole), conn.Pace
	pace.Consistency = pace.Trust
	early := func(err error) bool { return role != ownRole && awsclient.IsAccessDenied(err) }
	err = awsclient.Patiently(ctx, pace, "the role to let the credentials in", early, func() error {
		out, err := a.AssumeRole(ctx, &sts.AssumeRoleInput{
			RoleArn: &role, RoleSessionName: loan.name(maxSession), Policy: aws.String(loan.Policy(conn.Partition)),
			DurationSeconds: loan.seconds(),
		})
		if err == nil {
			made = credentials(out.Credentials)
		}
		return err
	})
	return made, err
}

// name is what logs of AWS call the session, of at most so many characters.
func (l Loan) name(most int) *string {
	name := "spinup-" + l.Bucket
	return aws.String(name[:min(len(name), most)])
}

func (l Loan) seconds() *int32 { return aws.Int32(int32(l.Duration / time.Second)) }

func credentials(c *types.Credentials) Credentials {
	return Credentials{
		AccessKey: aws.ToString(c.AccessKeyId), SecretKey: aws.ToString(c.SecretAccessKey),
		Token: aws.ToString(c.SessionToken), Expires: aws.ToTime(c.Expiration),
	}
}
