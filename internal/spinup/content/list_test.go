package content

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// TestUnescape: keys are decoded only where the answer says that they are encoded, and one that is not stays as it is.
func TestUnescape(t *testing.T) {
	for _, tt := range []struct {
		encoding  types.EncodingType
		key, want string
	}{
		{types.EncodingTypeUrl, "a%2Bb+c%07", "a+b c\a"},
		{"", "a%2Bb+c", "a%2Bb+c"},
		{types.EncodingTypeUrl, "broken%", "broken%"},
	} {
		got := &tt.key
		if unescape(tt.encoding, &got); *got != tt.want {
			t.Errorf("unescape(%q, %q) = %q, want %q", tt.encoding, tt.key, *got, tt.want)
		}
	}
	var none *string
	if unescape(types.EncodingTypeUrl, &none); none != nil {
		t.Errorf("no key is %q", *none)
	}
}
