package awspolicy_test

import (
	"fmt"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// One statement of a bucket policy is replaced. The statement of another owner keeps its bytes.
func ExampleDocument_Replace() {
	live, err := awspolicy.Parse(`{"Version": "2012-10-17", "Statement": [
		{"Sid": "Theirs",  "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"},
		{"Sid": "Readers", "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::data/*"}]}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	readers := awspolicy.Statement{
		Sid: "Readers", Effect: awspolicy.Allow, Principal: awspolicy.Principal{"AWS": {"arn:aws:iam::123456789012:root"}},
		Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::data/*"},
	}
	for _, statement := range live.Replace([]string{"Readers"}, []awspolicy.Statement{readers}).Statements {
		fmt.Println(statement)
	}
	// Output:
	// {"Sid": "Theirs",  "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"}
	// {"Sid":"Readers","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:root"]},"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::data/*"]}
}

// AWS takes both documents for the same, so a difference between them is no drift.
func ExampleEquivalent() {
	fmt.Println(awspolicy.Equivalent(
		`{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:getobject", "Resource": "*"}}`,
		`{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["s3:GetObject"], "Resource": ["*"]}]}`,
	))
	// Output: true
}

// A Deny wins over every Allow.
func ExampleEvaluate() {
	document := awspolicy.New(
		awspolicy.Statement{Effect: awspolicy.Allow, Action: []string{"s3:*"}, Resource: []string{"arn:aws:s3:::data/*"}},
		awspolicy.Statement{Effect: awspolicy.Deny, Action: []string{"s3:Delete*"}, Resource: []string{"*"}},
	)
	for _, action := range []string{"s3:GetObject", "s3:DeleteObject"} {
		allowed, err := awspolicy.Evaluate(document, action, "arn:aws:s3:::data/soil.csv")
		fmt.Println(action, allowed, err)
	}
	// Output:
	// s3:GetObject true <nil>
	// s3:DeleteObject false <nil>
}
