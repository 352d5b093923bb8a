package clients

import "regexp"

// aliasForm is what mc takes as the name of an alias.
var aliasForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// Alias is the command that makes mc know a store by a name; without an endpoint it is S3 of AWS. Mc asks for the two
// keys, so that they are on no command line.
// https://min.io/docs/minio/linux/reference/minio-mc/mc-alias-set.html
func Alias(name string, endpoint *string) (string, error) {
	if !aliasForm.MatchString(name) {
		return "", refuse("name", "the alias is %q, want a letter, then letters, digits, - and _", name)
	}
	if endpoint == nil {
		return "mc alias set " + name + " https://s3.amazonaws.com", nil
	}
	u, err := parseEndpoint(*endpoint)
	if err != nil {
		return "", err
	}
	return "mc alias set " + name + " " + u.String() + " --path on", nil
}
