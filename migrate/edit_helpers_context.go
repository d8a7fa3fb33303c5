// SPDX-License-Identifier: Apache-2.0

package migrate

// contextHelpers are the helpers for what a context has: the parent of a span, what
// was extracted, baggage, and carriers.
func contextHelpers() map[string]helper {
	return map[string]helper{
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
