package awsclient

import (
	"reflect"
	"strings"
)

// Permission is what one AWS operation needs.
type Permission struct {
	Operation string   // the AWS operation, such as HeadBucket
	Actions   []string // the IAM actions that allow it, such as s3:ListBucket
	On        string   // the kind of resource they are allowed on: bucket, object, group, policy, user or *
	Read      bool     // the operation only reads
}

// Permissions lists what the operations of api need, in the order of its fields. Api is a struct, or a pointer to one,
// whose fields are function values named like their operation, with the tags `iam:"s3:ListBucket" on:"bucket"` (several
// actions separated by commas); embedded structs count as if their fields were there.
func Permissions(api any) []Permission {
	return permissions(reflect.Indirect(reflect.ValueOf(api)).Type())
}

func permissions(api reflect.Type) []Permission {
	var all []Permission
	for field := range api.Fields() {
		if field.Anonymous {
			all = append(all, permissions(field.Type)...)
			continue
		}
		if field.Type.Kind() != reflect.Func {
			continue
		}
		all = append(all, Permission{
			Operation: field.Name,
			Actions:   strings.FieldsFunc(field.Tag.Get("iam"), func(r rune) bool { return r == ',' || r == ' ' }),
			On:        field.Tag.Get("on"),
			Read:      reads(field.Name),
		})
	}
	return all
}

// reads reports whether the operation only reads, by AWS's verbs.
func reads(operation string) bool {
	for _, verb := range []string{"Get", "Head", "List", "Describe", "Lookup", "Simulate"} {
		if strings.HasPrefix(operation, verb) {
			return true
		}
	}
	return false
}

// NeedsError is the failure of a call that, as it was made, needs more actions than its operation always does.
type NeedsError struct {
	Actions []string
	Err     error
}

func (e *NeedsError) Error() string { return e.Err.Error() }

// Unwrap returns the failure.
func (e *NeedsError) Unwrap() error { return e.Err }

// ActionFor returns the IAM actions that allow the operation, separated by commas; for an operation not in perms, which
// only other stores are asked for, the one of its name in S3.
func ActionFor(perms []Permission, operation string) string {
	for _, p := range perms {
		if p.Operation == operation {
			return strings.Join(p.Actions, ", ")
		}
	}
	return "s3:" + operation
}
