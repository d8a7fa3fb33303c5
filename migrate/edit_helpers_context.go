// SPDX-License-Identifier: Apache-2.0

package migrate

// contextHelpers are the helpers for what a context has: the parent of a span, what
// was extracted, baggage, and carriers.
func contextHelpers() map[string]helper {
	return map[string]helper{
		"isSpan": {
			signature: "func(span trace.Span) bool",
			imports:   []string{"context", tracePath},
			code: `// isSpan tells whether there is a span. Where no tracer is installed there is one that
// does nothing, and whose context is not valid.
func isSpan(span trace.Span) bool {
	return span != nil && span != trace.SpanFromContext(context.Background())
}
`,
		},
		"sameSpan": {
			signature: "func(a, b trace.Span) bool",
			imports:   []string{tracePath},
			needs:     []string{"isSpan"},
			code: `// sameSpan tells whether two spans are one, or both are none. The operator == panics
// where spans are not recorded.
func sameSpan(a, b trace.Span) bool {
	if !isSpan(a) || !isSpan(b) {
		return isSpan(a) == isSpan(b)
	}
	return a.SpanContext().Equal(b.SpanContext())
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
		"linkDisplaced": {
			signature: "func(ctx context.Context, parent context.Context) trace.SpanStartOption",
			imports:   []string{"context", tracePath, attributePath},
			code: `// linkDisplaced links the context's span, if there is one, to a span whose parent is
// another one: that of the second context.
func linkDisplaced(ctx, parent context.Context) trace.SpanStartOption {
	active, other := trace.SpanContextFromContext(ctx), trace.SpanContextFromContext(parent)
	if !active.IsValid() || !other.IsValid() || other.Equal(active) {
		return trace.WithLinks()
	}
	return trace.WithLinks(trace.LinkFromContext(ctx, attribute.String("opentracing.ref_type", "child_of")))
}
`,
		},
		"withRemote": {
			signature: "func(ctx context.Context, remote context.Context) context.Context",
			imports:   []string{"context", tracePath, baggagePath},
			code: `// withRemote returns ctx with the span context and the baggage that were extracted into
// another context, as far as there are any.
func withRemote(ctx, remote context.Context) context.Context {
	if sc := trace.SpanContextFromContext(remote); sc.IsValid() {
		ctx = trace.ContextWithSpanContext(ctx, sc)
	}
	if bag := baggage.FromContext(remote); bag.Len() > 0 {
		ctx = baggage.ContextWithBaggage(ctx, bag)
	}
	return ctx
}
`,
		},
		"childOf": {
			signature: "func(ctx context.Context, parent trace.SpanContext) context.Context",
			imports:   []string{"context", tracePath},
			code: `// childOf returns ctx with another span as the parent, if there is one.
func childOf(ctx context.Context, parent trace.SpanContext) context.Context {
	if !parent.IsValid() {
		return ctx
	}
	return trace.ContextWithSpanContext(ctx, parent)
}
`,
		},
		"linkBesides": {
			signature: "func(ctx context.Context, parent trace.SpanContext) trace.SpanStartOption",
			imports:   []string{"context", tracePath, attributePath},
			code: `// linkBesides links the context's span, if there is one, to a span that has another
// parent, if it has.
func linkBesides(ctx context.Context, parent trace.SpanContext) trace.SpanStartOption {
	if !parent.IsValid() || !trace.SpanContextFromContext(ctx).IsValid() {
		return trace.WithLinks()
	}
	return trace.WithLinks(trace.LinkFromContext(ctx, attribute.String("opentracing.ref_type", "child_of")))
}
`,
		},
		"linkTo": {
			signature: "func(sc trace.SpanContext, refType string) trace.SpanStartOption",
			imports:   []string{tracePath, attributePath},
			code: `// linkTo links a span, if there is one.
func linkTo(sc trace.SpanContext, refType string) trace.SpanStartOption {
	if !sc.IsValid() {
		return trace.WithLinks()
	}
	return trace.WithLinks(trace.Link{
		SpanContext: sc,
		Attributes:  []attribute.KeyValue{attribute.String("opentracing.ref_type", refType)},
	})
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
			imports:   []string{"context", tracePath, baggagePath},
			needs:     []string{notFoundHelper},
			code: `// remoteSpanContext returns the span context that was extracted into ctx.
func remoteSpanContext(ctx context.Context) (trace.SpanContext, error) {
	sc := trace.SpanContextFromContext(ctx)
	if !sc.IsValid() && baggage.FromContext(ctx).Len() == 0 {
		return sc, errSpanContextNotFound
	}
	return sc, nil
}
`,
		},
		"foundSpanContext": {
			signature: "func(ctx context.Context) (trace.SpanContext, error)",
			imports:   []string{"context", tracePath},
			needs:     []string{"remoteSpanContext"},
			code: `// foundSpanContext is remoteSpanContext where baggage alone is something, too: what it
// returns then names no trace, but is not the zero SpanContext.
func foundSpanContext(ctx context.Context) (trace.SpanContext, error) {
	sc, err := remoteSpanContext(ctx)
	if err == nil && !sc.IsValid() {
		sc = sc.WithTraceFlags(trace.FlagsSampled)
	}
	return sc, err
}
`,
		},
		"spanOrNil": {
			signature: "func(span trace.Span) any",
			imports:   []string{tracePath},
			needs:     []string{"isSpan"},
			code: `// spanOrNil returns a span, or nil where there is none.
func spanOrNil(span trace.Span) any {
	if !isSpan(span) {
		return nil
	}
	return span
}
`,
		},
		"spanContextOrNil": {
			signature: "func(sc trace.SpanContext) any",
			imports:   []string{tracePath},
			code: `// spanContextOrNil returns a span context, or nil where there is none.
func spanContextOrNil(sc trace.SpanContext) any {
	if sc.Equal(trace.SpanContext{}) {
		return nil
	}
	return sc
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
		notFoundHelper: {
			signature: "error",
			imports:   []string{"errors"},
			before:    "remoteSpanContext",
			code: `// errSpanContextNotFound says that a carrier had nothing to extract.
var errSpanContextNotFound = errors.New("opentracing: SpanContext not found in Extract carrier")
`,
		},
		"foldedCarrier": {
			signature: "type",
			imports:   []string{propagationPath, "strings"},
			code: `// A foldedCarrier is a propagation.MapCarrier that finds a key in any case.
type foldedCarrier struct{ propagation.MapCarrier }

func (c foldedCarrier) Get(key string) string {
	if value, ok := c.MapCarrier[key]; ok {
		return value
	}
	found := ""
	for k := range c.MapCarrier {
		if strings.EqualFold(k, key) && (found == "" || k < found) {
			found = k
		}
	}
	return c.MapCarrier[found]
}
`,
		},
		"foldedHeader": {
			signature: "type",
			imports:   []string{propagationPath, "strings"},
			code: `// A foldedHeader is a propagation.HeaderCarrier that finds a key in any case.
type foldedHeader struct{ propagation.HeaderCarrier }

func (c foldedHeader) Values(key string) []string {
	if values := c.HeaderCarrier.Values(key); len(values) > 0 {
		return values
	}
	for k, values := range c.HeaderCarrier {
		if strings.EqualFold(k, key) {
			return values
		}
	}
	return nil
}

func (c foldedHeader) Get(key string) string {
	if values := c.Values(key); len(values) > 0 {
		return values[0]
	}
	return ""
}
`,
		},
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
