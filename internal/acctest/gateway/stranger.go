package gateway

import (
	"encoding/xml"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// unmarked is the answer without what says that AWS, or a store that follows it closely, gave it: the ids of the
// request and the bucket's region. What the answer is about stays.
func (a answer) unmarked() answer {
	a.header = a.header.Clone()
	for _, name := range []string{
		"X-Amz-Request-Id", "X-Amz-Id-2", "X-Amzn-Requestid", "X-Amz-Bucket-Region", "Server",
	} {
		a.header.Del(name)
	}
	for name := range a.header {
		if strings.HasPrefix(name, "X-Minio") {
			a.header.Del(name)
		}
	}
	body := requestIDs.ReplaceAll(a.body, nil)
	if len(body) != len(a.body) {
		a.body = body
		a.header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	return a
}

// requestIDs are the ids in the XML of an error.
var requestIDs = regexp.MustCompile(`<(RequestId|HostId)>[^<]*</(RequestId|HostId)>`)

// FallThrough answers as a store does that does not know a sub-resource and takes the request for one about the bucket
// itself: a read gets a list of objects, a write is refused because the bucket exists, and a removal because it is not
// empty. (S3Mock answers so, and VersityGW to what it does not know.)
func FallThrough() Fault { return Fault{name: "FallThrough", fallsThrough: true} }

func fallenThrough(c Call, fault string) answer {
	switch {
	case !c.Mutating:
		type listing struct {
			XMLName     xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
			Name        string
			KeyCount    int
			IsTruncated bool
		}
		body, _ := xml.Marshal(listing{Name: strings.TrimPrefix(c.Resource, "arn:aws:s3:::")})
		return answer{status: http.StatusOK, body: body, fault: fault, header: http.Header{
			"Content-Type": {"application/xml"}, "Content-Length": {strconv.Itoa(len(body))},
		}}
	case c.Operation == "DeleteObjects": // the only POST among them: one to a bucket is a form
		return made(c, fault, apiError{http.StatusMethodNotAllowed, "MethodNotAllowed", "The method is not allowed."})
	case strings.HasPrefix(c.Operation, "Delete"):
		return made(c, fault, apiError{http.StatusConflict, "BucketNotEmpty", "The bucket is not empty."})
	}
	return made(c, fault, apiError{http.StatusConflict, "BucketAlreadyOwnedByYou", "You own the bucket already."})
}
