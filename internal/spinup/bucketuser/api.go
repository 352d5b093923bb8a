package bucketuser

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
)

// Reads are the operations of a refresh: what `terraform plan` needs.
type Reads struct {
	GetUser           awsclient.IAMCall[iam.GetUserInput, iam.GetUserOutput]                     `iam:"iam:GetUser" on:"user"`
	ListGroupsForUser awsclient.IAMCall[iam.ListGroupsForUserInput, iam.ListGroupsForUserOutput] `iam:"iam:ListGroupsForUser" on:"user"`
	ListUserPolicies  awsclient.IAMCall[iam.ListUserPoliciesInput, iam.ListUserPoliciesOutput]   `iam:"iam:ListUserPolicies" on:"user"`
	GetUserPolicy     awsclient.IAMCall[iam.GetUserPolicyInput, iam.GetUserPolicyOutput]         `iam:"iam:GetUserPolicy" on:"user"`
	ListAccessKeys    awsclient.IAMCall[iam.ListAccessKeysInput, iam.ListAccessKeysOutput]       `iam:"iam:ListAccessKeys" on:"user"`
}

// Searches are the operations that only some plans make: for a user that lost its name, before a user joins a group, and
// for a previous key whose overlap is over.
type Searches struct {
	ListUsers            awsclient.IAMCall[iam.ListUsersInput, iam.ListUsersOutput]                       `iam:"iam:ListUsers" on:"*"`
	GetGroup             awsclient.IAMCall[iam.GetGroupInput, iam.GetGroupOutput]                         `iam:"iam:GetGroup" on:"membership"`
	GetAccessKeyLastUsed awsclient.IAMCall[iam.GetAccessKeyLastUsedInput, iam.GetAccessKeyLastUsedOutput] `iam:"iam:GetAccessKeyLastUsed" on:"*"`
}

// Writes are the other operations on the user and its key: those that change something, and the reads before them.
type Writes struct {
	CreateUser                    awsclient.IAMCall[iam.CreateUserInput, iam.CreateUserOutput]                                       `iam:"iam:CreateUser,iam:TagUser" on:"user"`
	UpdateUser                    awsclient.IAMCall[iam.UpdateUserInput, iam.UpdateUserOutput]                                       `iam:"iam:UpdateUser" on:"user"`
	PutUserPermissionsBoundary    awsclient.IAMCall[iam.PutUserPermissionsBoundaryInput, iam.PutUserPermissionsBoundaryOutput]       `iam:"iam:PutUserPermissionsBoundary" on:"user"`
	DeleteUserPermissionsBoundary awsclient.IAMCall[iam.DeleteUserPermissionsBoundaryInput, iam.DeleteUserPermissionsBoundaryOutput] `iam:"iam:DeleteUserPermissionsBoundary" on:"user"`
	TagUser                       awsclient.IAMCall[iam.TagUserInput, iam.TagUserOutput]                                             `iam:"iam:TagUser" on:"user"`
	UntagUser                     awsclient.IAMCall[iam.UntagUserInput, iam.UntagUserOutput]                                         `iam:"iam:UntagUser" on:"user"`
	AddUserToGroup                awsclient.IAMCall[iam.AddUserToGroupInput, iam.AddUserToGroupOutput]                               `iam:"iam:AddUserToGroup" on:"membership"`
	RemoveUserFromGroup           awsclient.IAMCall[iam.RemoveUserFromGroupInput, iam.RemoveUserFromGroupOutput]                     `iam:"iam:RemoveUserFromGroup" on:"anygroup"`
	PutUserPolicy                 awsclient.IAMCall[iam.PutUserPolicyInput, iam.PutUserPolicyOutput]                                 `iam:"iam:PutUserPolicy" on:"user"`
	DeleteUserPolicy              awsclient.IAMCall[iam.DeleteUserPolicyInput, iam.DeleteUserPolicyOutput]                           `iam:"iam:DeleteUserPolicy" on:"user"`
	CreateAccessKey               awsclient.IAMCall[iam.CreateAccessKeyInput, iam.CreateAccessKeyOutput]                             `iam:"iam:CreateAccessKey" on:"user"`
	UpdateAccessKey               awsclient.IAMCall[iam.UpdateAccessKeyInput, iam.UpdateAccessKeyOutput]                             `iam:"iam:UpdateAccessKey" on:"user"`
	DeleteAccessKey               awsclient.IAMCall[iam.DeleteAccessKeyInput, iam.DeleteAccessKeyOutput]                             `iam:"iam:DeleteAccessKey" on:"user"`
	DeleteUser                    awsclient.IAMCall[iam.DeleteUserInput, iam.DeleteUserOutput]                                       `iam:"iam:DeleteUser" on:"user"`
}

