// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/ot2otel/ot2otel/internal/secret"
)

// redactor hides secrets from the terminal.
type redactor struct {
	secret.Words
}

func newRedactor(further []string) redactor { return redactor{secret.New(further...)} }

// text returns s without the secrets that can be told in it.
func (r redactor) text(s string) string { return r.Text(s) }

// attribute returns kv without its secrets.
func (r redactor) attribute(kv attribute.KeyValue) attribute.KeyValue {
	if r.names(kv) {
		kv.Value = attribute.StringValue(secret.Redacted)
	} else if kv.Key == "url.query" && kv.Value.Type() == attribute.STRING {
		kv.Value = attribute.StringValue(r.Query(kv.Value.AsString()))
	} else {
		kv.Value = r.value(kv.Value)
	}
	kv.Key = attribute.Key(r.text(string(kv.Key)))
	return kv
}

// names reports whether the key names a secret of this type: a bool is none, nor is a
// number that counts, and the session.id of OpenTelemetry's conventions is that of a
// user's visit. All are where a further word is in the key.
func (r redactor) names(kv attribute.KeyValue) bool {
	key := string(kv.Key)
	switch {
	case r.Asked(key):
		return true
	case !r.Name(key) || key == "session.id":
		return false
	}
	switch kv.Value.Type() {
	case attribute.BOOL, attribute.BOOLSLICE:
		return false
	case attribute.INT64, attribute.FLOAT64, attribute.INT64SLICE, attribute.FLOAT64SLICE:
		return !secret.Describes(key)
	}
	return true
}

// value returns v without the secrets that can be told in it.
func (r redactor) value(v attribute.Value) attribute.Value {
	switch v.Type() {
	case attribute.STRING:
		return attribute.StringValue(r.word(v.AsString()))
	case attribute.STRINGSLICE:
		words := v.AsStringSlice()
		for i, after := 0, ""; i < len(words); i++ {
			words[i], after = r.next(after, words[i]), words[i]
		}
		return attribute.StringSliceValue(words)
	case attribute.BYTESLICE: // printed as base64, which hides nothing
		if s := string(v.AsByteSlice()); r.text(s) != s {
			return attribute.StringValue(secret.Redacted)
		}
	case attribute.SLICE:
		values := v.AsSlice()
		after := ""
		for i, value := range values {
			values[i] = r.value(value)
			if value.Type() == attribute.STRING {
				values[i] = attribute.StringValue(r.next(after, value.AsString()))
			}
			after = value.AsString()
		}
		return attribute.SliceValue(values...)
	case attribute.MAP:
		pairs := v.AsMap()
		for i, kv := range pairs {
			pairs[i] = r.attribute(kv)
		}
		return attribute.MapValue(pairs...)
	}
	return v
}

// next returns a text of a list, where the one before it may be its name: of a
// command's flag, or of a header.
func (r redactor) next(before, s string) string {
	if s != "" && before != "" && !strings.ContainsAny(before, "=: ") && !strings.HasPrefix(s, "-") && r.Name(before) {
		return secret.Redacted
	}
	return r.word(s)
}

// word returns a text that is a value of its own, which a URL may be without
// scheme and host.
func (r redactor) word(s string) string {
	if strings.HasPrefix(s, "/") && strings.Contains(s, "?") && !strings.Contains(s, " ") {
		s = r.URL(s)
	}
	return r.text(s)
}
