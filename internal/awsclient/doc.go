// Package awsclient is the only door to AWS and to stores that speak its protocols: the configuration and its checks,
// credentials, the service clients, how a failed call is sent again, how long anything waits, what an error means, and
// the lock that writers to one bucket share. It imports aws-sdk-go-v2 and aws-sdk-go-base, and nothing of Terraform.
package awsclient
