// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// interest says how early a line shows an attribute.
type interest int

const (
	failure      interest = iota // what went wrong
	work                         // what the span worked on: a database, a message, what the application says
	request                      // the rest of a request
	circumstance                 // the connection and the code
)

// interestOf tells the interest of an attribute by its key. What no convention
// names is the application's own.
func interestOf(key attribute.Key) interest {
	switch {
	case hasAnyPrefix(key, "error.", "exception."):
		return failure
	case key == "component" || key == "span.kind" || hasAnyPrefix(key,
		"client.", "code.", "http.flavor", "http.request.", "http.response.", "http.scheme", "http.user_agent",
		"net.", "network.", "otel.", "peer.address", "peer.ipv4", "peer.ipv6", "peer.port", "server.", "thread.",
		"url.scheme", "user_agent."):
		if key == "http.request.method" {
			return request
		}
		return circumstance
	case hasAnyPrefix(key, "http.", "url."):
		return request
	}
	return work
}

func hasAnyPrefix(key attribute.Key, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(string(key), prefix) })
}

// inlineOrder returns the attributes that the line of span may show, those first
// that say most. It leaves out what the line says already.
func inlineOrder(span sdktrace.ReadOnlySpan, attributes []attribute.KeyValue) []attribute.KeyValue {
	if len(attributes) == 0 {
		return nil
	}
	var levels [circumstance + 1][]attribute.KeyValue
	for _, kv := range attributes {
		if !isHTTPStatus(kv.Key) && !saidAlready(span, kv) {
			level := interestOf(kv.Key)
			levels[level] = append(levels[level], kv)
		}
	}
	return slices.Concat(levels[:]...)
}

// saidAlready reports whether the line of the span says what an attribute of a
// convention does: by the name, the kind or the HTTP status. An attribute of the
// application is never left out: what its value has to do with the name is a guess.
func saidAlready(span sdktrace.ReadOnlySpan, kv attribute.KeyValue) bool {
	if kv.Value.Type() != attribute.STRING {
		return false
	}
	value := kv.Value.AsString()
	switch kv.Key {
	case "span.kind":
		return span.SpanKind() > trace.SpanKindInternal && value == span.SpanKind().String()
	case "error.type":
		status, ok := httpStatus(span)
		return ok && value == status
	case "component":
		return value == span.InstrumentationScope().Name || hasWord(span.Name(), value, " ")
	case "http.method", "http.request.method", "http.route", "http.target", "url.path", "url.template",
		"db.statement", "db.query.text", "db.query.summary":
		return hasWord(span.Name(), value, " ")
	case "db.operation", "db.operation.name", "db.collection.name", "db.sql.table", "db.name", "db.namespace",
		"rpc.method", "rpc.service", "code.function", "code.function.name",
		"messaging.operation", "messaging.operation.name", "messaging.operation.type", "messaging.destination", "messaging.destination.name":
		return hasWord(span.Name(), value, " ./:")
	}
	return false
}

// longestWord bounds the search for a word, whose time grows with its length.
const longestWord = 256

// hasWord reports whether word is in text, and ends on both sides at an end of the
// text or at one of delimiters. A word of more than longestWord bytes has to be the
// whole text.
func hasWord(text, word, delimiters string) bool {
	if word == "" || len(word) > longestWord {
		return word != "" && text == word
	}
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		if (start == 0 || strings.IndexByte(delimiters, text[start-1]) >= 0) &&
			(end == len(text) || strings.IndexByte(delimiters, text[end]) >= 0) {
			return true
		}
		from = start + 1
	}
}
