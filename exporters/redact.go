// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"regexp"
	"strings"

	"go.opentelemetry.io/otel/attribute"
)

// redacted stands for a secret.
const redacted = "<redacted>"

// redactor hides secrets from the terminal.
type redactor struct {
	words []string       // lower case; a key with one of them holds a secret
	pairs *regexp.Regexp // key=value and "key": value within a text

	// Secrets that no key announces: the user's part of a URL, and what
	// follows the two authorization schemes.
	credentials *regexp.Regexp
}

func newRedactor(further []string) redactor {
	r := redactor{words: []string{"authorization", "cookie", "password", "token", "secret"}}
	for _, word := range further {
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" {
			r.words = append(r.words, word)
		}
	}
	quoted := make([]string, len(r.words))
	for i, word := range r.words {
		quoted[i] = regexp.QuoteMeta(word)
	}
	r.pairs = regexp.MustCompile(`(?i)((?:` + strings.Join(quoted, "|") + `)[\w.\-\]]*"?\s*[=:]\s*)("[^"]*"|(?:bearer |basic )?[^\s&;,"']+)`)
	r.credentials = regexp.MustCompile(`(?i)(://)[^/\s:@]*:[^/\s@]+@|\b(bearer|basic)\s+[a-z0-9+/=._~-]{8,}`)
	return r
}

func (r redactor) isSecret(key string) bool {
	key = strings.ToLower(key)
	for _, word := range r.words {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}

// attribute returns kv without its secrets. A count of tokens isn't one.
func (r redactor) attribute(kv attribute.KeyValue) attribute.KeyValue {
	switch {
	case r.isSecret(string(kv.Key)):
		if kv.Value.Type() == attribute.INT64 && strings.HasSuffix(string(kv.Key), "tokens") {
			return kv
		}
		kv.Value = attribute.StringValue(redacted)
	case kv.Value.Type() == attribute.STRING:
		if s := kv.Value.AsString(); r.mayHold(s) {
			kv.Value = attribute.StringValue(r.text(s))
		}
	case kv.Value.Type() >= attribute.STRINGSLICE: // lists and maps of anything
		if s := kv.Value.String(); r.mayHold(s) {
			kv.Value = attribute.StringValue(r.text(s))
		}
	}
	return kv
}

// text returns s without the secrets that can be told in it.
func (r redactor) text(s string) string {
	if !r.mayHold(s) {
		return s
	}
	s = r.pairs.ReplaceAllString(s, "${1}"+redacted)
	return r.credentials.ReplaceAllStringFunc(s, func(match string) string {
		if strings.HasPrefix(match, "://") {
			return "://" + redacted + "@"
		}
		scheme, _, _ := strings.Cut(match, " ")
		return scheme + " " + redacted
	})
}

// mayHold spares most texts the regular expressions.
func (r redactor) mayHold(s string) bool {
	if strings.Contains(s, "://") {
		return true
	}
	s = strings.ToLower(s)
	return strings.Contains(s, "bearer") || strings.Contains(s, "basic") || r.isSecret(s)
}
