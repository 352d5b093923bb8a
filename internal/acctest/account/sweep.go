package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// Stray is one thing that a run on AWS left: what it is, as Leftovers names it, and how it goes.
type Stray struct {
	What   string
	Remove func(context.Context) error
}

// Strays finds what broken runs of the prefix left, in the order in which it goes, and names what bears the prefix and
// is not known to be of such a run. A bucket or user is known by its name and its tag. What cannot bear tags is known
// by the marked bucket that it was made for, which is why the bucket goes last.
func (a Account) Strays(ctx context.Context, prefix string) (strays []Stray, foreign []string, err error) {
	users, others, err := a.strayUsers(ctx, prefix)
	if err != nil {
		return nil, nil, err
	}
	buckets, more, err := a.markedBuckets(ctx, prefix)
	if err != nil {
		return nil, nil, err
	}
	strays, foreign = users, append(others, more...)
	for _, bucket := range buckets {
		of, err := a.strayParts(ctx, prefix, bucket)
		if err != nil {
			return nil, nil, err
		}
		strays = append(strays, of...)
	}
	groups, err := a.otherGroups(ctx, prefix, strays)
	return strays, append(foreign, groups...), err
}

// markedBuckets are the buckets whose names start with the prefix: those that bear the tag, and the others.
func (a Account) markedBuckets(ctx context.Context, prefix string) (marked, others []string, err error) {
	pages := s3.NewListBucketsPaginator(a.S3, &s3.ListBucketsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("listing buckets: %w", err)
		}
		for _, bucket := range page.Buckets {
			name := aws.ToString(bucket.Name)
			if !strings.HasPrefix(name, prefix+"-") {
				continue
			}
			tags, err := a.S3.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: &name})
			var api smithy.APIError
			if err != nil && !(errors.As(err, &api) && api.ErrorCode() == "NoSuchTagSet") {
				return nil, nil, fmt.Errorf("reading the tags of bucket %s: %w", name, err)
			}
			ours := err == nil && slices.ContainsFunc(tags.TagSet, func(t s3types.Tag) bool {
				return aws.ToString(t.Key) == MarkTag && aws.ToString(t.Value) == prefix
			})
			if ours {
				marked = append(marked, name)
			} else {
				others = append(others, "bucket "+name)
			}
		}
	}
	return marked, others, nil
}

// strayUsers are the users whose names start with the prefix: those that bear the tag, and the others.
func (a Account) strayUsers(ctx context.Context, prefix string) (strays []Stray, others []string, err error) {
	pages := iam.NewListUsersPaginator(a.IAM, &iam.ListUsersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("listing users: %w", err)
		}
		for _, user := range page.Users {
			name := aws.ToString(user.UserName)
			if !strings.HasPrefix(name, prefix+"-") {
				continue
			}
			tags, err := a.IAM.ListUserTags(ctx, &iam.ListUserTagsInput{UserName: &name})
			if err != nil {
				return nil, nil, fmt.Errorf("reading the tags of user %s: %w", name, err)
			}
			ours := false
			for _, tag := range tags.Tags {
				ours = ours || aws.ToString(tag.Key) == MarkTag && aws.ToString(tag.Value) == prefix
			}
			if ours {
				strays = append(strays, Stray{"user " + name, func(ctx context.Context) error { return a.removeUser(ctx, name) }})
			} else {
				others = append(others, "user "+name)
			}
		}
	}
	return strays, others, nil
}

// otherGroups are the groups whose names start with the prefix and which are none of the strays.
func (a Account) otherGroups(ctx context.Context, prefix string, strays []Stray) (others []string, err error) {
	pages := iam.NewListGroupsPaginator(a.IAM, &iam.ListGroupsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing groups: %w", err)
		}
		for _, group := range page.Groups {
			what := "group " + aws.ToString(group.GroupName)
			ours := slices.ContainsFunc(strays, func(s Stray) bool { return s.What == what })
			if strings.HasPrefix(what, "group "+prefix+"-") && !ours {
				others = append(others, what)
			}
		}
	}
	return others, nil
}

