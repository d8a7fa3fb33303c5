// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/handlers"
	"github.com/gorilla/mux"
	"github.com/labstack/echo/v4"
	echomiddleware "github.com/labstack/echo/v4/middleware"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode)
	os.Exit(m.Run())
}

// inside are the routers that are traced inside their recoverers only.
var inside = map[string]func(*compat.Tracing) http.Handler{
	"chi":         func(t *compat.Tracing) http.Handler { return chiMux(t) },
	"gorilla/mux": func(t *compat.Tracing) http.Handler { return gorillaMux(t) },
	"gin":         func(t *compat.Tracing) http.Handler { return ginEngine(t) },
	"echo":        func(t *compat.Tracing) http.Handler { return echoInstance(t) },
}

// around are the routers that are traced outside of their recoverers only.
var around = map[string]func(*compat.Tracing) http.Handler{
	"chi": func(tracing *compat.Tracing) http.Handler {
		router := chi.NewRouter()
		router.Use(chimiddleware.Recoverer)
		chiRoutes(router, shop{tracing})
		return tracing.TraceAll(router)
	},
	"gorilla/mux": func(tracing *compat.Tracing) http.Handler {
		router := mux.NewRouter()
		router.Use(handlers.RecoveryHandler())
		gorillaRoutes(router, shop{tracing})
		return tracing.TraceAll(router)
	},
	"gin": func(tracing *compat.Tracing) http.Handler {
		engine := gin.New()
		engine.Use(gin.Recovery())
		ginRoutes(engine, shop{tracing})
		return tracing.TraceAll(engine)
	},
	"echo": func(tracing *compat.Tracing) http.Handler {
		e := echo.New()
		e.Use(echomiddleware.Recover())
		echoRoutes(e, shop{tracing})
		return tracing.TraceAll(e)
	},
}

// service is a handler on loopback, and its spans.
type service struct {
	url    string
	client *http.Client
	memory *exporters.Memory
}

func start(t *testing.T, handler func(*compat.Tracing) http.Handler) *service {
	t.Helper()
	return startWith(t, handler, newTracing)
}

func startWith(t *testing.T, handler func(*compat.Tracing) http.Handler, tracing func(opentracing.Tracer) *compat.Tracing) *service {
	t.Helper()
	memory := new(exporters.Memory)
	provider, err := exporters.NewProvider(t.Context(), &exporters.Config{ServiceName: "shop", Memory: memory, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	tracer := compat.NewTracer(provider, &compat.Options{TextMap: propagation.TraceContext{}})
	server := httptest.NewUnstartedServer(handler(tracing(tracer)))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // net/http prints panics
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
	})
	return &service{server.URL, server.Client(), memory}
}

const (
	remoteTrace  = "0af7651916cd43dd8448eb211c80319c"
	remoteParent = "b7ad6b7169203331"
)

// call makes a request with a parent in its headers, and returns the status that
// the client got, zero where the server has closed the connection.
func (s *service) call(t *testing.T, method, path string) (status int, body string) {
	t.Helper()
	s.memory.Reset()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Traceparent", "00-"+remoteTrace+"-"+remoteParent+"-01")
	response, err := s.client.Do(request)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(read)
}

// spans waits for n spans.
func (s *service) spans(t *testing.T, n int) exporters.Spans {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	spans, err := s.memory.WaitFor(ctx, n)
	if err != nil {
		t.Fatalf("%v\n%s", err, s.memory)
	}
	return spans
}

// server waits for n spans, of which it returns the server's.
func (s *service) server(t *testing.T, n int) *exporters.Span {
	t.Helper()
	var found *exporters.Span
	spans := s.spans(t, n)
	for _, span := range spans {
		if span.SpanKind == trace.SpanKindServer {
			if found != nil {
				t.Fatalf("more than one span of the server:\n%s", s.memory)
			}
			found = span
		}
	}
	if found == nil || len(spans) != n {
		t.Fatalf("%d spans, want %d, one of them the server's:\n%s", len(spans), n, s.memory)
	}
	return found
}

