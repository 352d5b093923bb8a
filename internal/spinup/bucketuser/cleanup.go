package bucketuser

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// item is something that a user has and that IAM wants removed before the user can be deleted.
type item struct {
	what   string // for error messages
	remove func(context.Context) error
}

// unused refuses to delete a user that has items of other owners, except with force_destroy.
func (b bucketUser) unused(ctx context.Context, w wish, o Status) error {
	s := w.Want
	if s.ForceDestroy {
		return nil
	}
	all, err := b.foreign(ctx, w, o)
	if err != nil || len(all) == 0 {
		return err
	}
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = one.what
	}
	return fmt.Errorf("the user %s has items that spinup did not create: %s; remove them first, or set "+
		"force_destroy = true and apply to destroy the user with them", s.name(o), strings.Join(names, ", "))
}

// delete deletes the user, after all that it has. The user is last because the rest is found through it.
func (b bucketUser) delete(ctx context.Context, w wish, o *Status) error {
	if err := b.stripOwn(ctx, w, o); err != nil {
		return err
	}
	if w.Want.ForceDestroy {
		all, err := b.foreign(ctx, w, *o)
		if err != nil {
			return err
		}
		for _, one := range all {
			if err := awsclient.Absent(one.remove(ctx)); err != nil {
				return err
			}
		}
	}
	err := b.conn.Patiently(ctx, "the user to be seen without what was removed from it", awsclient.IsConflict,
		func() error {
			_, err := b.DeleteUser(ctx, &iam.DeleteUserInput{UserName: &o.User.Name})
			return awsclient.Absent(err)
		})
	if err != nil {
		return err
	}
	b.register.goodbye(*o.User)
	o.User = nil
	return nil
}

// stripOwn removes what the provider made: keys, inline policies, memberships.
func (b bucketUser) stripOwn(ctx context.Context, w wish, o *Status) error {
	s := w.Want
	for _, key := range []**AccessKey{&o.Previous, &o.Current} {
		if err := b.drop(ctx, s, o, key); err != nil {
			return err
		}
	}
	if o.Inline != nil {
		if err := b.deleteInline(ctx, o, slices.Sorted(maps.Keys(o.Inline.Documents))); err != nil {
			return err
		}
	}
	for _, group := range s.SeenGroups(*o) {
		if err := b.leave(ctx, o, group); err != nil {
			return err
		}
	}
	return nil
}

// foreign lists the items of other owners. A kind of item that the store does not implement is skipped; the store is
// not asked for one that it is known to lack.
func (b bucketUser) foreign(ctx context.Context, w wish, o Status) ([]item, error) {
	s := w.Want
	user := s.name(o)
	all := b.foreignSeen(s, o, user)
	keys := func(ctx context.Context, _ string) ([]item, error) { return b.otherKeys(ctx, w, o) }
	looks := []func(context.Context, string) ([]item, error){keys}
	if !b.conn.Platform.Lacks(awsclient.Groups) {
		looks = append(looks,
			b.loginProfile, b.mfaDevices, b.sshKeys, b.certificates, b.serviceCredentials, b.attachedPolicies)
	}
	for _, look := range looks {
		more, err := look(ctx, user)
		if err != nil && !awsclient.IsNotFound(err) && !awsclient.IsNotImplemented(err) {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// foreignSeen lists those that the refresh has read already: groups and inline policies.
func (b bucketUser) foreignSeen(s Spec, o Status, user string) []item {
	var all []item
	for _, group := range o.Groups {
		if slices.Contains(s.ownGroups(), group) {
			continue
		}
		all = append(all, item{"membership of group " + group, func(ctx context.Context) error {
			_, err := b.RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{UserName: &user, GroupName: &group})
			return err
		}})
	}
	if o.Inline == nil {
		return all
	}
	for _, policy := range o.Inline.Others {
		all = append(all, item{"inline policy " + policy, func(ctx context.Context) error {
			_, err := b.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: &user, PolicyName: &policy})
			return err
		}})
	}
	return all
}

