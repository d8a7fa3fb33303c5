// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// leaks are texts with the secret hunter2 in them.
func leaks() []string {
	return []string{
		"Bearer\thunter2hunter2",
		"sent bearer  hunter2",
		"Cookie: a=b; sid=hunter2; theme=hunter2",
		"Set-Cookie: id=hunter2; Path=/",
		"Authorization: Token hunter2",
		"Proxy-Authorization: Basic aHVudGVyMjpodW50ZXIy hunter2",
		"authorization: hunter2",
		"X-Api-Key: hunter2",
		`{"password":["hunter2","x","hunter2"],"n":1}`,
		`{"credentials":{"user":"hunter2","keys":["hunter2"]}}`,
		`{"a":[{"client_secret":"hunter2 \"hunter2\""}]}`,
		`{\"token\":\"hunter2\"}`,
		`password="hunter2 and hunter2"`,
		`password='hunter2 and hunter2' x`,
		"https://u:p@hunter2@h/p",
		"https://hunter2@h",
		"GET http://joe:hunter2@h:80/x",
		"redis://:hunter2@h:1/0",
		"joe:hunter2@tcp(db:1)/x",
		"https://h/p?a=1&access_token=hunter2#id_token=hunter2",
		"host=h password=hunter2 dbname=x",
		"server=h;pwd=hunter2;x=y",
		"app --password hunter2",
		"map[password:hunter2]",
		"{Password:hunter2}",
		"api key: hunter2",
	}
}

// places put a text wherever a span, or what comes with it, may have one.
func places() map[string]func(stub *tracetest.SpanStub, text string) {
	pairs := func(text string) []attribute.KeyValue { return []attribute.KeyValue{attribute.String("k", text)} }
	return map[string]func(stub *tracetest.SpanStub, text string){
		"the name":            func(s *tracetest.SpanStub, text string) { s.Name = text },
		"the end of the name": func(s *tracetest.SpanStub, text string) { s.Name = "op " + text },
		"an attribute":        func(s *tracetest.SpanStub, text string) { s.Attributes = pairs(text) },
		"a key":               func(s *tracetest.SpanStub, text string) { s.Attributes = []attribute.KeyValue{attribute.Int(text, 1)} },
		"the status of HTTP": func(s *tracetest.SpanStub, text string) {
			s.Attributes = []attribute.KeyValue{attribute.String("http.status_code", text)}
		},
		"a list": func(s *tracetest.SpanStub, text string) {
			s.Attributes = []attribute.KeyValue{attribute.StringSlice("k", []string{"x", text})}
		},
		"bytes": func(s *tracetest.SpanStub, text string) {
			s.Attributes = []attribute.KeyValue{attribute.ByteSlice("k", []byte(text))}
		},
		"a map in a list": func(s *tracetest.SpanStub, text string) {
			s.Attributes = []attribute.KeyValue{{Key: "k", Value: attribute.SliceValue(attribute.MapValue(pairs(text)...))}}
		},
		"what the status says": func(s *tracetest.SpanStub, text string) {
			s.Status = sdktrace.Status{Code: codes.Error, Description: text}
		},
		"what an exception says": func(s *tracetest.SpanStub, text string) {
			s.Status.Code = codes.Error
			s.Events = []sdktrace.Event{{Name: "exception", Attributes: []attribute.KeyValue{attribute.String("exception.message", text)}}}
		},
		"an event": func(s *tracetest.SpanStub, text string) { s.Events = []sdktrace.Event{{Name: text}} },
		"an event's attribute": func(s *tracetest.SpanStub, text string) {
			s.Events = []sdktrace.Event{{Name: "e", Attributes: pairs(text)}}
		},
		"a link": func(s *tracetest.SpanStub, text string) {
			s.Links = []sdktrace.Link{{SpanContext: spanContext(2, 2, false), Attributes: pairs(text)}}
		},
		"the scope": func(s *tracetest.SpanStub, text string) { s.InstrumentationScope = instrumentation.Scope{Name: text} },
		"the scope's version": func(s *tracetest.SpanStub, text string) {
			s.InstrumentationScope = instrumentation.Scope{Name: "s", Version: text}
		},
		"the resource": func(s *tracetest.SpanStub, text string) { s.Resource = resource.NewSchemaless(pairs(text)...) },
		"the service": func(s *tracetest.SpanStub, text string) {
			s.Resource = resource.NewSchemaless(attribute.String("service.name", text))
		},
	}
}

// Nothing that the tree prints has a secret, whatever it is part of and however it
// is printed.
func TestTreeTellsNoSecret(t *testing.T) {
	plainTerminal(t)
	for place, put := range places() {
		t.Run(place, func(t *testing.T) {
			for _, text := range leaks() {
				for _, options := range []exporters.TreeOptions{
					{Wait: -1}, {Wait: -1, Verbose: true}, {Wait: -1, Width: 80}, {Wait: -1, Width: 160, Verbose: true, ASCII: true, Color: exporters.ColorAlways},
				} {
					stub := tracetest.SpanStub{Name: "op", SpanContext: spanContext(1, 1, false), StartTime: epoch(), EndTime: epoch()}
					put(&stub, text)
					other := tracetest.SpanStub{Name: "other", SpanContext: spanContext(1, 2, false), Parent: stub.SpanContext, StartTime: epoch(), EndTime: epoch().Add(ms),
						Resource: resource.NewSchemaless(attribute.String("service.name", "other"))} // so that services are shown
					var out sink
					tree := exporters.NewTree(&out, &options)
					_ = tree.ExportSpans(context.Background(), []sdktrace.ReadOnlySpan{other.Snapshot(), stub.Snapshot()})
					got := out.text()
					if strings.Contains(got, "hunter2") || strings.Contains(got, "aHVudGVyM") {
						t.Errorf("%+v: %q is told:\n%s", options, text, got)
					}
					if !strings.Contains(got, "other") {
						t.Errorf("nothing is printed: %q", got)
					}
				}
			}
		})
	}
}