// strayParts are what is left of a marked bucket, or of a site, whose bucket bears the site's name. The bucket is last.
func (a Account) strayParts(ctx context.Context, prefix, bucket string) ([]Stray, error) {
	look := func(ctx context.Context, name string) ([]string, error) { return a.Leftovers(ctx, name) }
	if strings.Contains(bucket, ".") {
		look = a.SiteLeftovers
	}
	left, err := look(ctx, bucket)
	if err != nil {
		return nil, err
	}
	removals := a.removals(prefix, bucket)
	var strays []Stray
	for _, kind := range removals {
		for _, what := range left {
			if name, is := strings.CutPrefix(what, kind.word+" "); is {
				strays = append(strays, Stray{what, func(ctx context.Context) error { return kind.remove(ctx, name) }})
			}
		}
	}
	if len(strays) != len(left) {
		return nil, fmt.Errorf("of %v some cannot be removed here: only %d can", left, len(strays))
	}
	return strays, nil
}

// removal is how the things go of which Leftovers says the word.
type removal struct {
	word   string
	remove func(ctx context.Context, name string) error
}

// removals are in the order in which things go: what uses others before them, the bucket, which bears the mark, last.
func (a Account) removals(prefix, bucket string) []removal {
	return []removal{
		{"record", func(ctx context.Context, name string) error { return a.removeRecord(ctx, bucket, name) }},
		{"distribution", func(ctx context.Context, id string) error { return a.removeDistribution(ctx, prefix, id) }},
		{"function", a.removeFunction},
		{"origin access control", a.removeAccessControl},
		{"certificate", func(ctx context.Context, arn string) error {
			_, err := a.ACM.DeleteCertificate(ctx, &acm.DeleteCertificateInput{CertificateArn: &arn})
			return err
		}},
		{"group", a.removeGroup},
		{"policy", a.removePolicy},
		{"bucket", a.removeBucket},
	}
}

func (a Account) removeUser(ctx context.Context, user string) error {
	keys, err := a.IAM.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: &user})
	if err != nil {
		return err
	}
	for _, key := range keys.AccessKeyMetadata {
		in := &iam.DeleteAccessKeyInput{UserName: &user, AccessKeyId: key.AccessKeyId}
		if _, err := a.IAM.DeleteAccessKey(ctx, in); err != nil {
			return err
		}
	}
	groups, err := a.IAM.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: &user})
	if err != nil {
		return err
	}
	for _, group := range groups.Groups {
		in := &iam.RemoveUserFromGroupInput{UserName: &user, GroupName: group.GroupName}
		if _, err := a.IAM.RemoveUserFromGroup(ctx, in); err != nil {
			return err
		}
	}
	inline, err := a.IAM.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: &user})
	if err != nil {
		return err
	}
	for _, policy := range inline.PolicyNames {
		in := &iam.DeleteUserPolicyInput{UserName: &user, PolicyName: &policy}
		if _, err := a.IAM.DeleteUserPolicy(ctx, in); err != nil {
			return err
		}
	}
	_, err = a.IAM.DeleteUser(ctx, &iam.DeleteUserInput{UserName: &user})
	return err
}

// removeGroup removes a group without members: who is still in it was not put there by a test.
func (a Account) removeGroup(ctx context.Context, group string) error {
	attached, err := a.IAM.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: &group})
	if err != nil {
		return err
	}
	for _, policy := range attached.AttachedPolicies {
		in := &iam.DetachGroupPolicyInput{GroupName: &group, PolicyArn: policy.PolicyArn}
		if _, err := a.IAM.DetachGroupPolicy(ctx, in); err != nil {
			return err
		}
	}
	_, err = a.IAM.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: &group})
	return err
}

func (a Account) removePolicy(ctx context.Context, arn string) error {
	versions, err := a.IAM.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	if err != nil {
		return err
	}
	for _, version := range versions.Versions {
		if version.IsDefaultVersion {
			continue
		}
		in := &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: version.VersionId}
		if _, err := a.IAM.DeletePolicyVersion(ctx, in); err != nil {
			return err
		}
	}
	_, err = a.IAM.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &arn})
	return err
}

