package secretstore

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// Held is what stands in the place of the stored secret.
type Held struct {
	Exists      bool
	Ours        bool   // it bears the owner's mark, or holds its key
	At          string // name of the parameter, ARN of the secret
	Deleted     string // when it was scheduled for deletion, "" if it was not
	Description string
}

// Refuse is why nothing can be written there, nil if it can.
func (h Held) Refuse(at Store) error {
	switch {
	case h.Exists && h.Deleted != "":
		return fmt.Errorf("%s was scheduled for deletion on %s, and its name is not free until then: restore it and delete "+
			"it without a recovery window (aws secretsmanager delete-secret --force-delete-without-recovery), or name "+
			"another: %w", at, h.Deleted, reconcile.ErrForeign)
	case h.Exists && !h.Ours:
		return fmt.Errorf("%w: %s: delete it or name another; its description is %q", reconcile.ErrForeign, at, h.Description)
	}
	return nil
}

// Look looks at what stands in the place of a stored secret.
func (k Keeper) Look(ctx context.Context, at Store, who Owner) (*Held, error) {
	look := k.heldParameter
	if at.Parameter == "" {
		look = k.heldSecret
	}
	held, err := look(ctx, at)
	if err != nil || !held.Exists || held.Deleted != "" {
		return held, err
	}
	held.Ours = who.Marked(held.Description)
	if !held.Ours && who.Holds != nil {
		held.Ours, err = k.holds(ctx, at, who)
	}
	return held, err
}

// heldParameter reads the history of a parameter, because only that tells the description of a single one.
func (k Keeper) heldParameter(ctx context.Context, at Store) (*Held, error) {
	held := &Held{}
	in := &ssm.GetParameterHistoryInput{Name: &at.Parameter, MaxResults: aws.Int32(50)}
	for {
		page, err := k.GetParameterHistory(ctx, in)
		if err != nil {
			return held, awsclient.Absent(err)
		}
		for _, version := range page.Parameters { // the newest last
			held.Exists, held.At, held.Description = true, at.Parameter, aws.ToString(version.Description)
		}
		if aws.ToString(page.NextToken) == "" {
			return held, nil
		}
		in.NextToken = page.NextToken
	}
}

func (k Keeper) heldSecret(ctx context.Context, at Store) (*Held, error) {
	out, err := k.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &at.SecretsSecret})
	if err != nil {
		return &Held{}, awsclient.Absent(err)
	}
	held := &Held{Exists: true, At: aws.ToString(out.ARN), Description: aws.ToString(out.Description)}
	if out.DeletedDate != nil {
		held.Deleted = out.DeletedDate.UTC().Format("2006-01-02")
	}
	return held, nil
}

// holds reports whether the store holds a key of the owner.
func (k Keeper) holds(ctx context.Context, at Store, who Owner) (bool, error) {
	text, err := k.content(ctx, at)
	if err != nil {
		return false, awsclient.Absent(err)
	}
	key, ok := parseKey(text)
	return ok && who.Holds(key.ID), nil
}

// content is what the store holds.
func (k Keeper) content(ctx context.Context, at Store) (string, error) {
	if at.Parameter != "" {
		out, err := k.GetParameter(ctx, &ssm.GetParameterInput{Name: &at.Parameter, WithDecryption: aws.Bool(true)})
		if err != nil || out.Parameter == nil {
			return "", err
		}
		return aws.ToString(out.Parameter.Value), nil
	}
	out, err := k.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &at.SecretsSecret})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.SecretString), nil
}
