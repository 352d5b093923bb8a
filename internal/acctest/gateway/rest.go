package gateway

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
)

// restRoutes is the REST table of CloudFront and Route 53, as far as websites need it: an operation by service, method
// and path below the version of the API, with a star for each name. Other operations have no name here but their route.
var restRoutes = map[string]string{
	"cloudfront POST /distribution":                "CreateDistribution",
	"cloudfront POST /distribution?WithTags":       "CreateDistributionWithTags",
	"cloudfront GET /distribution":                 "ListDistributions",
	"cloudfront GET /distribution/*":               "GetDistribution",
	"cloudfront GET /distribution/*/config":        "GetDistributionConfig",
	"cloudfront PUT /distribution/*/config":        "UpdateDistribution",
	"cloudfront DELETE /distribution/*":            "DeleteDistribution",
	"cloudfront POST /distribution/*/invalidation": "CreateInvalidation",
	"cloudfront GET /distribution/*/invalidation":  "ListInvalidations",

	"cloudfront GET /distribution/*/invalidation/*": "GetInvalidation",

	"cloudfront POST /origin-access-control":         "CreateOriginAccessControl",
	"cloudfront GET /origin-access-control":          "ListOriginAccessControls",
	"cloudfront GET /origin-access-control/*":        "GetOriginAccessControl",
	"cloudfront GET /origin-access-control/*/config": "GetOriginAccessControlConfig",
	"cloudfront PUT /origin-access-control/*/config": "UpdateOriginAccessControl",
	"cloudfront DELETE /origin-access-control/*":     "DeleteOriginAccessControl",

	"cloudfront POST /function":           "CreateFunction",
	"cloudfront GET /function":            "ListFunctions",
	"cloudfront GET /function/*":          "GetFunction",
	"cloudfront GET /function/*/describe": "DescribeFunction",
	"cloudfront PUT /function/*":          "UpdateFunction",
	"cloudfront DELETE /function/*":       "DeleteFunction",
	"cloudfront POST /function/*/publish": "PublishFunction",
	"cloudfront POST /function/*/test":    "TestFunction",

	"cloudfront GET /cache-policy":              "ListCachePolicies",
	"cloudfront GET /cache-policy/*":            "GetCachePolicy",
	"cloudfront GET /response-headers-policy":   "ListResponseHeadersPolicies",
	"cloudfront GET /response-headers-policy/*": "GetResponseHeadersPolicy",

	"cloudfront GET /tagging":                  "ListTagsForResource",
	"cloudfront POST /tagging?Operation=Tag":   "TagResource",
	"cloudfront POST /tagging?Operation=Untag": "UntagResource",
	"route53 GET /hostedzone":                  "ListHostedZones",
	"route53 GET /hostedzonesbyname":           "ListHostedZonesByName",
	"route53 GET /hostedzone/*":                "GetHostedZone",
	"route53 GET /hostedzone/*/rrset":          "ListResourceRecordSets",
	"route53 POST /hostedzone/*/rrset":         "ChangeResourceRecordSets",
	"route53 GET /change/*":                    "GetChange",
}

// classifyREST reads requests of CloudFront and Route 53, and reports whether this was one.
func (r *request) classifyREST(account string) bool {
	parts := strings.Split(strings.Trim(r.http.URL.Path, "/"), "/")[1:]
	operation, found := restRoutes[r.Service+" "+r.http.Method+" "+restPath(parts)+r.restQuery()]
	if !found {
		return false
	}
	r.Operation = operation
	r.Mutating = r.http.Method != http.MethodGet && !readsOnly(operation)
	r.Actions = []string{r.Name()}
	if operation == "CreateDistributionWithTags" {
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html
		r.Actions = []string{"cloudfront:CreateDistribution", "cloudfront:TagResource"}
	}
	scope := "arn:aws:cloudfront::" + account + ":"
	if r.Service == "route53" {
		scope = "arn:aws:route53:::"
	}
	switch {
	case r.query.Has("Resource"):
		r.Resource = r.query.Get("Resource")
	case len(parts) > 1:
		r.Resource = scope + parts[0] + "/" + parts[1]
	case operation == "CreateFunction":
		r.Resource = scope + "function/" + r.nameInXML()
	case strings.HasPrefix(operation, "Create"):
		r.Resource = scope + parts[0] + "/*" // what AWS will call it is not known yet
	}
	return true
}

// restPath puts a star for each name: every second element is one.
func restPath(parts []string) string {
	var path strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			part = "*"
		}
		path.WriteString("/" + part)
	}
	return path.String()
}

// restQuery is the part of the query that decides which operation it is.
func (r *request) restQuery() string {
	switch {
	case r.query.Has("WithTags"):
		return "?WithTags"
	case r.query.Has("Operation"):
		return "?Operation=" + r.query.Get("Operation")
	}
	return ""
}

// nameInXML is the Name directly in the body; "" when there is none.
func (r *request) nameInXML() string {
	var input struct{ Name string }
	_ = xml.Unmarshal(r.body, &input) // what cannot be read names nothing
	return input.Name
}

// classifyACM adds what Certificate Manager's calls are about, and what more they need. The resource of a request is
// that of https://docs.aws.amazon.com/acm/latest/userguide/security_iam_troubleshoot.html.
func (r *request) classifyACM(region, account string) {
	var input struct {
		CertificateArn string
		Tags           []json.RawMessage
	}
	_ = json.Unmarshal(r.body, &input) // what cannot be read names nothing
	switch {
	case input.CertificateArn != "":
		r.Resource = input.CertificateArn
	case r.Operation == "RequestCertificate":
		r.Resource = "arn:aws:acm:" + region + ":" + account + ":certificate/*"
		if len(input.Tags) > 0 {
			r.Actions = append(r.Actions, "acm:AddTagsToCertificate")
		}
	}
}
