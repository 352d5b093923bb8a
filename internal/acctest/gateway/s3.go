package gateway

import (
	"bytes"
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// s3Operation is an operation of S3 and the IAM action it needs, where that is not named like it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
type s3Operation struct{ name, action string }

// s3Routes is the REST table of S3 by method, what the path names, and sub-resource. COPY stands for a PUT with a
// source. Operations that neither the provider nor a test calls have no name here but their route.
var s3Routes = map[string]s3Operation{
	"GET /": {"ListBuckets", "s3:ListAllMyBuckets"},

	"PUT /bucket":             {"CreateBucket", ""},
	"HEAD /bucket":            {"HeadBucket", "s3:ListBucket"},
	"DELETE /bucket":          {"DeleteBucket", ""},
	"GET /bucket":             {"ListObjects", "s3:ListBucket"},
	"GET /bucket?list-type":   {"ListObjectsV2", "s3:ListBucket"},
	"GET /bucket?versions":    {"ListObjectVersions", "s3:ListBucketVersions"},
	"GET /bucket?uploads":     {"ListMultipartUploads", "s3:ListBucketMultipartUploads"},
	"POST /bucket?delete":     {"DeleteObjects", "s3:DeleteObject"},
	"GET /bucket?location":    {"GetBucketLocation", ""},
	"GET /bucket?versioning":  {"GetBucketVersioning", ""},
	"PUT /bucket?versioning":  {"PutBucketVersioning", ""},
	"GET /bucket?acl":         {"GetBucketAcl", ""},
	"PUT /bucket?acl":         {"PutBucketAcl", ""},
	"GET /bucket?logging":     {"GetBucketLogging", ""},
	"PUT /bucket?logging":     {"PutBucketLogging", ""},
	"GET /bucket?tagging":     {"GetBucketTagging", ""},
	"PUT /bucket?tagging":     {"PutBucketTagging", ""},
	"DELETE /bucket?tagging":  {"DeleteBucketTagging", "s3:PutBucketTagging"},
	"GET /bucket?policy":      {"GetBucketPolicy", ""},
	"PUT /bucket?policy":      {"PutBucketPolicy", ""},
	"DELETE /bucket?policy":   {"DeleteBucketPolicy", ""},
	"GET /bucket?website":     {"GetBucketWebsite", ""},
	"PUT /bucket?website":     {"PutBucketWebsite", ""},
	"DELETE /bucket?website":  {"DeleteBucketWebsite", ""},
	"GET /bucket?cors":        {"GetBucketCors", "s3:GetBucketCORS"},
	"PUT /bucket?cors":        {"PutBucketCors", "s3:PutBucketCORS"},
	"DELETE /bucket?cors":     {"DeleteBucketCors", "s3:PutBucketCORS"},
	"GET /bucket?lifecycle":   {"GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"},
	"PUT /bucket?lifecycle":   {"PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"},
	"GET /bucket?encryption":  {"GetBucketEncryption", "s3:GetEncryptionConfiguration"},
	"PUT /bucket?encryption":  {"PutBucketEncryption", "s3:PutEncryptionConfiguration"},
	"GET /bucket?object-lock": {"GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"},
	"PUT /bucket?object-lock": {"PutObjectLockConfiguration", "s3:PutBucketObjectLockConfiguration"},

	"DELETE /bucket?lifecycle":         {"DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"},
	"DELETE /bucket?encryption":        {"DeleteBucketEncryption", "s3:PutEncryptionConfiguration"},
	"GET /bucket?ownershipControls":    {"GetBucketOwnershipControls", ""},
	"PUT /bucket?ownershipControls":    {"PutBucketOwnershipControls", ""},
	"DELETE /bucket?ownershipControls": {"DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls"},
	"GET /bucket?publicAccessBlock":    {"GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"},
	"PUT /bucket?publicAccessBlock":    {"PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"},
	"DELETE /bucket?publicAccessBlock": {"DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock"},

	"GET /bucket/key":             {"GetObject", ""},
	"HEAD /bucket/key":            {"HeadObject", "s3:GetObject"},
	"PUT /bucket/key":             {"PutObject", ""},
	"COPY /bucket/key":            {"CopyObject", "s3:PutObject"},
	"DELETE /bucket/key":          {"DeleteObject", ""},
	"GET /bucket/key?acl":         {"GetObjectAcl", ""},
	"PUT /bucket/key?acl":         {"PutObjectAcl", ""},
	"GET /bucket/key?tagging":     {"GetObjectTagging", ""},
	"PUT /bucket/key?tagging":     {"PutObjectTagging", ""},
	"DELETE /bucket/key?tagging":  {"DeleteObjectTagging", ""},
	"GET /bucket/key?legal-hold":  {"GetObjectLegalHold", "s3:GetObjectLegalHold"},
	"PUT /bucket/key?legal-hold":  {"PutObjectLegalHold", ""},
	"GET /bucket/key?retention":   {"GetObjectRetention", "s3:GetObjectRetention"},
	"PUT /bucket/key?retention":   {"PutObjectRetention", ""},
	"POST /bucket/key?uploads":    {"CreateMultipartUpload", "s3:PutObject"},
	"PUT /bucket/key?uploadId":    {"UploadPart", "s3:PutObject"},
	"COPY /bucket/key?uploadId":   {"UploadPartCopy", "s3:PutObject"},
	"GET /bucket/key?uploadId":    {"ListParts", "s3:ListMultipartUploadParts"},
	"POST /bucket/key?uploadId":   {"CompleteMultipartUpload", "s3:PutObject"},
	"DELETE /bucket/key?uploadId": {"AbortMultipartUpload", ""},
}

// s3Subresources are the query keys that change what a request is about: those of the table, and those of operations
// that have no row.
var s3Subresources = s3SubresourcesOf(s3Routes)

func s3SubresourcesOf(routes map[string]s3Operation) map[string]bool {
	known := map[string]bool{
		"abac": true, "accelerate": true, "analytics": true, "annotation": true, "attributes": true,
		"intelligent-tiering": true, "inventory": true, "metadataAnnotationTable": true, "metadataConfiguration": true,
		"metadataInventoryTable": true, "metadataJournalTable": true, "metadataTable": true, "metrics": true,
		"notification": true, "policyStatus": true, "renameObject": true, "replication": true, "requestPayment": true,
		"restore": true, "select": true, "session": true, "torrent": true,
	}
	for route := range routes {
		if _, subresource, found := strings.Cut(route, "?"); found {
			known[subresource] = true
		}
	}
	return known
}

// classifyS3 understands S3 in path style.
func (r *request) classifyS3() {
	bucket, key, isObject := strings.Cut(strings.TrimPrefix(r.http.URL.Path, "/"), "/")
	route := s3Method(r.http) + " /"
	switch {
	case isObject && key != "":
		route += "bucket/key"
		r.Resource = "arn:aws:s3:::" + bucket + "/" + key
	case bucket != "":
		route += "bucket"
		r.Resource = "arn:aws:s3:::" + bucket
	}
	r.bucket = bucket
	names := slices.Sorted(maps.Keys(r.query))
	if i := slices.IndexFunc(names, func(name string) bool { return s3Subresources[name] }); i >= 0 {
		route += "?" + names[i]
	}
	operation, found := s3Routes[route]
	if !found {
		operation.name = route
	}
	r.Operation = operation.name
	r.Mutating = r.http.Method != http.MethodGet && r.http.Method != http.MethodHead && !readsOnly(operation.name)
	if operation.action == "" {
		operation.action = r.Name()
	}
	r.Actions = r.s3Actions(operation)
	if r.Operation == "DeleteObjects" {
		for _, key := range keysToDelete(r.body) {
			r.each = append(r.each, r.Resource+"/"+key)
		}
		r.Resource += "/*"
	}
}

// keysToDelete are the keys in the body of DeleteObjects.
func keysToDelete(body []byte) []string {
	var asked struct {
		Objects []struct{ Key string } `xml:"Object"`
	}
	if xml.Unmarshal(body, &asked) != nil {
		return nil
	}
	var keys []string
	for _, one := range asked.Objects {
		keys = append(keys, one.Key)
	}
	return keys
}

func s3Method(r *http.Request) string {
	if r.Method == http.MethodPut && r.Header.Get("X-Amz-Copy-Source") != "" {
		return "COPY"
	}
	return r.Method
}

// s3Actions adds to the operation's own action what the particular request needs besides.
func (r *request) s3Actions(operation s3Operation) []string {
	actions := []string{operation.action}
	header := r.http.Header
	also := func(action string, needed bool) {
		if needed {
			actions = append(actions, action)
		}
	}
	switch operation.name {
	case "CreateBucket":
		locks := header.Get("X-Amz-Bucket-Object-Lock-Enabled") == "true"
		also("s3:PutBucketAcl", r.setsACL() && header.Get("X-Amz-Acl") != "private")
		also("s3:PutBucketOwnershipControls", header.Get("X-Amz-Object-Ownership") != "")
		also("s3:PutBucketObjectLockConfiguration", locks)
		also("s3:PutBucketVersioning", locks)
		also("s3:TagResource", bytes.Contains(r.body, []byte("<Tags>")))
	case "PutObject", "CopyObject", "CreateMultipartUpload":
		also("s3:PutObjectAcl", r.setsACL())
		also("s3:PutObjectTagging", header.Get("X-Amz-Tagging") != "")
		also("s3:PutObjectRetention", header.Get("X-Amz-Object-Lock-Mode") != "")
		also("s3:PutObjectLegalHold", header.Get("X-Amz-Object-Lock-Legal-Hold") != "")
	case "DeleteObject":
		also("s3:DeleteObjectVersion", r.query.Has("versionId"))
	case "DeleteObjects":
		also("s3:DeleteObjectVersion", bytes.Contains(r.body, []byte("<VersionId>")))
	case "GetObject", "HeadObject", "GetObjectAcl", "PutObjectAcl",
		"GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging":
		if r.query.Has("versionId") {
			actions[0] = strings.Replace(actions[0], "Object", "ObjectVersion", 1)
		}
	}
	also("s3:BypassGovernanceRetention", header.Get("X-Amz-Bypass-Governance-Retention") == "true")
	return actions
}

// setsACL reports whether a header of the request sets an access control list.
func (r *request) setsACL() bool {
	for name := range r.http.Header {
		if name == "X-Amz-Acl" || strings.HasPrefix(name, "X-Amz-Grant-") {
			return true
		}
	}
	return false
}