// withColon writes a pattern as gin and echo do.
func withColon(router, pattern string) string {
	if router == "gin" || router == "echo" {
		return strings.ReplaceAll(pattern, "{id}", ":id")
	}
	return pattern
}

// everywhere runs a test for each router, traced around and inside its recoverer,
// and inside only.
func everywhere(t *testing.T, test func(t *testing.T, router string, s *service, insideOnly bool)) {
	for _, router := range routers {
		t.Run(router.name, func(t *testing.T) { test(t, router.name, start(t, router.handler), false) })
	}
	for name, handler := range inside {
		t.Run(name+" inside only", func(t *testing.T) { test(t, name, start(t, handler), true) })
	}
}

func TestRoute(t *testing.T) {
	everywhere(t, func(t *testing.T, router string, s *service, _ bool) {
		if status, body := s.call(t, http.MethodGet, "/api/orders/7?token=secret"); status != http.StatusOK || body != "order 7" {
			t.Errorf("the answer is %d %q", status, body)
		}
		span := s.server(t, 2)
		if want := withColon(router, "GET /api/orders/{id}"); span.Name != want {
			t.Errorf("the span is %q, want %q", span.Name, want)
		}
		want := map[string]any{
			"component": "net/http", "http.method": "GET", "http.url": s.url + "/api/orders/7", "http.status_code": int64(200),
			"PathValue.id": "7", "customer": "ada",
		}
		got := map[string]any{}
		for _, kv := range span.Attributes {
			got[string(kv.Key)] = kv.Value.AsInterface()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attributes (-want +got):\n%s", diff)
		}
		if span.SpanContext.TraceID().String() != remoteTrace || span.Parent.SpanID().String() != remoteParent {
			t.Errorf("trace %s, parent %s, want those of the headers", span.SpanContext.TraceID(), span.Parent.SpanID())
		}
		if children := s.memory.Spans().ChildrenOf(span); len(children) != 1 || children[0].Name != "look up order" {
			t.Errorf("the handler's span isn't a child of the request's:\n%s", s.memory)
		}
		if span.Status.Code != codes.Unset {
			t.Errorf("status %v", span.Status)
		}
	})
}

// TestChosenName names the spans by an option, which sees the route of any router.
func TestChosenName(t *testing.T) {
	for _, router := range routers {
		t.Run(router.name, func(t *testing.T) {
			s := startWith(t, router.handler, func(tracer opentracing.Tracer) *compat.Tracing {
				return compat.NewTracing(tracer, &compat.TracingOptions{OperationName: func(r *http.Request) string {
					_, route, _ := strings.Cut(r.Pattern, "/api/")
					return "shop " + route
				}})
			})
			s.call(t, http.MethodGet, "/api/orders/7")
			if got, want := s.server(t, 2).Name, withColon(router.name, "shop orders/{id}"); got != want {
				t.Errorf("the span is %q, want %q", got, want)
			}
		})
	}
}

func TestRefusal(t *testing.T) {
	everywhere(t, func(t *testing.T, _ string, s *service, _ bool) {
		status, body := s.call(t, http.MethodPost, "/api/orders")
		span := s.server(t, 1)
		if status != http.StatusConflict || !strings.Contains(body, refusal) || span.Tag("http.status_code") != int64(status) {
			t.Errorf("the answer is %d %q, the tag %v, want 409 in both", status, body, span.Tag("http.status_code"))
		}
		if span.Name != "POST /api/orders" || span.Status.Code != codes.Unset {
			t.Errorf("%q, status %v, want the route and no error", span.Name, span.Status)
		}
	})
}

