package fwtypes

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

// BucketName requires a name that S3 accepts for a general purpose bucket.
func BucketName() validator.String {
	return rule{"bucket name", "3 to 63 lowercase letters, digits, dots and hyphens", names.CheckBucket}
}

// BucketNamePrefix requires the beginning of such a name, short enough for the suffix that makes it unique.
func BucketNamePrefix() validator.String {
	return rule{
		"bucket name prefix", "1 to 37 lowercase letters, digits, dots and hyphens", names.CheckBucketPrefix,
	}
}

// HostName requires the host name of a site.
func HostName() validator.String {
	return rule{
		"host name", "a host name of at least two labels: lower-case letters, digits, hyphens and dots", names.CheckHost,
	}
}

// ARN requires the ARN of an object of one of the services, such as "kms", or of any service if none is given.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func ARN(services ...string) validator.String {
	form := "arn:partition:" + orAny(services) + ":region:account:resource"
	return rule{"ARN", "an ARN, " + form, func(text string) error {
		m := arnPattern.FindStringSubmatch(text)
		switch {
		case m == nil:
			return fmt.Errorf("%s is not an ARN, want %s", quoted(text), form)
		case len(services) > 0 && !slices.Contains(services, m[1]):
			return fmt.Errorf("%s is an ARN of the service %q, want %s", quoted(text), m[1], form)
		}
		return nil
	}}
}