// removeBucket removes a bucket with its objects, one by one: tests put few into one. A policy may refuse that first.
func (a Account) removeBucket(ctx context.Context, bucket string) error {
	if _, err := a.S3.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &bucket}); err != nil {
		return err
	}
	remove := func(key, version *string) error {
		_, err := a.S3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: key, VersionId: version})
		return err
	}
	pages := s3.NewListObjectVersionsPaginator(a.S3, &s3.ListObjectVersionsInput{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, version := range page.Versions {
			err = errors.Join(err, remove(version.Key, version.VersionId))
		}
		for _, marker := range page.DeleteMarkers {
			err = errors.Join(err, remove(marker.Key, marker.VersionId))
		}
		if err != nil {
			return err
		}
	}
	_, err := a.S3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
	return err
}

// removeRecord removes one record set of a site, "A www.example.edu.", from the zone that has it.
func (a Account) removeRecord(ctx context.Context, domain, named string) error {
	zones := route53.NewListHostedZonesPaginator(a.Route53, &route53.ListHostedZonesInput{})
	for zones.HasMorePages() {
		page, err := zones.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, zone := range page.HostedZones {
			if !strings.HasSuffix("."+domain+".", "."+*zone.Name) {
				continue
			}
			records, err := a.Records(ctx, *zone.Id)
			if err != nil {
				return err
			}
			for _, r := range records {
				if fmt.Sprintf("%s %s", r.Type, *r.Name) != named {
					continue
				}
				if err := a.ChangeRecords(ctx, *zone.Id, r53types.ChangeActionDelete, r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// patience is how long a sweep waits for CloudFront to take a distribution out of its caches.
const patience = 30 * time.Minute

// removeDistribution turns a distribution off, waits until it is so everywhere, and removes it.
func (a Account) removeDistribution(ctx context.Context, prefix, id string) error {
	seen, err := a.CloudFront.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &id})
	if err != nil {
		return err
	}
	tags, err := a.CloudFront.ListTagsForResource(ctx,
		&cloudfront.ListTagsForResourceInput{Resource: seen.Distribution.ARN})
	if err != nil {
		return err
	}
	ours := slices.ContainsFunc(tags.Tags.Items, func(t cftypes.Tag) bool {
		return aws.ToString(t.Key) == MarkTag && aws.ToString(t.Value) == prefix
	})
	if !ours {
		return fmt.Errorf("it lacks the tag %s = %s: somebody else put it in front of the bucket", MarkTag, prefix)
	}
	settings := seen.Distribution.DistributionConfig
	if aws.ToBool(settings.Enabled) {
		settings.Enabled = aws.Bool(false)
		if _, err := a.CloudFront.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{
			Id: &id, IfMatch: seen.ETag, DistributionConfig: settings,
		}); err != nil {
			return err
		}
	}
	waiter := cloudfront.NewDistributionDeployedWaiter(a.CloudFront,
		func(o *cloudfront.DistributionDeployedWaiterOptions) {
			o.MinDelay, o.MaxDelay = time.Second, time.Minute
		})
	out, err := waiter.WaitForOutput(ctx, &cloudfront.GetDistributionInput{Id: &id}, patience)
	if err != nil {
		return err
	}
	_, err = a.CloudFront.DeleteDistribution(ctx, &cloudfront.DeleteDistributionInput{Id: &id, IfMatch: out.ETag})
	return err
}

func (a Account) removeFunction(ctx context.Context, name string) error {
	seen, err := a.CloudFront.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: &name})
	if err != nil {
		return err
	}
	_, err = a.CloudFront.DeleteFunction(ctx, &cloudfront.DeleteFunctionInput{Name: &name, IfMatch: seen.ETag})
	return err
}

// removeAccessControl finds an origin access control by its name.
func (a Account) removeAccessControl(ctx context.Context, name string) error {
	pages := cloudfront.NewListOriginAccessControlsPaginator(a.CloudFront, &cloudfront.ListOriginAccessControlsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, c := range page.OriginAccessControlList.Items {
			if aws.ToString(c.Name) != name {
				continue
			}
			seen, err := a.CloudFront.GetOriginAccessControl(ctx, &cloudfront.GetOriginAccessControlInput{Id: c.Id})
			if err != nil {
				return err
			}
			_, err = a.CloudFront.DeleteOriginAccessControl(ctx,
				&cloudfront.DeleteOriginAccessControlInput{Id: c.Id, IfMatch: seen.ETag})
			return err
		}
	}
	return nil
}
