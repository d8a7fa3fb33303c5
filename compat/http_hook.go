// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// maxErrors bounds how many errors are looked at in one that wraps others.
const maxErrors = 100

// hookError hides in the text of an error what a hook hides of the URLs, and of the
// hosts that were looked up, in it and in all that it wraps.
func (t *Tracing) hookError(text string, err error, left *int) string {
	if *left--; err == nil || *left < 0 || isNilPointer(err) {
		return text
	}
	switch failed := err.(type) { //nolint:errorlint // all in the tree are looked at
	case *url.Error:
		text = strings.ReplaceAll(text, strconv.Quote(failed.URL), strconv.Quote(t.redactText(failed.URL)))
	case *net.DNSError:
		if hidden := t.redactHost("", failed.Name); hidden != failed.Name {
			text = strings.ReplaceAll(text, failed.Name, hidden)
		}
	}
	switch wraps := err.(type) { //nolint:errorlint // as above
	case interface{ Unwrap() error }:
		text = t.hookError(text, wraps.Unwrap(), left)
	case interface{ Unwrap() []error }:
		for _, err := range wraps.Unwrap() {
			text = t.hookError(text, err, left)
		}
	}
	return text
}

// redactHost returns what a hook leaves of the host of a URL, with its port or
// without.
func (t *Tracing) redactHost(scheme, host string) string {
	if t.options.RedactURL == nil || host == "" {
		return host
	}
	if scheme == "" {
		scheme = "http"
	}
	if u := t.redactURL(&url.URL{Scheme: scheme, Host: host}); u != nil {
		return u.Host
	}
	return ""
}
