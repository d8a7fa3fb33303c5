// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"maps"
	"slices"
)

// A helper is a function that rewritten code of a package may need, where a
// conversion depends on what a value is at run time.
type helper struct {
	signature string // as types.TypeString shows it, with package names
	imports   []string
	needs     []string // other helpers
	before    string   // the helper that it is declared before, if not in the order of names
	code      string
}

func helperSignature(name string) string { return helpers()[name].signature }

func helperNames() []string {
	var names []string
	for name := range helpers() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func helpers() map[string]helper {
	all := logHelpers()
	maps.Copy(all, valueHelpers())
	maps.Copy(all, binaryHelpers())
	maps.Copy(all, contextHelpers())
	return all
}

func valueHelpers() map[string]helper {
	return map[string]helper{
		"attributeOf": {
			signature: "func(key string, value any) attribute.KeyValue",
			imports:   []string{attributePath, "encoding/base64", "fmt", "math", "reflect", "strconv", "unicode/utf8"},
			code: `// attributeOf returns the attribute for a value whose type is known at run time
// only: numbers stay numbers, everything else becomes text.
func attributeOf(key string, value any) attribute.KeyValue {
	switch v := value.(type) {
	case nil:
		return attribute.String(key, "<nil>")
	case error, fmt.Stringer:
		return attribute.String(key, fmt.Sprint(v))
	case []byte:
		if utf8.Valid(v) {
			return attribute.String(key, string(v))
		}
		return attribute.String(key, base64.StdEncoding.EncodeToString(v))
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.String:
		return attribute.String(key, v.String())
	case reflect.Bool:
		return attribute.Bool(key, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return attribute.Int64(key, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			return attribute.String(key, strconv.FormatUint(v.Uint(), 10))
		}
		return attribute.Int64(key, int64(v.Uint()))
	case reflect.Float32, reflect.Float64:
		return attribute.Float64(key, v.Float())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return attributeOf(key, v.Bytes())
		}
	case reflect.Pointer:
		if v.IsNil() {
			return attribute.String(key, "<nil>")
		}
		switch v.Elem().Kind() {
		case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array, reflect.Interface, reflect.Pointer:
		default:
			return attributeOf(key, v.Elem().Interface())
		}
	}
	return attribute.String(key, fmt.Sprintf("%+v", value))
}
`,
		},
		"attributeOfUint": {
			signature: "func(key string, value uint64) attribute.KeyValue",
			imports:   []string{attributePath, "math", "strconv"},
			code: `// attributeOfUint returns the attribute for an unsigned number, as text where it is
// too large for an int64.
func attributeOfUint(key string, value uint64) attribute.KeyValue {
	if value > math.MaxInt64 {
		return attribute.String(key, strconv.FormatUint(value, 10))
	}
	return attribute.Int64(key, int64(value))
}
`,
		},
		"attributeOfBytes": {
			signature: "func(key string, value []byte) attribute.KeyValue",
			imports:   []string{attributePath, "encoding/base64", "unicode/utf8"},
			code: `// attributeOfBytes returns the attribute for bytes that may be text: the text, or else
// their base64 encoding.
func attributeOfBytes(key string, value []byte) attribute.KeyValue {
	if utf8.Valid(value) {
		return attribute.String(key, string(value))
	}
	return attribute.String(key, base64.StdEncoding.EncodeToString(value))
}
`,
		},
		"attributesOf": {
			signature: "func(tags map[string]any) []attribute.KeyValue",
			imports:   []string{attributePath},
			needs:     []string{"attributeOf"},
			code: `// attributesOf returns the attributes for a set of tags.
func attributesOf(tags map[string]any) []attribute.KeyValue {
	attributes := make([]attribute.KeyValue, 0, len(tags))
	for key, value := range tags {
		if key == "error" { // becomes the status
			continue
		}
		attributes = append(attributes, attributeOf(key, value))
	}
	return attributes
}
`,
		},
		"startOptions": {
			signature: "func(tags map[string]any) []trace.SpanStartOption",
			imports:   []string{tracePath, attributePath},
			needs:     []string{"attributeOf", "spanKind"},
			code: `// startOptions returns the options for a set of tags: its kind, and the others as
// attributes.
func startOptions(tags map[string]any) []trace.SpanStartOption {
	var options []trace.SpanStartOption
	attributes := make([]attribute.KeyValue, 0, len(tags))
	for key, value := range tags {
		if key == "error" { // becomes the status
			continue
		}
		if key == "span.kind" {
			switch kind := value.(type) {
			case string:
				options = append(options, spanKind(kind))
				continue
			case trace.SpanKind:
				options = append(options, trace.WithSpanKind(kind))
				continue
			}
		}
		attributes = append(attributes, attributeOf(key, value))
	}
	return append(options, trace.WithAttributes(attributes...))
}
`,
		},
		"setTag": {
			signature: "func(span trace.Span, key string, value any)",
			imports:   []string{tracePath, codesPath, "fmt", "reflect", "strings"},
			needs:     []string{"attributeOf"},
			code: `// setTag sets an attribute, or the status if the key is "error": true, an error or
// a text is one, nil and "" are none.
func setTag(span trace.Span, key string, value any) {
	if !span.IsRecording() {
		return
	}
	if key != "error" {
		span.SetAttributes(attributeOf(key, value))
		return
	}
	if v := reflect.ValueOf(value); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return
	}
	text := fmt.Sprint(attributeOf(key, value).Value.AsInterface())
	switch {
	case text == "":
	case strings.EqualFold(text, "true"):
		span.SetStatus(codes.Error, "")
	case strings.EqualFold(text, "false"):
		span.SetStatus(codes.Ok, "")
	default:
		span.SetStatus(codes.Error, text)
	}
}
`,
		},
		"setAttribute": {
			signature: "func(span trace.Span, tag attribute.KeyValue)",
			imports:   []string{tracePath, attributePath, codesPath, "fmt", "strings"},
			code: `// setAttribute sets an attribute, or the status if the key is "error".
func setAttribute(span trace.Span, tag attribute.KeyValue) {
	if tag.Key != "error" {
		span.SetAttributes(tag)
		return
	}
	switch text := fmt.Sprint(tag.Value.AsInterface()); {
	case text == "":
	case strings.EqualFold(text, "true"):
		span.SetStatus(codes.Error, "")
	case strings.EqualFold(text, "false"):
		span.SetStatus(codes.Ok, "")
	default:
		span.SetStatus(codes.Error, text)
	}
}
`,
		},
		"setFailed": {
			signature: "func(span trace.Span, failed bool)",
			imports:   []string{tracePath, codesPath},
			code: `// setFailed sets the span's status: Error, or else Ok, which is final.
func setFailed(span trace.Span, failed bool) {
	if failed {
		span.SetStatus(codes.Error, "")
		return
	}
	span.SetStatus(codes.Ok, "")
}
`,
		},
		"endFunc": {
			signature: "func(span trace.Span) func()",
			imports:   []string{tracePath},
			code: `// endFunc returns a function that ends the span.
func endFunc(span trace.Span) func() {
	return func() { span.End() }
}
`,
		},
		"spanOf": {
			signature: "func(context.Context, trace.Span) trace.Span",
			imports:   []string{"context", tracePath},
			code: `// spanOf returns the span of a start whose context is not used.
func spanOf(_ context.Context, span trace.Span) trace.Span { return span }
`,
		},
		"spanKind": {
			signature: "func(kind string) trace.SpanStartOption",
			imports:   []string{tracePath, attributePath, "strings"},
			code: `// spanKind returns the option for a kind that is known at run time only. One that
// OpenTelemetry doesn't have is an attribute.
func spanKind(kind string) trace.SpanStartOption {
	kinds := map[string]trace.SpanKind{
		"internal": trace.SpanKindInternal,
		"server":   trace.SpanKindServer,
		"client":   trace.SpanKindClient,
		"producer": trace.SpanKindProducer,
		"consumer": trace.SpanKindConsumer,
	}
	if known, ok := kinds[strings.ToLower(kind)]; ok {
		return trace.WithSpanKind(known)
	}
	return trace.WithAttributes(attribute.String("span.kind", kind))
}
`,
		},
		"noopTracer": {
			signature: "type",
			imports:   []string{"context", tracePath, noopPath},
			code: `// noopTracer starts spans that do nothing. Spans below them have no parent, where
// those of noop.Tracer would have its parent.
type noopTracer struct{ noop.Tracer }

func (t noopTracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	return t.Tracer.Start(trace.ContextWithSpan(ctx, noop.Span{}), name, opts...)
}
`,
		},
	}
}
