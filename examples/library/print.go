// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"
)

// printTraces prints what jaeger-client-go has recorded, as trees.
func printTraces(out io.Writer, finished []opentracing.Span) error {
	children := map[jaeger.SpanID][]*jaeger.Span{}
	traces := map[jaeger.TraceID]bool{}
	for _, s := range finished {
		span, ok := s.(*jaeger.Span)
		if !ok {
			return fmt.Errorf("a %T is not a span of jaeger-client-go", s)
		}
		parent := span.SpanContext().ParentID()
		children[parent] = append(children[parent], span)
		traces[span.SpanContext().TraceID()] = true
	}
	for _, spans := range children {
		slices.SortFunc(spans, func(a, b *jaeger.Span) int { return a.StartTime().Compare(b.StartTime()) })
	}
	var printTree func(span *jaeger.Span, first, others string)
	printTree = func(span *jaeger.Span, first, others string) {
		fmt.Fprintf(out, "%s%s%s\n", first, span.OperationName(), tagsOf(span))
		below := children[span.SpanContext().SpanID()]
		for i, child := range below {
			if i == len(below)-1 {
				printTree(child, others+"└─ ", others+"   ")
			} else {
				printTree(child, others+"├─ ", others+"│  ")
			}
		}
	}
	for _, root := range children[0] {
		fmt.Fprintf(out, "trace %s\n", root.SpanContext().TraceID())
		printTree(root, "", "")
	}
	fmt.Fprintf(out, "%d spans in %d traces\n", len(finished), len(traces))
	return nil
}

// tagsOf returns a span's tags, but for those that the sampler sets.
func tagsOf(span *jaeger.Span) string {
	tags := span.Tags()
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if !strings.HasPrefix(key, "sampler.") {
			fmt.Fprintf(&text, "  %s=%v", key, tags[key])
		}
	}
	return text.String()
}
