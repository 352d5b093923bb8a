package account

import (
	"context"
	"fmt"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// The variables of a run on an account of AWS, and of the sweep after it.
const (
	Variable       = "SPINUP_TEST_AWS_ACCOUNT" // the id of the account, which has to be that of the credentials
	PrefixVariable = "SPINUP_TEST_AWS_PREFIX"  // all names start with it and a hyphen
	ZoneVariable   = "SPINUP_TEST_AWS_ZONE"    // the name of a hosted zone, for a site
)

// MarkTag is the tag of what such a run has made; its value is the prefix.
const MarkTag = "spinup-acctest"

var (
	accounts = regexp.MustCompile(`^\d{12}$`)
	prefixes = regexp.MustCompile(`^[a-z][a-z0-9]{2,11}$`)
)

// Wanted reads which account is meant, and the prefix. Both have to be said: there is no default.
func Wanted(getenv func(string) string) (id, prefix string, err error) {
	id, prefix = getenv(Variable), getenv(PrefixVariable)
	switch {
	case !accounts.MatchString(id):
		return "", "", fmt.Errorf("%s is %q: want the twelve digits of the account that is meant", Variable, id)
	case !prefixes.MatchString(prefix):
		return "", "", fmt.Errorf("%s is %q: want three to twelve lower-case letters and digits, a letter first",
			PrefixVariable, prefix)
	}
	return id, prefix, nil
}

// Default is the account that the environment's credentials lead to, as STS names it.
func Default(ctx context.Context) (Account, error) {
	found, err := config.LoadDefaultConfig(ctx, config.WithRegion(Region))
	if err != nil {
		return Account{}, err
	}
	caller, err := sts.NewFromConfig(found).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Account{}, err
	}
	a := with(found, func(*iam.Options) {}, func(*cloudfront.Options) {})
	a.ID = aws.ToString(caller.Account)
	return a, nil
}