// Baggage comes by the network.
func TestTreeTellsNoSecretOfBaggage(t *testing.T) {
	plainTerminal(t)
	for i, text := range leaks() {
		member, err := baggage.NewMemberRaw("k", text)
		if err != nil {
			t.Fatal(err)
		}
		named, err := baggage.NewMemberRaw("session_id", "hunter2")
		if err != nil {
			t.Fatal(err)
		}
		bag, err := baggage.New(member, named)
		if err != nil {
			t.Fatal(err)
		}
		var out sink
		provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(exporters.NewTree(&out, &exporters.TreeOptions{Wait: -1})), sdktrace.WithResource(resource.Empty()))
		remote := trace.ContextWithRemoteSpanContext(context.Background(), spanContext(byte(i+1), 9, true))
		_, span := provider.Tracer("t").Start(baggage.ContextWithBaggage(remote, bag), "op")
		span.End()
		got := out.text()
		if strings.Contains(got, "hunter2") || !strings.Contains(got, "session_id=REDACTED") {
			t.Errorf("%q: printed\n%s", text, got)
		}
	}
}

// What is no secret stays: a tree that hides everything is of no use.
func TestTreeTellsTheRest(t *testing.T) {
	plainTerminal(t)
	for _, text := range []string{
		"GET /orders/{id}", "SELECT password_hash FROM users WHERE id=?", "token.refresh", "auth.check", "the token is missing",
		"cookie consent", "rpc error: code = Unauthenticated desc = bearer token required", "2 of 3 keys", "https://h:8080/p?page=2#top", "joe@example.com", "user@host:path",
	} {
		var out sink
		tree := exporters.NewTree(&out, &exporters.TreeOptions{Wait: -1, Verbose: true})
		_ = tree.ExportSpans(context.Background(), spansOf(record{id: 1, name: text, attributes: []attribute.KeyValue{attribute.String("k", text)}, failed: text}))
		if got := out.text(); strings.Count(got, text) != 3 {
			t.Errorf("%q isn't printed whole:\n%s", text, got)
		}
	}
}

// A number or a bool below the name of a secret is mostly none, but where the user
// says so.
func TestTreeTellsCountsAndFlags(t *testing.T) {
	plainTerminal(t)
	for _, tt := range []struct {
		explanation string
		given       attribute.KeyValue
		words       []string
		want        string
	}{
		{"a bool", attribute.Bool("auth", true), nil, "auth=true"},
		{"bools", attribute.BoolSlice("token", []bool{true}), nil, "token=[true]"},
		{"a number of tokens", attribute.Int("llm.token.total", 7), nil, "llm.token.total=7"},
		{"a number that counts", attribute.Int("password.length.policy", 8), nil, "password.length.policy=8"},
		{"a size", attribute.Float64("token_bucket.size", 1.5), nil, "token_bucket.size=1.5"},
		{"a bool that is said to be one", attribute.Bool("cookie_consent", true), nil, "cookie_consent=true"},
		{"a name", attribute.String("token_name", "main"), nil, "token_name=main"},
		{"the session of a user", attribute.String("session.id", "8f14"), nil, "session.id=8f14"},
		{"another session", attribute.String("http.session.id", "8f14"), nil, "http.session.id=REDACTED"},
		{"a number that is a secret", attribute.Int("card.pin", 1234), nil, "card.pin=REDACTED"},
		{"a word of the user's", attribute.Bool("auth", true), []string{"auth"}, "auth=REDACTED"},
		{"a count with one", attribute.Int("token.count", 1), []string{"token"}, "token.count=REDACTED"},
		{"a session with one", attribute.String("session.id", "8f14"), []string{"session"}, "session.id=REDACTED"},
	} {
		var out sink
		tree := exporters.NewTree(&out, &exporters.TreeOptions{Wait: -1, Verbose: true, Redact: tt.words})
		_ = tree.ExportSpans(context.Background(), spansOf(record{id: 1, name: "op", attributes: []attribute.KeyValue{tt.given}}))
		if got := out.text(); !strings.Contains(got, tt.want) {
			t.Errorf("%s: want %s in\n%s", tt.explanation, tt.want, got)
		}
	}
}

// A terminal isn't driven either.
func TestTreeEscapesEverything(t *testing.T) {
	plainTerminal(t)
	for place, put := range places() {
		for _, verbose := range []bool{false, true} {
			stub := tracetest.SpanStub{Name: "op", SpanContext: spanContext(1, 1, false), StartTime: epoch(), EndTime: epoch()}
			put(&stub, "a\x1b[2J\u202e\r\x07\u009b31m\xff")
			var out sink
			tree := exporters.NewTree(&out, &exporters.TreeOptions{Wait: -1, Verbose: verbose})
			_ = tree.ExportSpans(context.Background(), []sdktrace.ReadOnlySpan{stub.Snapshot()})
			if got := out.text(); strings.ContainsAny(got, "\x1b\u202e\r\x07\u009b") || !strings.Contains(fmt.Sprintf("%q", got), "op") && place != "the name" {
				t.Errorf("%s: printed %q", place, got)
			}
		}
	}
}