func TestNotFound(t *testing.T) {
	everywhere(t, func(t *testing.T, router string, s *service, insideOnly bool) {
		notAllowed := http.StatusMethodNotAllowed
		if router == "gin" || router == "gorilla/mux" {
			// gin's default; gorilla/mux forgets the mismatch in a subrouter.
			notAllowed = http.StatusNotFound
		}
		for _, request := range []struct {
			method, path string
			want         int
		}{
			{http.MethodGet, "/nowhere", http.StatusNotFound},
			{http.MethodPut, "/api/orders/7", notAllowed},
		} {
			status, _ := s.call(t, request.method, request.path)
			if status != request.want {
				t.Errorf("%s %s: the answer is %d, want %d", request.method, request.path, status, request.want)
			}
			if router == "gorilla/mux" && insideOnly {
				if spans := s.memory.Spans(); len(spans) != 0 {
					t.Errorf("gorilla/mux runs middlewares for what isn't found:\n%s", spans)
				}
				continue
			}
			span := s.server(t, 1)
			if span.Tag("http.status_code") != int64(status) || span.Status.Code != codes.Unset {
				t.Errorf("%s: tag %v, status %v, want %d and no error", request.path, span.Tag("http.status_code"), span.Status, status)
			}
			if strings.Contains(span.Name, "nowhere") || strings.Contains(span.Name, "7") {
				t.Errorf("%q: a client can make up names", span.Name)
			}
		}
	})
}

func TestPanic(t *testing.T) {
	everywhere(t, func(t *testing.T, router string, s *service, _ bool) {
		status, _ := s.call(t, http.MethodGet, "/api/fail")
		want := http.StatusInternalServerError
		if router == "net/http" {
			want = 0 // the server closes the connection
		}
		if status != want {
			t.Errorf("the answer is %d, want %d", status, want)
		}
		span := s.server(t, 1)
		if span.Name != "GET /api/fail" || span.Tag("http.status_code") != int64(500) || span.Status.Code != codes.Error {
			t.Errorf("%q, tag %v, status %v, want the route, 500 and an error", span.Name, span.Tag("http.status_code"), span.Status)
		}
		if len(span.Events) != 1 || span.Events[0].Name != "exception" {
			t.Fatalf("events %v, want one exception", span.Events)
		}
		exception := map[string]string{}
		for _, kv := range span.Events[0].Attributes {
			exception[string(kv.Key)] = kv.Value.AsString()
		}
		if exception["exception.message"] != "shelf not found" || !strings.Contains(exception["exception.stacktrace"], "shop.fail") {
			t.Errorf("exception %v, want the panic's value and where it came from", exception)
		}
	})
}

// TestAroundOnly pins what is lost where the tracing is outside of the recoverer
// only: the panic's value, and the route.
func TestAroundOnly(t *testing.T) {
	for name, handler := range around {
		t.Run(name, func(t *testing.T) {
			s := start(t, handler)
			if status, _ := s.call(t, http.MethodGet, "/api/fail"); status != http.StatusInternalServerError {
				t.Errorf("the answer is %d", status)
			}
			span := s.server(t, 1)
			if span.Tag("http.status_code") != int64(500) || span.Status.Code != codes.Error {
				t.Errorf("tag %v, status %v, want 500 and an error", span.Tag("http.status_code"), span.Status)
			}
			if span.Name != "GET" || len(span.Events) != 0 {
				t.Errorf("%q, events %v: the README says that they are lost", span.Name, span.Events)
			}
		})
	}
}

// TestConcurrentRequests has every router serve requests at once: each has its own
// span.
func TestConcurrentRequests(t *testing.T) {
	everywhere(t, func(t *testing.T, _ string, s *service, _ bool) {
		const requests = 20
		done := make(chan error, requests)
		for range requests {
			go func() {
				response, err := s.client.Get(s.url + "/api/orders/7")
				if err == nil {
					response.Body.Close()
				}
				done <- err
			}()
		}
		for range requests {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		spans := s.spans(t, 2*requests)
		for _, root := range spans.Roots() {
			if len(spans.ChildrenOf(root)) != 1 {
				t.Errorf("a request has %d children", len(spans.ChildrenOf(root)))
			}
		}
		if got := len(spans.Roots()); got != requests {
			t.Errorf("%d traces, want %d", got, requests)
		}
	})
}

// TestOutput reads what a user sees.
func TestOutput(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	for _, router := range routers {
		_, after, found := strings.Cut(out.String(), "== "+router.name+"\n")
		section, _, _ := strings.Cut(after, "== ")
		if !found || !strings.Contains(section, withColon(router.name, "GET /api/orders/{id}")) || !strings.Contains(section, "└─ look up order") {
			t.Errorf("%s: no trace in\n%s", router.name, section)
		}
	}
}
