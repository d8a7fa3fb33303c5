// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"slices"
	"strings"
	"testing"
)

// A map that is injected into is said to be nil at times only where nil may come in, and
// once in a function.
func TestFixNilCarriers(t *testing.T) {
	src := `
package nils

import (
	"net/http"

	"github.com/opentracing/opentracing-go"
)

func send(span opentracing.Span, m map[string]string) {
	_ = span.Tracer().Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(m)) // never nil
}

func twice(span opentracing.Span, m map[string]string, n int) {
	if n > 0 {
		twice(span, m, n-1)
	}
	send(span, m)
}

func maybe(span opentracing.Span, m map[string]string) {
	_ = span.Tracer().Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(m)) // nil: by a field
	_ = span.Tracer().Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(m)) // said above
}

func set(span opentracing.Span, m map[string]string) {
	m = map[string]string{}
	_ = span.Tracer().Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(m)) // never nil
}

func handed(span opentracing.Span, m map[string]string) {
	_ = span.Tracer().Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(m)) // nil: called as a value
}

func Exported(span opentracing.Span, m map[string]string) {
	_ = span.Tracer().Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(m)) // nil: by other modules
}

type client struct{ headers map[string]string }

type sender interface {
	inject(span opentracing.Span, m map[string]string)
	own(span opentracing.Span, m map[string]string)
}

func (c *client) inject(span opentracing.Span, m map[string]string) {
	_ = span.Tracer().Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(m)) // nil: called by an interface
}

func (c *client) own(span opentracing.Span, m map[string]string) {
	_ = span.Tracer().Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(m)) // never nil
}

func (c *client) request(span opentracing.Span, r *http.Request) {
	_ = span.Tracer().Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header)) // never nil
}

func Run(s sender, r *http.Request) {
	span := opentracing.StartSpan("run")
	defer span.Finish()
	m := make(map[string]string)
	send(span, m)
	twice(span, map[string]string{}, 1)
	c := &client{}
	maybe(span, m)
	maybe(span, c.headers)
	set(span, nil)
	call := handed
	call(span, m)
	Exported(span, m)
	s.inject(span, m)
	c.inject(span, m)
	c.own(span, m)
	c.request(span, r)
}
`
	_, result := fixModule(t, "\n-- nils/nils.go --"+src)
	var want, got []int
	for i, line := range strings.Split(src, "\n") {
		if strings.Contains(line, "// nil: ") {
			want = append(want, i)
		}
	}
	for _, c := range result.TelemetryChanges {
		if strings.HasPrefix(c.Note, "if the map is nil") {
			got = append(got, c.Pos.Line)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("maps may be nil in lines %v, want %v", got, want)
	}
}
