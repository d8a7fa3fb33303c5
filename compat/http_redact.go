// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net/url"
	"strings"

	"github.com/ot2otel/ot2otel/internal/secret"
)

// redacted stands for a value that isn't recorded, as the OpenTelemetry semantic
// conventions have it.
const redacted = secret.Redacted

// RedactURL returns a copy of a URL without user name and password, in which the
// values of parameters that are known to hold secrets are REDACTED: those of the
// query, of a fragment that has the form of a query or holds one, and of the path,
// such as ";jsessionid=1". All else stays as it is, and in its order. It is the
// default of [TracingOptions.RedactURL], and of use in hooks that add to it. Nil is
// nil.
//
// Those parameters are the ones that the OpenTelemetry semantic conventions name
// for url.query (X-Amz-Signature, X-Amz-Credential, X-Amz-Security-Token, sig,
// X-Goog-Signature), and those whose names contain a common word for a password, a
// token, an API key, a secret, a signature, a cookie or a session ID, such as
// "user[password]", "oauth_token", "x-api-key" and "passwordConfirmation". Only the
// letters and digits of a name count, whatever their case and encoding. Tokens that
// are none are kept, and so is what counts or describes: "page_token", "max_tokens"
// and "credential_type". The parameter code is hidden beside state, as in the answer
// of an OAuth server; key, where its value is an API key of Google's ("AIza…"). A URL
// in the value of a parameter, as "return_to" has it, and a member of a JSON object
// are redacted in the same way, encoded or not.
//
// A user name and password are also dropped where the URL has them in Opaque or Host,
// or at the start of a path with two slashes.
func RedactURL(u *url.URL) *url.URL {
	if u == nil {
		return nil
	}
	return redactParts(u, func(part string, hide func(string) string) string { return hide(part) })
}

// redactParts is RedactURL with what calls the functions that hide the secrets of a
// part.
func redactParts(u *url.URL, apply func(part string, hide func(string) string) string) *url.URL {
	clean := *u
	clean.User = nil
	if strings.ContainsAny(u.Scheme, ":/@") {
		clean.Scheme = apply(u.Scheme, secret.URL)
	}
	clean.Host = apply(u.Host, secret.WithoutUser)
	clean.Opaque = apply(u.Opaque, secret.URL)
	clean.Path = apply(u.Path, redactPath)
	clean.RawPath = apply(u.RawPath, redactPath)
	clean.RawQuery = apply(u.RawQuery, secret.Query)
	if fragment := u.EscapedFragment(); strings.Contains(fragment, "=") {
		clean.RawFragment = apply(fragment, secret.Query)
		if text, err := url.PathUnescape(clean.RawFragment); err == nil {
			clean.Fragment = text
		}
	}
	return &clean
}

// redactPath hides the secrets of a path, which may start as a URL without its scheme.
func redactPath(path string) string { return secret.Path(withoutHostsUser(path)) }

func withoutHostsUser(path string) string {
	if len(path) > 1 && path[0] == '/' && (path[1] == '/' || path[1] == '\\') {
		return secret.WithoutUser(path)
	}
	return path
}

// withoutUser returns a copy without user name and password, wherever they are.
func withoutUser(u *url.URL) *url.URL {
	clean := *u
	clean.User = nil
	clean.Host = secret.WithoutUser(u.Host)
	clean.Opaque = secret.WithoutUser(u.Opaque)
	clean.Path = withoutHostsUser(u.Path)
	clean.RawPath = withoutHostsUser(u.RawPath)
	if strings.ContainsAny(u.Scheme, ":/@") {
		clean.Scheme = secret.WithoutUser(u.Scheme)
	}
	return &clean
}

// redactURL returns what is recorded of a URL; nil for nothing.
func (t *Tracing) redactURL(u *url.URL) *url.URL {
	if u == nil {
		return nil
	}
	if t.options.RedactURL == nil {
		return redactParts(u, hideClipped)
	}
	chosen := t.chosenURL(withoutUser(u))
	if chosen == nil || chosen.User == nil {
		return chosen
	}
	return withoutUser(chosen)
}

