// Package awsclient connects to AWS and to stores that speak its protocols. It has the configuration and its checks,
// credentials, the platforms and their capabilities, the service clients, retries, all pauses and bounds, the classes
// of errors, and the lock that writers of one bucket share. It imports aws-sdk-go-v2 and aws-sdk-go-base, and nothing
// of Terraform.
package awsclient
