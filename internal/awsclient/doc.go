// Package awsclient connects to AWS and to stores that speak its protocols. It has the configuration and its checks,
// credentials, the platforms and their capabilities, the service clients, retries, all pauses and bounds, the classes
// of errors, and the lock that writers of one bucket share. It imports aws-sdk-go-v2 and aws-sdk-go-base, and nothing
// of Terraform.
//
// Three things are known of every call that the SDK alone does not tell: whether a failed attempt may have taken effect
// (MayHaveWorked, IsUncertain, Resent), that an answer of success is one to this operation (BadAnswerError), and that
// something answers at all (NoAnswerError, SilenceError).
package awsclient
