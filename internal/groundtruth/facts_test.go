// SPDX-License-Identifier: Apache-2.0

package groundtruth_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
)

// observedSpan is a finished span, of the recording or of a replay. IDs are only
// compared with each other; those that came in by headers are decimal.
type observedSpan struct {
	name                string
	trace, span, parent string // parent is empty for a root
	baggage             map[string]string
	tags                map[string]string // values with types
	order               []string          // of the tags; nil where it isn't known
	logs                []map[string]string
}

// addSpans adds what is to be said of spans, which are in the order in which they
// were finished, by tracer.
func (f facts) addSpans(spans map[string][]observedSpan) {
	for tracer, list := range spans {
		for i, span := range list {
			prefix := fmt.Sprintf("span %s/%d ", tracer, i)
			f[prefix+"name"] = span.name
			f[prefix+"parent"] = parentOf(span, spans)
			for key, value := range span.baggage {
				f[prefix+"baggage "+key] = value
			}
			for key, value := range span.tags {
				f[prefix+"tag "+key] = value
			}
			for n, log := range span.logs {
				for key, value := range log {
					f[fmt.Sprintf("%slog %d %s", prefix, n, key)] = value
				}
			}
		}
	}
}

// parentOf names the parent of a span: none, another of the spans, or the remote
// span whose context was in the headers.
func parentOf(span observedSpan, spans map[string][]observedSpan) string {
	if span.parent == "" {
		return "none"
	}
	for tracer, list := range spans {
		for i, other := range list {
			if other.trace == span.trace && other.span == span.parent {
				return fmt.Sprintf("span %s/%d", tracer, i)
			}
		}
	}
	return fmt.Sprintf("remote span %s of trace %s", span.parent, span.trace)
}

// addResponse adds a response. A body that shows injected headers is said to show
// the context of the span whose it is.
func (f facts) addResponse(status, body, location string, spans map[string][]observedSpan) {
	f["response status"] = status
	if runes := []rune(body); len(runes) > maxBody {
		body = string(runes[:maxBody])
	}
	if trace, id, ok := injectedContext(body); ok {
		body = fmt.Sprintf("the context of span %s of trace %s", id, trace)
		for tracer, list := range spans {
			for i, span := range list {
				if span.trace == trace && span.span == id {
					body = fmt.Sprintf("the context of span %s/%d", tracer, i)
				}
			}
		}
	}
	f["response body"] = body
	if location != "" {
		f["response location"] = location
	}
}

// injectedContext reads the context that a tracer has injected from the JSON form
// of the headers: that of Python's mock tracer, of Go's, or W3C's.
func injectedContext(body string) (trace, span string, ok bool) {
	var headers map[string]string
	if json.Unmarshal([]byte(body), &headers) != nil {
		return "", "", false
	}
	for key, value := range headers {
		switch strings.ToLower(key) {
		case "ot-tracer-traceid":
			trace = decimal(value)
		case "ot-tracer-spanid":
			span = decimal(value)
		case "mockpfx-ids-traceid":
			trace = value
		case "mockpfx-ids-spanid":
			span = value
		case "traceparent":
			if parts := strings.Split(value, "-"); len(parts) == 4 {
				trace, span = decimal(parts[1]), decimal(parts[2])
			}
		}
	}
	return trace, span, trace != "" && span != ""
}

// decimal writes a hexadecimal ID as the recording does, where it is short enough.
func decimal(hex string) string {
	if n, err := strconv.ParseUint(strings.TrimLeft(hex, "0"), 16, 32); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return hex
}

// The facts about the order of a span's tags.
const (
	asRecorded = "as recorded"
	byKeyFirst = "by key, then what is known when the handler has run"
)

// addOrder says whether the tags of replayed spans come in the order of the
// recorded ones, as far as both have them; nothing where the order isn't known.
func (f facts) addOrder(spans map[string][]observedSpan, recorded *recordedCase) {
	for tracer, list := range spans {
		for i, span := range list {
			if span.order == nil || i >= len(recorded.Spans[tracer]) {
				continue
			}
			order := recorded.Spans[tracer][i].TagOrder
			if len(order) == 0 {
				continue
			}
			want, got := common(order, span.order), common(span.order, order)
			said := asRecorded
			if !slices.Equal(want, got) {
				said = strings.Join(got, " ")
				early := len(got)
				for early > 0 && slices.Contains([]string{"url_rule", "endpoint", "http.status_code"}, got[early-1]) {
					early--
				}
				if early < len(got) && slices.IsSorted(got[:early]) {
					said = byKeyFirst
				}
			}
			f[fmt.Sprintf("span %s/%d tag order", tracer, i)] = said
		}
	}
}

// common returns the keys that are in both lists, in the first one's order.
func common(keys, others []string) []string {
	var both []string
	for _, key := range keys {
		if slices.Contains(others, key) {
			both = append(both, key)
		}
	}
	return both
}

// reports are what telemetry has told otel's error handler.
type reports struct {
	mu    sync.Mutex
	texts []string
}

// collectReports takes the error handler for the time of the test.
func collectReports(t *testing.T) *reports {
	r := new(reports)
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.texts = append(r.texts, err.Error())
	}))
	t.Cleanup(func() { otel.SetErrorHandler(before) })
	return r
}

// check wants a report of each attribute that Go doesn't know, and of the callback
// that fails, once each, and no other.
func (r *reports) check(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	want := make(map[string]int)
	for _, name := range append(slices.Clone(unknownAttributes), "json") {
		want[fmt.Sprintf("unknown request attribute %q", name)] = 1
	}
	// The full list is asked for by the applications of four cases, each with a
	// Tracing of its own.
	for _, name := range unknownAttributes {
		want[fmt.Sprintf("unknown request attribute %q", name)] = 4
	}
	want["panic in TracingOptions.OnStart"] = 1
	got := make(map[string]int)
	subject := regexp.MustCompile(`unknown request attribute "[a-z_]+"|panic in TracingOptions\.OnStart`)
	for _, text := range r.texts {
		if s := subject.FindString(text); s != "" {
			got[s]++
			continue
		}
		t.Errorf("reported: %s", text)
	}
	for s, n := range want {
		if got[s] != n {
			t.Errorf("%s: reported %d times, want %d", s, got[s], n)
		}
	}
}
