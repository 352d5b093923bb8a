package names

import (
	"fmt"
	"regexp"
)

// RoleForm is what CheckRole wants.
const RoleForm = "the ARN of an IAM role, such as arn:aws:iam::111122223333:role/lending"

// rolePattern lets the account be left out, as some stores do.
var rolePattern = regexp.MustCompile(`^arn:[a-z-]+:iam::[^:\s]*:role/\S+$`)

// CheckRole returns an error for what is no ARN of an IAM role.
func CheckRole(arn string) error {
	if rolePattern.MatchString(arn) {
		return nil
	}
	return fmt.Errorf("the role is %q, want %s", arn, RoleForm)
}
