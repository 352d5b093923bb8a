package awsclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// TestSecrets: a service that quotes a value in its error does not make it known, in whatever form it quotes it.
func TestSecrets(t *testing.T) {
	const id, secret = "AKIAIOSFODNN7EXAMPLE", `wJalr/XUtn+FE&MI "K7" <MDENG>`
	value, _ := json.Marshal(map[string]string{"access_key_id": id, "secret_access_key": secret})
	var plain strings.Builder
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]string{"secret_access_key": secret}); err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(map[string]string{"Value": string(value)})
	clean(t)
	for form, quoted := range map[string]string{
		"whole": string(value), "secret": secret, "in JSON": plain.String(), "in the request": string(body),
		"in a query": url.QueryEscape(secret), "in a path": url.PathEscape(secret), "whole in a query": url.QueryEscape(string(value)),
	} {
		answers := answer{Status: 400, Header: map[string]string{"X-Amzn-Requestid": "RQ3"}}
		text, _ := json.Marshal(map[string]string{"__type": "InvalidParameter", "message": "The value '" + quoted + "' is not valid."})
		answers.Body = string(text)
		server := serve(t, func(seen) answer { return answers })
		cfg := unasked(server.URL)
		cfg.Endpoints["ssm"], cfg.Endpoints["secretsmanager"] = server.URL, server.URL
		conn := connect(t, cfg)
		for name, call := range map[string]func(context.Context) error{
			"PutParameter": func(ctx context.Context) error {
				_, err := awsclient.SSM(conn).PutParameter(ctx, &ssm.PutParameterInput{Name: aws.String("/a"), Value: aws.String(string(value))})
				return err
			},
			"CreateSecret": func(ctx context.Context) error {
				_, err := awsclient.SecretsManager(conn).CreateSecret(ctx, &secretsmanager.CreateSecretInput{
					Name: aws.String("a"), SecretString: aws.String(string(value)),
				})
				return err
			},
			"PutSecretValue": func(ctx context.Context) error {
				_, err := awsclient.SecretsManager(conn).PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
					SecretId: aws.String("a"), SecretString: aws.String(string(value)),
				})
				return err
			},
		} {
			err := call(t.Context())
			if !awsclient.IsInvalid(err) || !strings.Contains(err.Error(), "InvalidParameter: The value") || !strings.Contains(err.Error(), "is not valid") {
				t.Errorf("%s, %s: got %v", name, form, err)
			}
			for ; err != nil; err = errors.Unwrap(err) {
				for _, text := range []string{err.Error(), awsclient.Text(err), fmt.Sprintf("%+v", err)} {
					if strings.Contains(text, "XUtn") || strings.Contains(text, "MDENG") {
						t.Errorf("%s, %s: %s tells the secret", name, form, text)
					}
				}
			}
		}
	}
}

// A short value is no secret, and would be found in ordinary words.
func TestSecrets_short(t *testing.T) {
	clean(t)
	server := serve(t, func(seen) answer {
		return answer{Status: 400, Body: `{"__type":"InvalidParameter","message":"a value is not valid"}`, Header: map[string]string{"X-Amzn-Requestid": "RQ3"}}
	})
	cfg := unasked(server.URL)
	cfg.Endpoints["ssm"] = server.URL
	_, err := awsclient.SSM(connect(t, cfg)).PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String("/a"), Value: aws.String("a")})
	if err == nil || !strings.Contains(err.Error(), "a value is not valid") {
		t.Errorf("got %v", err)
	}
}

// A token that STS quotes is not told either.
func TestSecrets_ofTheConfiguration(t *testing.T) {
	clean(t)
	server := serve(t, func(r seen) answer {
		return failQuery(400, "InvalidIdentityToken", "the token "+r.Form.Get("WebIdentityToken")+" is not valid")
	})
	cfg := config(server.URL)
	cfg.AccessKey, cfg.SecretKey = "", ""
	cfg.WebIdentity = &awsclient.WebIdentity{RoleARN: "arn:aws:iam::" + account + ":role/ci", Token: "eyJ0eXAi.very.secret"}
	_, err := awsclient.New(cfg, fast()).Connect(t.Context())
	if err == nil || strings.Contains(err.Error(), "eyJ0") || !strings.Contains(err.Error(), "is not valid") {
		t.Errorf("got %v", err)
	}
}