var (
	// arnPattern allows ARNs of global services without a region, S3's without an account, and the account "aws" of AWS's
	// own policies.
	arnPattern       = regexp.MustCompile(`^arn:aws[a-z-]*:([a-z0-9-]+):[a-z0-9-]*:(?:[0-9]{12}|aws)?:\S+$`)
	endpointPattern  = regexp.MustCompile(`^vpce-([0-9a-f]{8}|[0-9a-f]{17})$`)
	sessionPattern   = regexp.MustCompile(`^arn:aws[a-z-]*:sts::[0-9]{12}:assumed-role/`)
	principalPattern = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(user|role)/[A-Za-z0-9.,+@=_/*?-]+)$`)

	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
	iamPathPattern = regexp.MustCompile(`^(/[A-Za-z0-9.,+@=_-]+)*/$`)
)

func orAny(services []string) string {
	if len(services) == 0 {
		return "service"
	}
	return strings.Join(services, "|")
}

// Network requires an IPv4 or IPv6 network in CIDR notation, without bits beyond its length.
func Network() validator.String {
	const want = "a network such as 192.0.2.0/24 or 2001:db8::/32"
	return rule{"network", want, func(text string) error {
		network, err := netip.ParsePrefix(text)
		address, notAddress := netip.ParseAddr(text)
		switch {
		case notAddress == nil && !address.Is4In6() && address.Zone() == "":
			return fmt.Errorf("%s is an address, want a network; for this address alone \"%s/%d\"", quoted(text), address,
				address.BitLen())
		case err != nil:
			return fmt.Errorf("%s is not a network, want %s", quoted(text), want)
		case network.Addr().Is4In6():
			return fmt.Errorf("%s is an IPv4 network in the form of IPv6, want the IPv4 form, such as 192.0.2.0/24",
				quoted(text))
		case network != network.Masked():
			return fmt.Errorf("%s has bits beyond its length, want \"%s\"; for the address alone \"%s/%d\"", quoted(text),
				network.Masked(), network.Addr(), network.Addr().BitLen())
		}
		return nil
	}}
}

// VPCEndpointID requires the id of a VPC endpoint.
func VPCEndpointID() validator.String {
	return form("VPC endpoint id", "vpce- and 8 or 17 of 0-9a-f, such as vpce-0123456789abcdef0",
		endpointPattern.MatchString)
}

// PrincipalARN requires an ARN, which may have wildcards behind the account, as the condition key aws:PrincipalArn has
// it: of a session that is its role.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
func PrincipalARN() validator.String {
	const want = "arn:aws:iam::account:role/name, :user/name or :root"
	return rule{"principal", "the ARN of a principal, " + want, func(text string) error {
		switch {
		case sessionPattern.MatchString(text):
			return fmt.Errorf("%s is one session of a role, want its role, arn:aws:iam::account:role/name", quoted(text))
		case !principalPattern.MatchString(text):
			return fmt.Errorf("%s is not the ARN of a principal, want %s", quoted(text), want)
		}
		return nil
	}}
}

// AccountID requires the id of an AWS account.
func AccountID() validator.String {
	return form("AWS account id", "12 digits", accountPattern.MatchString)
}

// IAMPath requires a path that IAM accepts for users, groups and managed policies. The last are the strictest.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
func IAMPath() validator.String {
	const want = `"/", or up to 512 characters that begin and end with "/", ` +
		`with letters, digits and .,+@=_- between two slashes`
	return form("IAM path", want, func(text string) bool { return len(text) <= 512 && iamPathPattern.MatchString(text) })
}

// Duration wants a length of time in Go's form.
func Duration() validator.String {
	return form("duration", "at least 0s, such as 30m or 48h", func(text string) bool {
		span, err := time.ParseDuration(text)
		return err == nil && span >= 0
	})
}

// Date wants a date that parse takes, at midnight UTC: S3 knows no times of day.
func Date(parse func(string) (time.Time, error)) validator.String {
	const want = "a day such as 2027-01-31, or 2027-01-31T00:00:00Z: midnight UTC"
	return form("date", want, func(text string) bool {
		at, err := parse(text)
		return err == nil && at.Equal(at.UTC().Truncate(24*time.Hour))
	})
}

// Checked wants what the function accepts, whose error names the value and what is allowed. The noun is what the text
// is, and want what is allowed, for descriptions.
func Checked(noun, want string, check func(string) error) validator.String {
	return rule{noun, want, check}
}

// Regexp wants a regular expression in Go's syntax.
func Regexp() validator.String {
	return rule{"regular expression", "a regular expression in Go's syntax", func(text string) error {
		_, err := regexp.Compile(text)
		return err
	}}
}

// PGPKey wants a key that check takes. No error shows the value: somebody may have put a private key there.
func PGPKey(check func(string) error) validator.String {
	const want = "one OpenPGP public key, armored or base64"
	return rule{"PGP key", want, func(text string) error {
		if err := check(text); err != nil {
			return fmt.Errorf("want %s: %w", want, err)
		}
		return nil
	}}
}

// parameterForm is what the levels of a parameter's name consist of.
var parameterForm = regexp.MustCompile(`^(/?[A-Za-z0-9_.-]+)+$`)

// How long and how deep the name of a parameter may be.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
const (
	maxParameterName   = 1011
	maxParameterLevels = 15
)

const parameterRule = "a parameter name: letters, digits and _.- with slashes between, such as /team/key"

// ParameterName wants the name of an SSM parameter.
func ParameterName() validator.String {
	return rule{"SSM parameter", "must be " + parameterRule, CheckParameterName}
}

// CheckParameterName returns the rule that the name of an SSM parameter breaks, nil if it breaks none.
func CheckParameterName(name string) error {
	levels := strings.Split(strings.TrimPrefix(name, "/"), "/")
	first, path := strings.ToLower(levels[0]), strings.HasPrefix(name, "/")
	reserved := func(prefix string) bool { return first == prefix || !path && strings.HasPrefix(first, prefix) }
	switch {
	case !parameterForm.MatchString(name):
		return fmt.Errorf("%s must be %s", quoted(name), parameterRule)
	case len(levels) > 1 && !path:
		return fmt.Errorf("%s has several levels, so it must begin with a slash: %s", quoted(name), quoted("/"+name))
	case reserved("aws"), reserved("ssm"):
		return fmt.Errorf("%s begins with %q, which AWS keeps for itself", quoted(name), levels[0][:3])
	case len(levels) > maxParameterLevels:
		return fmt.Errorf("%s has %d levels; SSM allows %d", quoted(name), len(levels), maxParameterLevels)
	case len(name) > maxParameterName:
		return fmt.Errorf("the name has %d characters; SSM allows %d", len(name), maxParameterName)
	}
	return nil
}

// form is a rule with one error, which names what is wanted.
func form(noun, want string, fits func(string) bool) validator.String {
	return rule{noun, want, func(text string) error {
		if fits(text) {
			return nil
		}
		return fmt.Errorf("%s is not %s %s, want %s", quoted(text), article(noun), noun, want)
	}}
}

func article(noun string) string {
	if strings.ContainsRune("AEIOaeio", rune(noun[0])) {
		return "an"
	}
	return "a"
}

// rule validates strings with a function whose errors name the value and what is allowed.
type rule struct {
	noun, want string
	check      func(string) error
}

func (r rule) Description(context.Context) string { return "must be " + r.want }

func (r rule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

func (r rule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := r.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+r.noun, fmt.Sprintf("%s: %s.", req.Path, err))
	}
}

// Limits of tags, in characters and per object.
// https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_Tag.html
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
	tagSigns    = "_.:/=+-@"
)

// TagMap requires tags that AWS accepts. Reserved returns an error for keys that may not be used, which reads on from
// `the tag key "..."`; it may be nil.
func TagMap(reserved func(key string) error) validator.Map { return tagMap{reserved} }

type tagMap struct {
	reserved func(string) error
}

func (tagMap) Description(context.Context) string {
	return "must be at most 50 tags, with keys of 1 to 128 and values of up to 256 letters, digits, spaces and " +
		tagSigns + ", no key beginning with aws:"
}

func (t tagMap) MarkdownDescription(ctx context.Context) string { return t.Description(ctx) }

func (t tagMap) ValidateMap(ctx context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	tags := req.ConfigValue.Elements()
	if len(tags) > maxTags {
		resp.Diagnostics.AddAttributeError(req.Path, "Too many tags", fmt.Sprintf(
			"%s has %d tags, want at most %d.", req.Path, len(tags), maxTags))
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		at := req.Path.AtMapKey(key)
		if err := t.checkKey(key); err != nil {
			resp.Diagnostics.AddAttributeError(at, "Invalid tag key", describe(at, "key", key, err))
		}
		if value, err := checkTagValue(ctx, tags[key]); err != nil {
			resp.Diagnostics.AddAttributeError(at, "Invalid tag value", describe(at, "value", value, err))
		}
	}
}

func describe(at path.Path, what, text string, err error) string {
	return fmt.Sprintf("%s: the tag %s %s %s.", at, what, quoted(text), err)
}

func (t tagMap) checkKey(key string) error {
	switch {
	case key == "" || utf8.RuneCountInString(key) > maxTagKey:
		return fmt.Errorf("has %d characters, want 1 to %d", utf8.RuneCountInString(key), maxTagKey)
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return errors.New(`begins with "aws:", which AWS reserves for its own tags`)
	case strings.IndexFunc(key, noTagCharacter) >= 0:
		return tagCharacterError(key)
	case t.reserved != nil:
		return t.reserved(key)
	}
	return nil
}

func checkTagValue(ctx context.Context, element attr.Value) (string, error) {
	text, ok := element.(basetypes.StringValuable)
	if !ok || element.IsUnknown() {
		return "", nil
	}
	if element.IsNull() {
		return "null", errors.New("is not allowed, want a string; leave the tag out instead")
	}
	s, _ := text.ToStringValue(ctx)
	value := s.ValueString()
	switch {
	case utf8.RuneCountInString(value) > maxTagValue:
		return value, fmt.Errorf("has %d characters, want at most %d", utf8.RuneCountInString(value), maxTagValue)
	case strings.IndexFunc(value, noTagCharacter) >= 0:
		return value, tagCharacterError(value)
	}
	return value, nil
}

func noTagCharacter(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.N, unicode.Z) && !strings.ContainsRune(tagSigns, r)
}

func tagCharacterError(text string) error {
	i := strings.IndexFunc(text, noTagCharacter)
	return fmt.Errorf("has %q, want only letters, digits, spaces and %s", []rune(text[i:])[0], tagSigns)
}

// quoted quotes a value for a message, shortened if it is too long to read.
func quoted(text string) string {
	const enough = 100
	if r := []rune(text); len(r) > enough {
		return fmt.Sprintf("%q...", string(r[:enough]))
	}
	return fmt.Sprintf("%q", text)
}

// OneOf wants one of the words of a choice. The error names the one that was probably meant.
func OneOf(words ...string) validator.String {
	want := fmt.Sprintf("one of %q", words)
	return rule{"value", want, func(text string) error {
		if slices.Contains(words, text) {
			return nil
		}
		hint := ""
		if word := nearest(text, words); word != "" {
			hint = fmt.Sprintf("; did you mean %q?", word)
		}
		return fmt.Errorf("%s is not allowed, want %s%s", quoted(text), want, hint)
	}}
}

// nearest is the word that differs from the text in the fewest characters, whatever their case; "" if all differ in
// more than a third and one.
func nearest(text string, words []string) (best string) {
	least := len(text)/3 + 2
	for _, word := range words {
		if d := distance(strings.ToLower(text), strings.ToLower(word)); d < least {
			best, least = word, d
		}
	}
	return best
}

// distance is how many characters have to be added, removed or replaced to make one text of the other.
func distance(from, to string) int {
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(from) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(to) {
			changed := diagonal
			if from[i] != to[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
