package awsclient

import "slices"

// Platform is what is assumed of a kind of store: defaults, each of which the configuration can override.
type Platform struct {
	Name            string
	DefaultEndpoint string // of S3, when neither the configuration nor the environment has one
	DefaultRegion   string // when neither the configuration nor the environment has one
	Partition       string // in ARNs; "" where the region decides

	STS                bool // has GetCallerIdentity, so that the account and the credentials are looked at
	IAM                bool // has groups and managed policies, so that access levels are made
	PublicAccessBlock  bool // has the four public-access switches, so that they are managed
	Ownership          bool // has object ownership, so that it is managed
	Encryption         bool // has default encryption, so that it is managed
	RequireTLS         bool // a policy that denies plain HTTP is understood and locks nobody out, so that it is made
	LocationConstraint bool // CreateBucket wants the region named outside us-east-1
}

// Platforms are the known kinds of store, AWS first.
//
// Tested by the acceptance tests, on emulators: aws. Taken from documentation and from trials by hand, not tested here:
// versitygw (1.8.0: answers 501 for the public access block and for encryption, and its IAM has no groups; a bucket
// with any policy obeys only the policy, so that a lone Deny would lock its owner out), minio (no public access block,
// ownership or GetCallerIdentity), yandex and kos (the S3 door only: no STS, IAM or public access block is documented).
// s3 is any other store, of which nothing is assumed.
func Platforms() []Platform {
	return []Platform{
		{
			Name: "aws", STS: true, IAM: true, PublicAccessBlock: true, Ownership: true, Encryption: true,
			RequireTLS: true, LocationConstraint: true,
		},
		{Name: "versitygw", Partition: "aws", DefaultRegion: "us-east-1", Ownership: true},
		{
			Name: "yandex", Partition: "aws",
			DefaultEndpoint: "https://storage.yandexcloud.net", DefaultRegion: "ru-central1",
		},
		{Name: "kos", Partition: "aws", DefaultRegion: "us-east-1"},
		{Name: "minio", Partition: "aws", DefaultRegion: "us-east-1"},
		{Name: "s3", Partition: "aws", DefaultRegion: "us-east-1"},
	}
}

// PlatformNames are the names of Platforms, in its order.
func PlatformNames() []string {
	var names []string
	for _, p := range Platforms() {
		names = append(names, p.Name)
	}
	return names
}

// platform looks a name up; "" is aws. It says false for a name that is not known.
func platform(name string) (Platform, bool) {
	if name == "" {
		name = "aws"
	}
	all := Platforms()
	i := slices.IndexFunc(all, func(p Platform) bool { return p.Name == name })
	if i < 0 {
		return Platform{}, false
	}
	return all[i], true
}

// AWS says whether this is AWS itself, or an emulator of it.
func (p Platform) AWS() bool { return p.Name == "aws" }
