// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/ot2otel/ot2otel/exporters"
)

// TestOutput reads what a user sees: a tree for each order, through all services.
func TestOutput(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	printed := out.String()
	if got := len(regexp.MustCompile(`(?m)^serve .* trace [0-9a-f]{32}$`).FindAllString(printed, -1)); got != len(orders) {
		t.Errorf("%d traces are printed, want %d", got, len(orders))
	}
	for _, order := range orders {
		names := strings.Split(order[1:], "/")
		lines := `(?s)GET ` + order + `.*?\nserve +` + names[0] + `.*?\n└─ ask ` + names[1] + ` +` + names[0] + `.*?\n   └─ serve +` + names[1] +
			`.*?\n      └─ ask ` + names[2] + ` +` + names[1] + `.*?\n         └─ serve +` + names[2]
		if !regexp.MustCompile(lines).MatchString(printed) {
			t.Errorf("no tree like %s", lines)
		}
	}
	if t.Failed() {
		t.Log(printed)
	}
}

// sent is what the services were sent.
type sent struct {
	mu      sync.Mutex
	headers map[string]http.Header
}

func (s *sent) watch(service string, header http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.headers[service] = header.Clone()
}

// start starts the services.
func start(t *testing.T) (*fleet, *exporters.Memory, *sent) {
	t.Helper()
	spans, headers := new(exporters.Memory), &sent{headers: map[string]http.Header{}}
	f, err := newFleet(t.Context(), spans, headers.watch)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.close(); err != nil {
			t.Error(err)
		}
	})
	return f, spans, headers
}

func TestOneTraceForEachOrder(t *testing.T) {
	f, recorded, sent := start(t)
	for _, order := range orders {
		t.Run(order, func(t *testing.T) {
			recorded.Reset()
			if err := f.send(t.Context(), order, "ticket-1"); err != nil {
				t.Fatal(err)
			}
			spans := recorded.Spans()
			if len(spans) != 5 || len(spans.Roots()) != 1 {
				t.Fatalf("%d spans with %d roots, want 5 in one trace:\n%s", len(spans), len(spans.Roots()), spans)
			}
			// The trace is one chain, from service to service.
			var chain []string
			span := spans.Roots()[0]
			if got := span.Attribute("jaeger-debug-id").AsString(); got != "ticket-1" {
				t.Errorf("the root has the debug ID %q", got)
			}
			for {
				name, _ := span.Resource.Set().Value("service.name")
				chain = append(chain, name.AsString()+" "+span.Name+" "+span.SpanKind.String())
				children := spans.InTrace(span.SpanContext.TraceID()).ChildrenOf(span)
				if len(children) == 0 {
					break
				}
				span = children[0]
			}
			names := strings.Split(order[1:], "/")
			want := []string{names[0] + " serve server", names[0] + " ask " + names[1] + " client", names[1] + " serve server", names[1] + " ask " + names[2] + " client", names[2] + " serve server"}
			if !slices.Equal(chain, want) {
				t.Errorf("the trace is %q, want %q", chain, want)
			}
			if got := len(spans.Named("serve").WithAttribute(attribute.String("user", "ada"))); got != 3 {
				t.Errorf("the baggage reaches %d services, want 3", got)
			}
			for _, name := range names[1:] {
				if header := sent.headers[name].Get("Uber-Trace-Id"); !strings.HasSuffix(header, ":3") {
					t.Errorf("%s is sent %q, want the debug flag", name, header)
				}
			}
		})
	}
}

// TestNothingIsSampledWithoutDebugID makes sure that it is the ID by which the traces above
// are recorded.
func TestNothingIsSampledWithoutDebugID(t *testing.T) {
	f, recorded, sent := start(t)
	for _, order := range orders {
		if err := f.send(t.Context(), order, ""); err != nil {
			t.Fatal(err)
		}
		names := strings.Split(order[1:], "/")
		last, before, _ := strings.Cut(sent.headers[names[2]].Get("Uber-Trace-Id"), ":")
		if first, _, _ := strings.Cut(sent.headers[names[1]].Get("Uber-Trace-Id"), ":"); first != last || first == "" || !strings.HasSuffix(before, ":0") {
			t.Errorf("%s: the trace is %q at the second service and %q, %q at the third", order, first, last, before)
		}
		if got := sent.headers[names[2]].Get("Uberctx-User"); got != "ada" {
			t.Errorf("%s: the last service is sent the item %q", order, got)
		}
	}
	if got := recorded.Spans(); len(got) != 0 {
		t.Errorf("recorded without a debug ID:\n%s", got)
	}
}
