package awsclient

// Feature is something of a store that not every kind of store has.
type Feature int

// The features, in the order of the table in the guide on stores.
const (
	Tagging           Feature = iota // tags of a bucket
	Versioning                       // versioning of a bucket
	ListVersions                     // ListObjectVersions; without it a store has no old versions
	Policy                           // bucket policies
	NetworkKeys                      // VPC endpoints and calls of AWS's services as conditions of policies
	PrincipalKeys                    // ARNs of principals as conditions of policies
	PublicAccessBlock                // the four switches against public access
	Ownership                        // object ownership
	Encryption                       // default encryption
	Logging                          // access logs
	Lifecycle                        // lifecycle rules
	StorageClasses                   // AWS's storage classes, which lifecycle rules move objects to
	AbortRules                       // lifecycle rules that delete unfinished uploads
	CORS                             // CORS rules
	ObjectLock                       // retention and legal holds
	Checksums                        // SHA-256 of objects, checked when they are written and told when they are read
	Groups                           // all of IAM: groups and managed policies, which the access levels need, and more
	InlinePolicies                   // IAM users with policies of their own
	UserTags                         // tags of IAM users, given when they are made
	Sessions                         // AssumeRole of STS, with a policy for the session
	Federation                       // GetFederationToken of STS, for the keys of a user
	AdminAPI                         // VersityGW's Admin API
)

// Features are all of them.
func Features() []Feature {
	var all []Feature
	for f := range AdminAPI + 1 {
		all = append(all, f)
	}
	return all
}

// String is what messages and the documentation call it.
func (f Feature) String() string {
	return [...]string{
		"bucket tags", "versioning", "lists of old versions", "bucket policies",
		"conditions on AWS's networks in bucket policies", "conditions on ARNs in bucket policies", "public access block",
		"object ownership", "default encryption", "access logs", "lifecycle rules", "AWS's storage classes",
		"lifecycle rules for unfinished uploads", "CORS rules", "object lock", "checksums of objects",
		"IAM groups and managed policies", "IAM users with inline policies", "tags of IAM users",
		"AssumeRole of STS", "GetFederationToken of STS", "the Admin API",
	}[f]
}

// Support is whether a store has a feature.
type Support int

// What is known. Of a feature that is Unknown nothing is read that was not asked for, and its absence is found out from
// the store's answers.
const (
	Unknown Support = iota
	Yes
	No
)

// features says it of all features at once: those that a kind of store has, and those that it lacks. The rest is
// unknown.
func features(has, lacks []Feature) map[Feature]Support {
	all := map[Feature]Support{}
	for _, f := range has {
		all[f] = Yes
	}
	for _, f := range lacks {
		all[f] = No
	}
	return all
}

// Has reports whether the kind of store is known to have the feature.
func (p Platform) Has(f Feature) bool { return p.Features[f] == Yes }

// Lacks reports whether the kind of store is known not to have the feature.
func (p Platform) Lacks(f Feature) bool { return p.Features[f] == No }
