// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/ot2otel/ot2otel/internal/printable"
	"github.com/ot2otel/ot2otel/internal/secret"
)

// shortestKey is how many bytes make a header's value worth hiding. A shorter
// one is a tenant's number or a flag, and would be found in any text.
const shortestKey = 6

// printableError returns err with a text that may be printed. An answer of the
// endpoint is in it, and may repeat what it was sent: the URL, and the headers.
func (s *settings) printableError(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	var refused *redirectError
	var inURL *url.Error
	switch {
	case errors.As(err, &refused):
		text = "otlp: " + refused.Error()
	case errors.As(err, &inURL): // of the endpoint, or of a redirect
		text = strings.ReplaceAll(text, strconv.Quote(inURL.URL), strconv.Quote(shownEndpoint(inURL.URL)))
	}
	text = strings.ReplaceAll(text, s.url, s.shown)
	for _, value := range s.headers {
		text = withoutKey(text, value)
		if _, credentials, ok := strings.Cut(value, " "); ok { // after their scheme
			text = withoutKey(text, credentials)
		}
	}
	return printable.Reworded(err, text)
}

func withoutKey(text, key string) string {
	if len(key) < shortestKey {
		return text
	}
	return strings.ReplaceAll(text, key, secret.Redacted)
}
