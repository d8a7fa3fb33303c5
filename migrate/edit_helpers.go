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
		"setTag": {
			signature: "func(span trace.Span, key string, value any)",
			imports:   []string{tracePath, codesPath, "fmt", "reflect", "strings"},
			needs:     []string{"attributeOf"},
			code: `// setTag sets an attribute, or the status if the key is "error": true, an error or
// a text is one, nil and "" are none.
func setTag(span trace.Span, key string, value any) {
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
		"linkActive": {
			signature: "func(ctx context.Context) trace.SpanStartOption",
			imports:   []string{"context", tracePath, attributePath},
			code: `// linkActive links the context's span, if there is one, to a span that has another parent.
func linkActive(ctx context.Context) trace.SpanStartOption {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return trace.WithLinks()
	}
	return trace.WithLinks(trace.LinkFromContext(ctx, attribute.String("opentracing.ref_type", "child_of")))
}
`,
		},
		"followsFrom": {
			signature: "func(ctx context.Context, sc trace.SpanContext) context.Context",
			imports:   []string{"context", tracePath},
			code: `// followsFrom returns ctx, with a span to follow from as the parent where it has none.
func followsFrom(ctx context.Context, sc trace.SpanContext) context.Context {
	if trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	return trace.ContextWithSpanContext(ctx, sc)
}
`,
		},
		"remoteSpanContext": {
			signature: "func(ctx context.Context) (trace.SpanContext, error)",
			imports:   []string{"context", "errors", tracePath, baggagePath},
			code: `// errSpanContextNotFound says that a carrier had nothing to extract.
var errSpanContextNotFound = errors.New("no span context found in the carrier")

// remoteSpanContext returns the span context that was extracted into ctx.
func remoteSpanContext(ctx context.Context) (trace.SpanContext, error) {
	sc := trace.SpanContextFromContext(ctx)
	if !sc.IsValid() && baggage.FromContext(ctx).Len() == 0 {
		return sc, errSpanContextNotFound
	}
	return sc, nil
}
`,
		},
		"extract": {
			signature: "func(ctx context.Context, carrier propagation.TextMapCarrier) context.Context",
			imports:   []string{"context", otelPath, tracePath, baggagePath, propagationPath},
			code: `// extract returns ctx with the span context and the baggage that a carrier has,
// without those that ctx had.
func extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	ctx = trace.ContextWithSpanContext(baggage.ContextWithoutBaggage(ctx), trace.SpanContext{})
	return otel.GetTextMapPropagator().Extract(ctx, carrier)
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
		"foreachKey": {
			signature: "func(carrier map[string]string, handler func(key string, value string) error) error",
			code: `// foreachKey calls handler with everything that a carrier has, until it fails.
func foreachKey(carrier map[string]string, handler func(key, value string) error) error {
	for key, value := range carrier {
		if err := handler(key, value); err != nil {
			return err
		}
	}
	return nil
}
`,
		},
		"foreachHeader": {
			signature: "func(carrier map[string][]string, handler func(key string, value string) error) error",
			code: `// foreachHeader calls handler with every value of every header, until it fails.
func foreachHeader(carrier map[string][]string, handler func(key, value string) error) error {
	for key, values := range carrier {
		for _, value := range values {
			if err := handler(key, value); err != nil {
				return err
			}
		}
	}
	return nil
}
`,
		},
		"withBaggageItem": {
			signature: "func(ctx context.Context, key string, value string) context.Context",
			imports:   []string{"context", otelPath, baggagePath},
			code: `// withBaggageItem returns ctx with one item of baggage set. One that baggage can't
// hold is reported and dropped.
func withBaggageItem(ctx context.Context, key, value string) context.Context {
	bag := baggage.FromContext(ctx)
	member, err := baggage.NewMemberRaw(key, value)
	if err == nil {
		bag, err = bag.SetMember(member)
	}
	if err != nil {
		otel.Handle(err)
	}
	return baggage.ContextWithBaggage(ctx, bag)
}
`,
		},
		"foreachBaggageItem": {
			signature: "func(ctx context.Context, handler func(k string, v string) bool)",
			imports:   []string{"context", baggagePath},
			code: `// foreachBaggageItem calls handler with the items of a context's baggage until it
// returns false.
func foreachBaggageItem(ctx context.Context, handler func(k, v string) bool) {
	for _, item := range baggage.FromContext(ctx).Members() {
		if !handler(item.Key(), item.Value()) {
			return
		}
	}
}
`,
		},
		"errSpanContextNotFound": {signature: "error", needs: []string{"remoteSpanContext"}},
		"textMapCarrier": {
			signature: "func(carrier any) propagation.TextMapCarrier",
			imports:   []string{propagationPath, "strings"},
			code: `// textMapCarrier returns a carrier that has Set or ForeachKey for a propagator.
func textMapCarrier(carrier any) propagation.TextMapCarrier {
	return keyCarrier{carrier}
}

// A keyCarrier is a carrier that knows its keys by ForeachKey only.
type keyCarrier struct{ carrier any }

func (c keyCarrier) Set(key, value string) {
	if w, ok := c.carrier.(interface{ Set(key, value string) }); ok {
		w.Set(key, value)
	}
}

func (c keyCarrier) each(visit func(key, value string) error) {
	if r, ok := c.carrier.(interface {
		ForeachKey(func(key, value string) error) error
	}); ok {
		_ = r.ForeachKey(visit)
	}
}

func (c keyCarrier) Get(key string) (found string) {
	c.each(func(k, v string) error {
		if strings.EqualFold(k, key) {
			found = v
		}
		return nil
	})
	return found
}

func (c keyCarrier) Keys() (keys []string) {
	c.each(func(k, _ string) error {
		keys = append(keys, k)
		return nil
	})
	return keys
}
`,
		},
	}
}
