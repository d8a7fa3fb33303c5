// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/internal/secret"
)

// TestHideClipped has secrets that are cut, without what tells them.
func TestHideClipped(t *testing.T) {
	for _, tt := range []struct {
		explanation, head string
		hide              func(string) string
		want              string
	}{
		{"a password in a URL", "/?a=1&next=https://u:S3", secret.URL, "/?a=1&next=https://REDACTED"},
		{"an encoded one", "next=https%3A%2F%2Fu%3AS3", secret.Query, "next=https%3A%2F%2FREDACTED"},
		{"a host's", "u:S3", secret.WithoutUser, ""},
		{"a path's", "//u:S3", redactPath, "//"},
		{"a text's URL", "see https://u:S3", secret.Text, "see https://REDACTED"},
		{"a data source", "open u:S3", secret.Text, "open REDACTED:REDACTED"},
		{"the answer of an OAuth server", "/cb?code=S3", secret.URL, "/cb?code=REDACTED"},
		{"a value", "token=S3", secret.Query, "token=REDACTED"},
		{"a quoted one", `{"token":"S3`, secret.Text, `{"token":"REDACTED`},
	} {
		long := tt.head + strings.Repeat("x", 2*maxText) + "@h"
		if got, want := hideClipped(long, tt.hide), tt.want+ellipsis; got != want {
			t.Errorf("%s: %.100q, want %q", tt.explanation, got, want)
		}
	}
	plain := strings.Repeat("/é", maxText)
	if got := hideClipped(plain, secret.URL); got != clip(plain) {
		t.Errorf("nothing to hide: %d bytes, %q", len(got), got[len(got)-20:])
	}
}

// TestClippedBeforeHidden counts what is looked at for secrets of a request that is
// too long.
func TestClippedBeforeHidden(t *testing.T) {
	long := "/" + strings.Repeat("a", 1<<20) + "?q=" + strings.Repeat("%3A%252F", 1<<17)
	given := &url.URL{Scheme: "http", Host: "h" + long, Path: long, RawPath: long, RawQuery: long, Opaque: "", Fragment: "a=" + long}
	longest := 0
	redactParts(given, func(part string, hide func(string) string) string {
		return hideClipped(part, func(text string) string {
			longest = max(longest, len(text))
			return hide(text)
		})
	})
	if longest == 0 || longest > maxText+32 {
		t.Errorf("%d bytes are looked at", longest)
	}
	tracing := NewTracing(nil, nil)
	r := &http.Request{RequestURI: long, Host: long, URL: given}
	u := tracing.serverURL(r)
	for part, text := range map[string]string{"path": u.path, "query": u.query, "host": u.host, "header": tracing.redactHeader("X-A", long), "referer": tracing.redactHeader("Referer", long), "cookie": tracing.redactHeader("Cookie", long)} {
		if len(text) > maxText+32 {
			t.Errorf("%s: %d bytes", part, len(text))
		}
	}
}