// Cleanups are the operations that find and remove what other owners gave the user, before it can be deleted.
type Cleanups struct {
	GetLoginProfile                 awsclient.IAMCall[iam.GetLoginProfileInput, iam.GetLoginProfileOutput]                                 `iam:"iam:GetLoginProfile" on:"user"`
	DeleteLoginProfile              awsclient.IAMCall[iam.DeleteLoginProfileInput, iam.DeleteLoginProfileOutput]                           `iam:"iam:DeleteLoginProfile" on:"user"`
	ListMFADevices                  awsclient.IAMCall[iam.ListMFADevicesInput, iam.ListMFADevicesOutput]                                   `iam:"iam:ListMFADevices" on:"user"`
	DeactivateMFADevice             awsclient.IAMCall[iam.DeactivateMFADeviceInput, iam.DeactivateMFADeviceOutput]                         `iam:"iam:DeactivateMFADevice" on:"user"`
	DeleteVirtualMFADevice          awsclient.IAMCall[iam.DeleteVirtualMFADeviceInput, iam.DeleteVirtualMFADeviceOutput]                   `iam:"iam:DeleteVirtualMFADevice" on:"mfa"`
	ListSSHPublicKeys               awsclient.IAMCall[iam.ListSSHPublicKeysInput, iam.ListSSHPublicKeysOutput]                             `iam:"iam:ListSSHPublicKeys" on:"user"`
	DeleteSSHPublicKey              awsclient.IAMCall[iam.DeleteSSHPublicKeyInput, iam.DeleteSSHPublicKeyOutput]                           `iam:"iam:DeleteSSHPublicKey" on:"user"`
	ListSigningCertificates         awsclient.IAMCall[iam.ListSigningCertificatesInput, iam.ListSigningCertificatesOutput]                 `iam:"iam:ListSigningCertificates" on:"user"`
	DeleteSigningCertificate        awsclient.IAMCall[iam.DeleteSigningCertificateInput, iam.DeleteSigningCertificateOutput]               `iam:"iam:DeleteSigningCertificate" on:"user"`
	ListServiceSpecificCredentials  awsclient.IAMCall[iam.ListServiceSpecificCredentialsInput, iam.ListServiceSpecificCredentialsOutput]   `iam:"iam:ListServiceSpecificCredentials" on:"user"`
	DeleteServiceSpecificCredential awsclient.IAMCall[iam.DeleteServiceSpecificCredentialInput, iam.DeleteServiceSpecificCredentialOutput] `iam:"iam:DeleteServiceSpecificCredential" on:"user"`
	ListAttachedUserPolicies        awsclient.IAMCall[iam.ListAttachedUserPoliciesInput, iam.ListAttachedUserPoliciesOutput]               `iam:"iam:ListAttachedUserPolicies" on:"user"`
	DetachUserPolicy                awsclient.IAMCall[iam.DetachUserPolicyInput, iam.DetachUserPolicyOutput]                               `iam:"iam:DetachUserPolicy" on:"user"`
}

// API is every operation that a bucket user makes; the tags name the IAM action that allows it and what it is about.
type API struct {
	Reads
	Searches
	Writes
	Cleanups
	Stores
}