// otherKeys are the access keys of other owners. It lists the keys itself: without access_key no refresh did.
func (b bucketUser) otherKeys(ctx context.Context, w wish, o Status) ([]item, error) {
	keys, err := b.list(ctx, w)
	if err != nil {
		return nil, err
	}
	var all []item
	for _, key := range keys {
		if o.Current != nil && key.ID == o.Current.ID || o.Previous != nil && key.ID == o.Previous.ID {
			continue
		}
		all = append(all, item{"access key " + key.ID, func(ctx context.Context) error {
			in := &iam.DeleteAccessKeyInput{UserName: aws.String(w.Want.name(o)), AccessKeyId: &key.ID}
			_, err := b.DeleteAccessKey(ctx, in)
			return err
		}})
	}
	return all, nil
}

func (b bucketUser) loginProfile(ctx context.Context, user string) ([]item, error) {
	if _, err := b.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: &user}); err != nil {
		return nil, err
	}
	return []item{{"login profile", func(ctx context.Context) error {
		_, err := b.DeleteLoginProfile(ctx, &iam.DeleteLoginProfileInput{UserName: &user})
		return err
	}}}, nil
}

func (b bucketUser) mfaDevices(ctx context.Context, user string) ([]item, error) {
	out, err := b.ListMFADevices(ctx, &iam.ListMFADevicesInput{UserName: &user})
	if err != nil {
		return nil, err
	}
	var all []item
	for _, device := range out.MFADevices {
		serial := aws.ToString(device.SerialNumber)
		all = append(all, item{"MFA device " + serial, func(ctx context.Context) error {
			_, err := b.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{UserName: &user, SerialNumber: &serial})
			if err := awsclient.Absent(err); err != nil || !strings.Contains(serial, ":mfa/") { // only virtual ones go
				return err
			}
			_, err = b.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: &serial})
			return err
		}})
	}
	return all, nil
}

func (b bucketUser) sshKeys(ctx context.Context, user string) ([]item, error) {
	out, err := b.ListSSHPublicKeys(ctx, &iam.ListSSHPublicKeysInput{UserName: &user})
	if err != nil {
		return nil, err
	}
	var all []item
	for _, key := range out.SSHPublicKeys {
		id := aws.ToString(key.SSHPublicKeyId)
		all = append(all, item{"SSH key " + id, func(ctx context.Context) error {
			_, err := b.DeleteSSHPublicKey(ctx, &iam.DeleteSSHPublicKeyInput{UserName: &user, SSHPublicKeyId: &id})
			return err
		}})
	}
	return all, nil
}

func (b bucketUser) certificates(ctx context.Context, user string) ([]item, error) {
	out, err := b.ListSigningCertificates(ctx, &iam.ListSigningCertificatesInput{UserName: &user})
	if err != nil {
		return nil, err
	}
	var all []item
	for _, certificate := range out.Certificates {
		id := aws.ToString(certificate.CertificateId)
		all = append(all, item{"signing certificate " + id, func(ctx context.Context) error {
			_, err := b.DeleteSigningCertificate(ctx, &iam.DeleteSigningCertificateInput{UserName: &user, CertificateId: &id})
			return err
		}})
	}
	return all, nil
}

func (b bucketUser) serviceCredentials(ctx context.Context, user string) ([]item, error) {
	out, err := b.ListServiceSpecificCredentials(ctx, &iam.ListServiceSpecificCredentialsInput{UserName: &user})
	if err != nil {
		return nil, err
	}
	var all []item
	for _, credential := range out.ServiceSpecificCredentials {
		id := aws.ToString(credential.ServiceSpecificCredentialId)
		all = append(all, item{"service-specific credential " + id, func(ctx context.Context) error {
			_, err := b.DeleteServiceSpecificCredential(ctx, &iam.DeleteServiceSpecificCredentialInput{
				UserName: &user, ServiceSpecificCredentialId: &id,
			})
			return err
		}})
	}
	return all, nil
}

func (b bucketUser) attachedPolicies(ctx context.Context, user string) ([]item, error) {
	out, err := b.ListAttachedUserPolicies(ctx, &iam.ListAttachedUserPoliciesInput{UserName: &user})
	if err != nil {
		return nil, err
	}
	var all []item
	for _, policy := range out.AttachedPolicies {
		all = append(all, item{"attached policy " + aws.ToString(policy.PolicyName), func(ctx context.Context) error {
			_, err := b.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: &user, PolicyArn: policy.PolicyArn})
			return err
		}})
	}
	return all, nil
}
