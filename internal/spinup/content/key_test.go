package content

import (
	"strings"
	"testing"
)

func TestCheckKey(t *testing.T) {
	for _, tt := range []struct{ name, key, want string }{
		{"plain", "index.html", ""},
		{"one letter", "a", ""},
		{"folders", "docs/2026/report.pdf", ""},
		{"marker of a folder", "docs/", ""},
		{"all sorts", "with space + % ? # & = ; , @ ~ ' \" \\ < > { } ^ ` | [ ].txt", ""},
		{"dots in names", "a/.well-known/..x/x../...", ""},
		{"letters outside ASCII", "Gr\u00f6\u00dfe/\u65e5\u672c/\U0001F600", ""},
		{"decomposed", "u\u0308ber", ""},
		{"invisible marks", "a\u200eb\u202fc", ""},
		{"longest", strings.Repeat("x", 1024), ""},
		{"empty", "", "the key is empty"},
		{"too long", strings.Repeat("x", 1025), "has 1025 bytes, want at most 1,024"},
		{"too long in bytes", strings.Repeat("\u00e4", 513), "has 1026 bytes"},
		{"cut in a character", "x" + strings.Repeat("\u00e4", 513), `"x` + strings.Repeat("\u00e4", 19) + `"...`},
		{"not UTF-8", "a\xffb", `"a\xffb" is not valid UTF-8`},
		{"bell", "report\x07.txt", "control character U+0007"},
		{"line feed", "a\nb", "control character U+000A"},
		{"tab", "a\tb", "control character U+0009"},
		{"null", "a\x00", "control character U+0000"},
		{"delete", "a\x7f", "control character U+007F"},
		{"second set", "a\u0085", "control character U+0085"},
		{"no character", "a\ufffe", "control character U+FFFE"},
		{"slash first", "/index.html", "begins with a slash"},
		{"slash alone", "/", "begins with a slash"},
		{"dot first", "./a", `the segment "."`},
		{"dot", "a/./b", `the segment "."`},
		{"dots", "a/../b", `the segment ".."`},
		{"dots last", "a/..", `the segment ".."`},
		{"dots alone", "..", `the segment ".."`},
		{"two slashes", "x//y", "two slashes in a row"},
		{"two slashes last", "x//", "two slashes in a row"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckKey(tt.key)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("CheckKey(%q) = %v, want nil", tt.key, err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("CheckKey(%q) = %v, want %q in it", tt.key, err, tt.want)
			}
		})
	}
}
