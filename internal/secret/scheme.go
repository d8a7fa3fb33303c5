// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// Credentials hides the value of a header that holds a secret, such as Authorization
// or Proxy-Authorization. Where it starts with a known scheme, such as Bearer, the
// scheme stays.
func Credentials(value string) string {
	if value == "" {
		return ""
	}
	return scheme(value) + Redacted
}

// scheme returns the authorization scheme that a value starts with, and the spaces
// after it, where credentials follow.
func scheme(value string) string {
	end := 0
	for end < len(value) && (isScheme(value[end])) {
		end++
	}
	if known, _ := schemeOf(value[:end]); !known {
		return ""
	}
	spaces := end
	for spaces < len(value) && isSpace(value[spaces]) {
		spaces++
	}
	if spaces == end || spaces == len(value) {
		return ""
	}
	return value[:spaces]
}

// encodedScheme returns the authorization scheme that a value in a query starts with,
// and the encoded space after it: "Bearer%20". A scheme that is a word of plain
// English isn't believed.
func encodedScheme(value string) string {
	end := 0
	for end < len(value) && end <= longestScheme && isScheme(value[end]) && value[end] != '+' {
		end++
	}
	if known, english := schemeOf(value[:end]); !known || english {
		if !strings.EqualFold(value[:end], "basic") {
			return ""
		}
	}
	for _, space := range [...]string{"%20", "%2520", "+", " "} {
		if strings.HasPrefix(value[end:], space) && len(value) > end+len(space) {
			return value[:end+len(space)]
		}
	}
	return ""
}

const longestScheme = len("aws4-hmac-sha256")

// schemeOf reports whether a word is an authorization scheme: of IANA's registry, or
// in common use. In a text, credentials are believed to follow any; after a word of
// plain English only what doesn't look like a word.
func schemeOf(word string) (known, english bool) {
	if len(word) < 4 {
		return false, false
	}
	var buffer [longestScheme]byte
	switch string(lower(buffer[:], word)) {
	case "bearer", "aws4-hmac-sha256", "dpop", "hoba", "ntlm", "scram-sha-1", "scram-sha-256", "sso-key", "vapid":
		return true, false
	case "apikey", "api-key", "basic", "digest", "hawk", "mutual", "negotiate", "privatetoken", "signature", "token":
		return true, true
	}
	return false, false
}

// credential hides what follows an authorization scheme in a text.
func (s *scanner) credential(i int, english bool) bool {
	from := s.spaces(i, true)
	for strings.HasPrefix(s.text[from:], `\t`) || strings.HasPrefix(s.text[from:], `\n`) || strings.HasPrefix(s.text[from:], `\r`) {
		from += 2
	}
	if from == i || from == len(s.text) {
		return false
	}
	if !english {
		if end, open := s.quoted(from); open > from {
			return !isAboutBearer(s.text[open:end]) && s.hide(open, end, Redacted)
		}
	}
	end := from
	for end < len(s.text) && (isScheme(s.text[end]) || strings.IndexByte("/=_~:", s.text[end]) >= 0) {
		end++
	}
	s.steps += end - i
	end = s.trimmed(from, end, ".:")
	word := s.text[from:end]
	if english && !isOpaque(word) || !english && isAboutBearer(word) {
		return false
	}
	return s.hide(from, end, Redacted)
}

// isAboutBearer reports whether a word after "bearer" is one of the sentence.
func isAboutBearer(word string) bool {
	word, _, _ = strings.Cut(strings.ToLower(word[:min(len(word), len("authentication="))]), "=")
	switch word {
	case "auth", "authentication", "authorization", "error", "is", "must", "realm", "scheme", "schemes", "token", "tokens":
		return true
	}
	return false
}

// isOpaque reports whether a word doesn't look like one that is written by hand:
// base64 of user:password, or long and with digits or letters of both cases.
func isOpaque(word string) bool {
	var encoded, decoded [64]byte
	n := copy(encoded[:], strings.TrimRight(word, "="))
	if n, err := base64.RawStdEncoding.Decode(decoded[:], encoded[:n]); err == nil && bytes.IndexByte(decoded[:n], ':') >= 0 {
		return true
	}
	if len(word) < 8 {
		return false
	}
	digits, lower, upper := 0, 0, 0
	for i, c := range word {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'z':
			lower++
		case 'A' <= c && c <= 'Z' && i > 0:
			upper++
		}
	}
	return digits > 0 && lower+upper > 0 || lower > 0 && upper > 0
}
