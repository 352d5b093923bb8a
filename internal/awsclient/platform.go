package awsclient

import (
	"cmp"
	"slices"
)

// Platform describes a kind of store: its defaults, each of which the configuration can override, and its capabilities.
// What depends on the kind of store asks for a capability, never for the name.
type Platform struct {
	Name            string
	DefaultEndpoint string // of S3, if neither the configuration nor the environment has one
	DefaultRegion   string // if neither the configuration nor the environment has one
	Partition       string // in ARNs; "" if the region decides
	IAMRegion       string // that calls of IAM and STS are signed for; "" for the configured one

	AWSEndpoints bool // a service without a configured endpoint is AWS's own; elsewhere its calls are refused
	RegionNames  bool // the names of regions are AWS's, and checked
	RoleARNs     bool // the ARNs of roles have IAM's form, and are checked
	HostNames    bool // a bucket's domain_name, regional_domain_name and hosted_zone_id follow from its name and region

	STS    bool // has GetCallerIdentity, so the account and the credentials are checked
	Groups bool // IAM has groups and managed policies, so access levels are made
	CDN    bool // has CloudFront, Route 53 and Certificate Manager, which spinup_website needs

	// What S3 has. Defaults that need what is missing are left out.
	LocationConstraint bool // CreateBucket needs the region's name outside us-east-1
	PublicAccessBlock  bool // the four switches against public access
	Ownership          bool // object ownership
	Encryption         bool // default encryption
	RequireTLS         bool // a policy that denies plain HTTP works and locks nobody out
	Policy             bool // bucket policies
	Tagging            bool // tags of a bucket
	Versioning         bool // the versioning state
	ListVersions       bool // ListObjectVersions
	Logging            bool // access logs
	Lifecycle          bool // lifecycle rules, which an import reads
	Website            bool // static websites

	// How S3 has to be asked. A row has these only where somebody has seen that its store needs them.
	ContentMD5             bool // takes Content-MD5 only, where a request must have a checksum
	UnsignedAcceptEncoding bool // its front end rewrites Accept-Encoding, so that must not be signed
}

// Platforms are the known kinds of store, AWS first. A new kind is one more row here, and one in the table of
// templates/index.md.tmpl.
//
// The acceptance tests run on emulators of AWS. The other rows come from documentation and from trials by hand:
//   - versitygw 1.8.0 answers 501 for the public access block and for encryption, and its IAM has no groups. A bucket
//     with a policy obeys only the policy, so a lone Deny would lock its owner out.
//   - minio has no public access block, object ownership or GetCallerIdentity.
//   - yandex and kos document S3 only, without a public access block.
//   - s3 is any other store.
func Platforms() []Platform {
	return []Platform{
		{
			Name:         "aws",
			AWSEndpoints: true, RegionNames: true, RoleARNs: true, HostNames: true, STS: true, Groups: true, CDN: true,
			LocationConstraint: true, PublicAccessBlock: true, Ownership: true, Encryption: true, RequireTLS: true,
			Policy: true, Tagging: true, Versioning: true, ListVersions: true, Logging: true, Lifecycle: true, Website: true,
		},
		{
			Name: "versitygw", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion, Ownership: true,
			Policy: true, Tagging: true, Versioning: true, ListVersions: true, Logging: true,
		},
		{
			Name: "yandex", DefaultRegion: "ru-central1", Partition: "aws", IAMRegion: globalRegion,
			DefaultEndpoint: "https://storage.yandexcloud.net",
			Policy:          true, Tagging: true, Versioning: true, ListVersions: true, Logging: true,
		},
		{
			Name: "kos", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion,
			Policy: true, Tagging: true, Versioning: true, ListVersions: true, Logging: true,
		},
		{
			Name: "minio", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion,
			Policy: true, Tagging: true, Versioning: true, ListVersions: true, Logging: true,
		},
		{
			Name: "s3", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion,
			Policy: true, Tagging: true, Versioning: true, ListVersions: true, Logging: true,
		},
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

// platform returns the platform of the name, or the default one for "". It returns false for an unknown name.
func platform(name string) (Platform, bool) {
	all := Platforms()
	name = cmp.Or(name, all[0].Name)
	i := slices.IndexFunc(all, func(p Platform) bool { return p.Name == name })
	if i < 0 {
		return Platform{}, false
	}
	return all[i], true
}
