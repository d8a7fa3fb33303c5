// SPDX-License-Identifier: Apache-2.0

// Package secret knows what a secret looks like: by the name of what holds it (a
// query parameter, a header, a cookie, a member of a JSON object, the key of a tag),
// and by its form (the user and password of a URL, what follows an authorization
// scheme). It replaces secrets by [Redacted].
//
// It errs on the side of hiding: a harmless value that looks like a secret is lost,
// where the opposite would be a leak. What it can't tell is a secret in plain words
// ("the password is hunter2") or below a harmless name ("q=hunter2"). It doesn't know
// the forms of tokens, such as a JWT or the prefixes of those of GitHub and AWS.
//
// All functions take time linear in the length of their text, never fail, and return
// the string that they were given, without a copy, where nothing is to hide. What
// they return stays as it is when it is given to them again.
package secret

// Redacted stands for a secret, as in the OpenTelemetry semantic conventions.
const Redacted = "REDACTED"

// Words tells secrets by the built-in list of names and by further words. The zero
// value has the built-in list only, as the functions of the package have. It is safe
// for concurrent use.
type Words struct {
	further []string // folded as names are
}

// New returns the built-in list with further words: a name that contains one of
// them, whatever the case, holds a secret. Only their letters and digits count;
// words without any are left out.
func New(further ...string) Words {
	var w Words
	for _, word := range further {
		if folded := fold(nil, word); len(folded.text) > 0 {
			w.further = append(w.further, string(folded.text))
		}
	}
	return w
}

// Name reports whether something of this name holds a secret, by the built-in list;
// see [Words.Name].
func Name(name string) bool { return Words{}.Name(name) }

// Query hides the secrets of an encoded query, by the built-in list; see
// [Words.Query].
func Query(raw string) string { return Words{}.Query(raw) }

// Path hides the secrets of a URL's path, by the built-in list; see [Words.Path].
func Path(path string) string { return Words{}.Path(path) }

// URL hides the secrets of a URL, by the built-in list; see [Words.URL].
func URL(raw string) string { return Words{}.URL(raw) }

// Text hides the secrets that can be told in a text, by the built-in list; see
// [Words.Text].
func Text(text string) string { return Words{}.Text(text) }