// NewAPI takes the operations from the service clients.
func NewAPI(c *awsclient.Conn) API {
	iam := awsclient.IAM(c)
	return API{
		Reads: Reads{
			GetUser:           iam.GetUser,
			ListGroupsForUser: iam.ListGroupsForUser,
			ListUserPolicies:  iam.ListUserPolicies,
			GetUserPolicy:     iam.GetUserPolicy,
			ListAccessKeys:    iam.ListAccessKeys,
		},
		Searches: Searches{
			ListUsers: iam.ListUsers, GetGroup: iam.GetGroup, GetAccessKeyLastUsed: iam.GetAccessKeyLastUsed,
		},
		Writes: Writes{
			CreateUser:                    iam.CreateUser,
			UpdateUser:                    iam.UpdateUser,
			PutUserPermissionsBoundary:    iam.PutUserPermissionsBoundary,
			DeleteUserPermissionsBoundary: iam.DeleteUserPermissionsBoundary,
			TagUser:                       iam.TagUser,
			UntagUser:                     iam.UntagUser,
			AddUserToGroup:                iam.AddUserToGroup,
			RemoveUserFromGroup:           iam.RemoveUserFromGroup,
			PutUserPolicy:                 iam.PutUserPolicy,
			DeleteUserPolicy:              iam.DeleteUserPolicy,
			CreateAccessKey:               iam.CreateAccessKey,
			UpdateAccessKey:               iam.UpdateAccessKey,
			DeleteAccessKey:               iam.DeleteAccessKey,
			DeleteUser:                    iam.DeleteUser,
		},
		Cleanups: Cleanups{
			GetLoginProfile:                 iam.GetLoginProfile,
			DeleteLoginProfile:              iam.DeleteLoginProfile,
			ListMFADevices:                  iam.ListMFADevices,
			DeactivateMFADevice:             iam.DeactivateMFADevice,
			DeleteVirtualMFADevice:          iam.DeleteVirtualMFADevice,
			ListSSHPublicKeys:               iam.ListSSHPublicKeys,
			DeleteSSHPublicKey:              iam.DeleteSSHPublicKey,
			ListSigningCertificates:         iam.ListSigningCertificates,
			DeleteSigningCertificate:        iam.DeleteSigningCertificate,
			ListServiceSpecificCredentials:  iam.ListServiceSpecificCredentials,
			DeleteServiceSpecificCredential: iam.DeleteServiceSpecificCredential,
			ListAttachedUserPolicies:        iam.ListAttachedUserPolicies,
			DetachUserPolicy:                iam.DetachUserPolicy,
		},
		Stores: secretstore.NewAPI(c),
	}
}

// DataReads are the operations of the data sources about users, beside the Reads of one user.
type DataReads struct {
	GetGroup                 awsclient.IAMCall[iam.GetGroupInput, iam.GetGroupOutput]                                 `iam:"iam:GetGroup" on:"membership"`
	ListUsers                awsclient.IAMCall[iam.ListUsersInput, iam.ListUsersOutput]                               `iam:"iam:ListUsers" on:"*"`
	ListAttachedUserPolicies awsclient.IAMCall[iam.ListAttachedUserPoliciesInput, iam.ListAttachedUserPoliciesOutput] `iam:"iam:ListAttachedUserPolicies" on:"user"`
}

// newDataReads takes the operations from the service client.
func newDataReads(c *awsclient.Conn) DataReads {
	iam := awsclient.IAM(c)
	return DataReads{
		GetGroup: iam.GetGroup, ListUsers: iam.ListUsers, ListAttachedUserPolicies: iam.ListAttachedUserPolicies,
	}
}

// RotationCalls are the operations of a rotation without state. Of the stores only those of the one in use are needed.
type RotationCalls struct {
	GetUser             awsclient.IAMCall[iam.GetUserInput, iam.GetUserOutput]                                                `iam:"iam:GetUser" on:"user"`
	ListAccessKeys      awsclient.IAMCall[iam.ListAccessKeysInput, iam.ListAccessKeysOutput]                                  `iam:"iam:ListAccessKeys" on:"user"`
	CreateAccessKey     awsclient.IAMCall[iam.CreateAccessKeyInput, iam.CreateAccessKeyOutput]                                `iam:"iam:CreateAccessKey" on:"user"`
	DeleteAccessKey     awsclient.IAMCall[iam.DeleteAccessKeyInput, iam.DeleteAccessKeyOutput]                                `iam:"iam:DeleteAccessKey" on:"user"`
	GetParameterHistory awsclient.SSMCall[ssm.GetParameterHistoryInput, ssm.GetParameterHistoryOutput]                        `iam:"ssm:GetParameterHistory" on:"parameter"`
	PutParameter        awsclient.SSMCall[ssm.PutParameterInput, ssm.PutParameterOutput]                                      `iam:"ssm:PutParameter" on:"parameter"`
	DescribeSecret      awsclient.SecretsManagerCall[secretsmanager.DescribeSecretInput, secretsmanager.DescribeSecretOutput] `iam:"secretsmanager:DescribeSecret" on:"secret"`
	PutSecretValue      awsclient.SecretsManagerCall[secretsmanager.PutSecretValueInput, secretsmanager.PutSecretValueOutput] `iam:"secretsmanager:PutSecretValue" on:"secret"`
	secretstore.Reads
}
