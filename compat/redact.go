// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net/url"
	"strings"
)

// redacted stands for a value that isn't recorded, as the OpenTelemetry semantic
// conventions have it.
const redacted = "REDACTED"

// RedactURL returns a copy of a URL without user name and password, in which the
// values of query parameters that are known to hold secrets are REDACTED; so are
// those of a fragment that has the form of a query. All else stays as it is, and in
// its order. It is the default of [TracingOptions.RedactURL], and of use in hooks
// that add to it. Nil is nil.
//
// Those parameters are the ones that the OpenTelemetry semantic conventions name
// for url.query (X-Amz-Signature, X-Amz-Credential, X-Amz-Security-Token, sig,
// X-Goog-Signature), and common names of passwords, tokens, API keys, secrets,
// signatures and session IDs. Case and the characters '-', '_' and '.' of a name
// don't matter.
func RedactURL(u *url.URL) *url.URL {
	if u == nil {
		return nil
	}
	clean := *u
	clean.User = nil
	clean.RawQuery = redactQuery(u.RawQuery)
	if fragment := u.EscapedFragment(); strings.Contains(fragment, "=") {
		clean.RawFragment = redactQuery(fragment)
		if text, err := url.PathUnescape(clean.RawFragment); err == nil {
			clean.Fragment = text
		}
	}
	return &clean
}

// redactQuery replaces the values of sensitive parameters in an encoded query. It
// returns the same string, without a copy, where there are none.
func redactQuery(query string) string {
	var out strings.Builder
	kept := 0 // how far query is in out
	for start := 0; start < len(query); {
		end := start + strings.IndexAny(query[start:], "&;")
		if end < start {
			end = len(query)
		}
		pair := query[start:end]
		if name, value, found := strings.Cut(pair, "="); found && value != "" && isSensitive(name) {
			out.WriteString(query[kept : start+len(name)+1])
			out.WriteString(redacted)
			kept = end
		}
		start = end + 1
	}
	if kept == 0 {
		return query
	}
	out.WriteString(query[kept:])
	return out.String()
}

// isSensitive reports whether a query parameter, by its encoded name, is known to
// hold a secret.
func isSensitive(name string) bool {
	if strings.ContainsAny(name, "%+") {
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
	}
	var buffer [32]byte
	folded := buffer[:0]
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-' || c == '_' || c == '.' || c == ' ':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		folded = append(folded, c)
	}
	switch string(folded) {
	case "sig", "awsaccesskeyid", "xamzcredential", "xgoogcredential", "xamzsecuritytoken",
		"token", "accesstoken", "refreshtoken", "idtoken", "authtoken", "bearertoken", "apitoken",
		"sessiontoken", "securitytoken", "csrftoken", "xsrftoken", "usertoken", "jwt",
		"auth", "authorization", "session", "sessionid", "sid", "phpsessid", "jsessionid",
		"pass", "passwd", "pwd", "pw", "passphrase", "pin", "otp":
		return true
	}
	for _, ending := range [...]string{"password", "secret", "apikey", "accesskey", "secretkey", "privatekey", "signature", "credentials"} {
		if strings.HasSuffix(string(folded), ending) {
			return true
		}
	}
	return false
}

// redactURL returns what is recorded of a URL; nil for nothing. It may return u
// itself, which mustn't be changed.
func (t *Tracing) redactURL(u *url.URL) *url.URL {
	if u == nil {
		return nil
	}
	if t.options.RedactURL == nil {
		return RedactURL(u)
	}
	given := *u
	given.User = nil
	return t.chosenURL(&given)
}

func (t *Tracing) chosenURL(u *url.URL) *url.URL {
	// Where the hook panics, nothing is recorded: the safe side.
	defer reportPanic("TracingOptions.RedactURL")
	return t.options.RedactURL(u)
}

// redactText is redactURL for the text of a URL. Text that is none is recorded as
// nothing.
func (t *Tracing) redactText(text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return textOfURL(t.redactURL(u))
}

func textOfURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.String()
}

// redactHeader replaces the credentials in headers that have them by definition.
// The scheme of an Authorization, and the names of cookies, stay.
func redactHeader(name, value string) string {
	switch name {
	case "Authorization", "Proxy-Authorization":
		if scheme, _, found := strings.Cut(value, " "); found {
			return scheme + " " + redacted
		}
		return redacted
	case "Cookie":
		cookies := strings.Split(value, ";")
		for i, cookie := range cookies {
			if key, _, found := strings.Cut(cookie, "="); found {
				cookies[i] = key + "=" + redacted
			} else {
				cookies[i] = redacted
			}
		}
		return strings.Join(cookies, ";")
	}
	return value
}
