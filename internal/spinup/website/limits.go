package website

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// countries are the codes of ISO 3166-1 alpha-2.
const countries = "" +
	"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY " +
	"BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK " +
	"FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR " +
	"IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK " +
	"ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM " +
	"PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF " +
	"TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"

// CheckCountry says what is wrong with the code of a country.
func CheckCountry(code string) error {
	switch {
	case slices.Contains(strings.Fields(countries), code):
		return nil
	case code == "UK":
		return errors.New("UK is no country code of ISO 3166-1: the United Kingdom is GB")
	}
	return fmt.Errorf("%s is no country code of ISO 3166-1", code)
}

// CheckWebACL says what is wrong with the ARN of a web ACL: CloudFront takes those of its own scope only, which are in
// us-east-1.
// https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
func CheckWebACL(arn string) error {
	parts := strings.SplitN(arn, ":", 6)
	switch {
	case len(parts) < 6 || parts[2] != "wafv2":
		return nil // the form is checked elsewhere
	case !strings.HasPrefix(parts[5], "global/webacl/"):
		return fmt.Errorf("%s is no web ACL with the scope CLOUDFRONT: its ARN would have global/webacl/ in it", arn)
	case parts[3] != "us-east-1":
		return fmt.Errorf("%s is in %s: web ACLs with the scope CLOUDFRONT are in us-east-1", arn, parts[3])
	}
	return nil
}

// Limits of an invalidation.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const (
	maxWildcards  = 15   // paths with an asterisk that may be under way at once
	maxPathLength = 4000 // characters
)

// CheckPaths says what is wrong with the paths of an invalidation.
func CheckPaths(paths []string) error {
	var wild []string
	for _, path := range paths {
		if err := checkPath(path); err != nil {
			return fmt.Errorf("the path %.80q %w", path, err)
		}
		if strings.HasSuffix(path, "*") {
			wild = append(wild, path)
		}
	}
	if len(wild) > maxWildcards {
		return fmt.Errorf("%d paths end in an asterisk, and CloudFront takes %d at once", len(wild), maxWildcards)
	}
	return nil
}

func checkPath(path string) error {
	unsafe := func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }
	switch {
	case len(path) > maxPathLength:
		return fmt.Errorf("has %d characters: CloudFront takes %d", len(path), maxPathLength)
	case strings.ContainsFunc(path, unsafe):
		return errors.New("has a blank or another character that has to be percent-encoded, such as %20")
	case strings.Contains(strings.TrimSuffix(path, "*"), "*"):
		return errors.New("has an asterisk that is not its last character: CloudFront would take it literally")
	}
	return nil
}
