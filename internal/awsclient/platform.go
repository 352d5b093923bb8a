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
	DefaultRegion   string // if neither the configuration nor the environment has one; "" if one has to be given
	Partition       string // in ARNs; "" if the region decides
	IAMRegion       string // that calls of IAM and STS are signed for; "" for the configured one

	AWSEndpoints bool // a service without a configured endpoint is AWS's own; elsewhere its calls are refused
	RegionNames  bool // the names of regions are AWS's, and checked
	RoleARNs     bool // the ARNs of roles have IAM's form, and are checked
	HostNames    bool // a bucket's domain_name, regional_domain_name and hosted_zone_id follow from its name and region

	STS bool // has GetCallerIdentity, so the account and the credentials are checked
	CDN bool // has CloudFront, Route 53 and Certificate Manager, which spinup_website needs

	// OwnSessions: AssumeRole, at the endpoint of S3, makes a session of the caller's own. There are no roles.
	OwnSessions bool

	LocationConstraint bool // CreateBucket needs the region's name outside us-east-1
	RequireTLS         bool // the default of require_tls
	PolicyBindsOwner   bool // with a policy, the owner of a bucket may do only what it allows
	PolicyOfStrangers  bool // a policy of a bucket is asked for anonymous requests only, never for one with a key

	Features map[Feature]Support // one that is not there is Unknown
	Tested   string              // the server that the acceptance tests run on; "" if the row follows documentation

	// How S3 has to be asked. A row has these only where somebody has seen that its store needs them.
	ContentMD5             bool // takes Content-MD5 only, where a request must have a checksum
	Folders                bool // an object a and an object a/b cannot be at the same time, as with files and folders
	UnsignedAcceptEncoding bool // its front end rewrites Accept-Encoding, so that must not be signed
}

// Platforms are the known kinds of store, AWS first. A new kind is one more row here, and one in the table of
// templates/index.md.tmpl.
//
// The rows of aws, versitygw and minio are tested; where VersityGW depends on how it is run, it has what it can have.
// Its standalone IAM has users with tags, keys and inline policies, answers InvalidAction for the rest, and drops the
// boundary that CreateUser is given without a word. The others follow documentation of the vendors, which DESIGN.md
// names: what a page says plainly is had or lacked, and what it does not mention, or what only some releases have, is
// unknown. s3 is any other store: of it nothing is known.
func Platforms() []Platform {
	all := Features()
	s3Only := []Feature{Groups, InlinePolicies, UserTags, AdminAPI} // the store has no IAM that speaks AWS's language
	return []Platform{
		{
			Name:         "aws",
			AWSEndpoints: true, RegionNames: true, RoleARNs: true, HostNames: true, STS: true, CDN: true,
			LocationConstraint: true, RequireTLS: true,
			Features: features(all[:AdminAPI], []Feature{AdminAPI}), Tested: "LocalStack 4.12.0, fakecloud 0.51.0",
		},
		{
			Name: "versitygw", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion,
			PolicyBindsOwner: true, Folders: true, Tested: "VersityGW 1.8.0",
			Features: features(
				[]Feature{
					Tagging, Versioning, ListVersions, Policy, Ownership, CORS, ObjectLock, Checksums, InlinePolicies,
					UserTags, AdminAPI,
				},
				[]Feature{
					NetworkKeys, PublicAccessBlock, Encryption, Logging, Lifecycle, Groups, Sessions, Federation,
				}),
		},
		{
			Name: "yandex", DefaultRegion: "ru-central1", Partition: "aws", IAMRegion: globalRegion,
			DefaultEndpoint: "https://storage.yandexcloud.net",
			Features: features(
				[]Feature{Tagging, Versioning, ListVersions, Policy, Logging, Lifecycle, CORS, ObjectLock}, s3Only),
		},
		{
			Name: "kos", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion,
			Features: features(nil, s3Only),
		},
		{
			Name: "minio", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion,
			Tested: "MinIO of 2026-02-12", PolicyOfStrangers: true, Folders: true, OwnSessions: true,
			ContentMD5: true, // which older releases want
			// Default encryption is there only with a key service. Lifecycle rules move objects to remote tiers, whose names an
			// administrator chooses, and the server deletes unfinished uploads by a setting of its own.
			Features: features(
				[]Feature{Tagging, Versioning, ListVersions, Policy, Lifecycle, ObjectLock, Checksums, Sessions},
				slices.Concat(s3Only, []Feature{
					NetworkKeys, PrincipalKeys, PublicAccessBlock, Ownership, Logging, StorageClasses, AbortRules, CORS,
					Federation,
				})),
		},
		{ // its IAM came with Squid, its access logs with Tentacle
			Name: "ceph", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion,
			Features: features(
				[]Feature{Tagging, Versioning, ListVersions, Policy, Lifecycle, Sessions}, []Feature{AdminAPI}),
		},
		{
			Name: "r2", DefaultRegion: "auto", Partition: "aws", IAMRegion: globalRegion,
			Features: features(
				[]Feature{Lifecycle},
				slices.Concat(s3Only, []Feature{
					Tagging, Versioning, Policy, NetworkKeys, PrincipalKeys, PublicAccessBlock, Ownership, Encryption, Logging,
					ObjectLock,
				})),
		},
		{ // the endpoint has the region in its name. Every bucket is versioned, so versioning is not to be managed unasked
			Name: "b2", Partition: "aws", IAMRegion: globalRegion, ContentMD5: true,
			Features: features([]Feature{ListVersions, Encryption, Lifecycle, CORS, ObjectLock}, s3Only),
		},
		{
			Name: "garage", DefaultRegion: "garage", Partition: "aws", IAMRegion: globalRegion,
			Features: features(
				[]Feature{Lifecycle, CORS},
				slices.Concat(s3Only, []Feature{
					Tagging, Versioning, ListVersions, Policy, NetworkKeys, PrincipalKeys, PublicAccessBlock, Ownership, Encryption,
					Logging, ObjectLock,
				})),
		},
		{ // the endpoint has the region in its name
			Name: "scaleway", Partition: "aws", IAMRegion: globalRegion,
			Features: features(
				[]Feature{Tagging, Versioning, ListVersions, Policy, Lifecycle, CORS, ObjectLock}, s3Only),
		},
		{
			Name: "seaweedfs", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion,
			Features: features(
				[]Feature{Versioning, ListVersions, Policy, ObjectLock}, []Feature{AdminAPI}),
		},
		{
			Name: "s3", DefaultRegion: "us-east-1", Partition: "aws", IAMRegion: globalRegion,
			Features: features(nil, []Feature{AdminAPI}),
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
