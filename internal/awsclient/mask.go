package awsclient

import (
	"encoding/json"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// secretFields are the fields of inputs that hold secrets, by the input's type. A service may quote them in an error.
func secretFields() map[string]string {
	return map[string]string{
		"PutParameterInput":   "Value",
		"CreateSecretInput":   "SecretString",
		"PutSecretValueInput": "SecretString",
		"AdminCall":           "Secret",
	}
}

// masked stands for a secret in a text.
const masked = "(sensitive value)"

// leastSecret is the length of the shortest text that is masked: a shorter one would be found in ordinary words.
const leastSecret = 8

// mask hides secrets in texts.
type mask []string

// maskOf hides the secrets of an input.
func maskOf(input any) mask {
	v := reflect.Indirect(reflect.ValueOf(input))
	if v.Kind() != reflect.Struct {
		return nil
	}
	field, ok := secretFields()[v.Type().Name()]
	if !ok {
		return nil
	}
	secret, _ := fieldOf(v, field).(*string)
	return newMask(aws.ToString(secret))
}

// newMask hides the secrets, their parts if they are JSON, and what they look like inside JSON and a URL.
func newMask(secrets ...string) mask {
	var m mask
	for _, secret := range secrets {
		for _, text := range append(partsOf(secret), secret) {
			quoted, _ := json.Marshal(text) // strings always marshal
			inJSON := strings.Trim(string(quoted), `"`)
			again, _ := json.Marshal(inJSON)
			m = append(m, text, inJSON, strings.Trim(string(again), `"`), plain(text), url.QueryEscape(text),
				url.PathEscape(text))
		}
	}
	m = slices.DeleteFunc(m, func(s string) bool { return len(s) < leastSecret })
	slices.SortFunc(m, func(a, b string) int { return len(b) - len(a) }) // the whole before its parts
	return m
}

// plain is the text inside JSON that is written without the escapes for HTML, which not every service uses.
func plain(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // strings always marshal
	return strings.Trim(strings.TrimSpace(b.String()), `"`)
}

// partsOf are the texts inside a JSON document, none of any other text.
func partsOf(text string) []string {
	var document any
	if json.Unmarshal([]byte(text), &document) != nil {
		return nil
	}
	var parts []string
	var collect func(any)
	collect = func(value any) {
		switch value := value.(type) {
		case string:
			parts = append(parts, value)
		case []any:
			for _, item := range value {
				collect(item)
			}
		case map[string]any:
			for _, item := range value {
				collect(item)
			}
		}
	}
	collect(document)
	return parts
}

// text is the text without the secrets.
func (m mask) text(s string) string {
	for _, secret := range m {
		s = strings.ReplaceAll(s, secret, masked)
	}
	return s
}

// error returns err if its text holds no secret. Else it returns an error with a text that holds none, of the same
// code.
func (m mask) error(err error) error {
	if err == nil || m.text(err.Error()) == err.Error() {
		return err
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return &smithy.GenericAPIError{Code: api.ErrorCode(), Message: m.text(api.ErrorMessage()), Fault: api.ErrorFault()}
	}
	return errors.New(m.text(err.Error()))
}