func (t *Tracing) chosenURL(u *url.URL) *url.URL {
	// Where the hook panics, nothing is recorded: the safe side.
	defer reportPanic("TracingOptions.RedactURL")
	return t.options.RedactURL(u)
}

// redactText is redactURL for the text of a URL. Text that a hook can't be given,
// since it is none, is recorded as nothing.
func (t *Tracing) redactText(text string) string {
	if t.options.RedactURL == nil {
		return hideClipped(text, secret.URL)
	}
	if text == "" {
		return ""
	}
	u, err := url.Parse(secret.WithoutUser(text))
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

// redactHeader returns what is recorded of a header's or trailer's value. Of one that
// holds credentials only the scheme stays, and the names of cookies; of one that
// holds a URL, what RedactURL leaves; of others all but secrets that can be told.
func (t *Tracing) redactHeader(name, value string) string {
	switch name {
	case "Cookie":
		return redactCookies(clip(value))
	case "Referer", "Origin", "Location", "Content-Location", "Destination", "X-Original-Url", "X-Original-Uri", "X-Rewrite-Url",
		"X-Forwarded-Uri", "X-Forwarded-Url", "X-Envoy-Original-Path", "X-Replaced-Path":
		return t.redactText(value)
	}
	if secret.Name(name) {
		return secret.Credentials(value)
	}
	if name == "Sec-Websocket-Protocol" {
		return redactProtocols(clip(value))
	}
	return redactPeer(value)
}

// redactPeer returns what is recorded of a text that a peer has sent, of no form that
// is known.
func redactPeer(text string) string { return hideClipped(text, secret.Text) }

// redactProtocols hides the credentials in a list of WebSocket's subprotocols. A
// browser can't send an Authorization there, so that they stand behind their scheme,
// or behind the prefix that Kubernetes has for them.
func redactProtocols(value string) string {
	const kubernetes = "base64url.bearer.authorization.k8s.io."
	protocols := strings.Split(value, ",")
	for i, protocol := range protocols {
		name := strings.TrimSpace(protocol)
		before := ""
		if i > 0 {
			before = strings.TrimSpace(protocols[i-1])
		}
		switch token, found := strings.CutPrefix(name, kubernetes); {
		case found && token != "":
			protocols[i] = strings.TrimSuffix(protocol, strings.TrimLeft(protocol, " \t")) + kubernetes + redacted
		case name != "" && (secret.Name(before) || secret.Credentials(before+" x") != redacted):
			protocols[i] = strings.Replace(protocol, name, redacted, 1)
		default:
			protocols[i] = secret.Text(protocol)
		}
	}
	return strings.Join(protocols, ",")
}

func redactCookies(value string) string {
	cookies := strings.Split(value, ";")
	kept, quoted := cookies[:0], false
	for _, cookie := range cookies {
		inValue := quoted
		quoted = quoted != (strings.Count(cookie, `"`)%2 == 1)
		if inValue {
			continue // the rest of a value in quotes
		}
		if key, _, found := strings.Cut(cookie, "="); found {
			kept = append(kept, key+"="+redacted)
		} else {
			kept = append(kept, redacted)
		}
	}
	return strings.Join(kept, ";")
}

// redactValue returns what is recorded of a value that was asked for by its name.
func redactValue(name, value string) string {
	if value != "" && secret.Name(name) {
		return redacted
	}
	return redactPeer(value)
}

// redactError returns err without the secrets in its text: those that can be told,
// and what a hook hides of the URL in a url.Error. It returns err itself where there
// are none.
func (t *Tracing) redactError(err error) error {
	text := textOf(err)
	clean := text
	if t.options.RedactURL != nil {
		left := maxErrors
		clean = t.hookError(clean, err, &left)
	}
	if clean = clip(hideClipped(clean, secret.Text)); clean == text {
		return err
	}
	return &redactedError{err, clean}
}
