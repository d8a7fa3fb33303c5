// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// steps count how many bytes a function looks at in one pass.
var steps = map[string]func(text string) int{
	"Query":       func(text string) int { var e edit; Words{}.pairs(&e, text, 0, "&"); return e.steps },
	"Path":        func(text string) int { var e edit; Words{}.segments(&e, text); return e.steps },
	"URL":         func(text string) int { var e edit; Words{}.url(&e, text, 0, ""); return e.steps },
	"WithoutUser": func(text string) int { var e edit; dropUser(&e, text, 0, ""); return e.steps },
	"Text":        func(text string) int { s := scanner{text: text}; s.scan(); return s.steps },
}

// TestSteps has units that, repeated, made a function look at the rest of the text
// for each of them.
func TestSteps(t *testing.T) {
	for _, tt := range []struct{ explanation, unit string }{
		{"encoded slashes behind a colon that isn't", ":%2F%2Fa"},
		{"the same, encoded once more", "%3A%252F%252Fa"},
		{"slashes before the colon", "%2F%2F%26:"},
		{"levels that change", "%252F:%2F"},
		{"behind a name", "=cookie:%252F%252F"},
		{"separators of another level", "%252F%252F.;%3A"},
		{"deep levels", ":%25252525252F%25252525252F"},
		{"levels without an end", "%25"},
		{"a secret before each '@'", "token=x,a:b@,"},
		{"no secret, but slashes", "//%3A:;@1"},
		{"a user and a password before no host", "a:b@,"},
		{"before a slash", "a:b@,/"},
		{"a driver's address at the end only", "a:b@tcp,"},
		{"a quote in each URL", "x://a:b'"},
		{"separators in a value", "token=;"},
		{"separators of another level in a value", "token%3Da;"},
		{"backslashes", `token=\`},
		{"brackets", `"token":[`},
		{"flags", "--token a "},
		{"schemes", "Basic a "},
	} {
		grows(t, tt.explanation, tt.unit)
	}
}

// TestStepsOfRandomUnits puts units together from small alphabets.
func TestStepsOfRandomUnits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, alphabet := range [][]string{
		{":", "/", "@", "%3A", "%2F", "%40", "%253A", "%252F", "?", "#", "&", "a", "=", ";"},
		{"token", "=", ":", " ", "\"", "'", "\\", "[", "{", "]", "}", ",", ";", "a", "%3D"},
		{"a:b@", "x://", "@", "/", "tcp(", "'", "\"", " ", ",", "token=x", "://", "h:1", "(", "%3A", `:\/\/`},
		{"-", "--password", " ", "\t", `\t`, "\n", `\n`, "Bearer", "basic", "\"", "Cookie:", "; ", "a=b", "key", "API "},
		{"%", "25", "3D", "2F", "22", "%22", "%22:", "%5B", "%7B", "%3A", "token", "&", ";", ",", "state=", "=", "=="},
		{`"`, `\"`, `\\"`, "'", "x://", "x:\\\\", "<", "a:b", "@", "http:/", "\\", "//", "invalid port "},
		{`"name":`, `"password"`, `"value":`, ",", " ", "[", "]string{", "}", "map[", "--token", `"a"`, "null", "''", "'"},
	} {
		for range 500 {
			var unit strings.Builder
			for range 1 + random.IntN(6) {
				unit.WriteString(alphabet[random.IntN(len(alphabet))])
			}
			grows(t, "random", unit.String())
		}
	}
}

// grows fails where four times the text takes much more than four times the steps.
func grows(t *testing.T, explanation, unit string) {
	t.Helper()
	const n = 1 << 9
	for name, count := range steps {
		once, four := count(strings.Repeat(unit, n/len(unit)+1)), count(strings.Repeat(unit, 4*(n/len(unit)+1)))
		if four > 6*once+1000 {
			t.Errorf("%s: %s of %q takes %d steps, of four times the text %d", explanation, name, unit, once, four)
		}
	}
}
