package clients

import (
	"fmt"
	"strings"
)

// Rclone is the text of two remotes for the configuration of rclone: one for the store, and one of the bucket's name
// for the bucket, or the path in it. Rclone finds the keys itself, as programs of AWS do. It is told not to make the
// bucket, which those who may only use it are refused.
// https://rclone.org/s3/#configuration
func Rclone(bucket string, path, endpoint *string) (string, error) {
	if err := checkPlace(bucket, path); err != nil {
		return "", err
	}
	if path != nil && strings.Contains(*path, "%(") { // names another value of the file
		return "", refuse("path", "the path is %q, want one without %q, which means something in this file", *path, "%(")
	}
	lines := []string{"[" + bucket + "-s3]", "type = s3"}
	if endpoint == nil {
		lines = append(lines, "provider = AWS")
	} else {
		u, err := parseEndpoint(*endpoint)
		if err != nil {
			return "", err
		}
		lines = append(lines, "provider = Other", "endpoint = "+u.String(), "force_path_style = true")
	}
	lines = append(lines, "env_auth = true", "no_check_bucket = true", "",
		"["+bucket+"]", "type = alias", fmt.Sprintf("remote = %s-s3:%s", bucket, place(bucket, path)), "")
	return strings.Join(lines, "\n"), nil
}
