// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/mocktracer"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/ot2otel/ot2otel/compat"
)

// The tags of one request by both conventions, with their types.
var (
	openTracingServer = map[string]any{
		"component":        "net/http",
		"http.method":      "POST",
		"http.url":         "http://shop.example:8080/orders/7",
		"http.status_code": uint16(201),
	}
	semconvServer = map[string]any{
		string(semconv.HTTPRequestMethodKey):      "POST",
		string(semconv.URLSchemeKey):              "http",
		string(semconv.URLPathKey):                "/orders/7",
		string(semconv.URLQueryKey):               "a=1&access_token=REDACTED",
		string(semconv.ServerAddressKey):          "shop.example",
		string(semconv.ServerPortKey):             8080,
		string(semconv.NetworkPeerAddressKey):     "192.0.2.1",
		string(semconv.NetworkPeerPortKey):        1234,
		string(semconv.ClientAddressKey):          "203.0.113.9",
		string(semconv.UserAgentOriginalKey):      "curl/8",
		string(semconv.NetworkProtocolVersionKey): "1.1",
		string(semconv.HTTPRouteKey):              "/orders/{id}",
		string(semconv.HTTPRequestBodySizeKey):    4,
		string(semconv.HTTPResponseStatusCodeKey): 201,
		string(semconv.HTTPResponseBodySizeKey):   7,
	}
)

// union returns all tags, and the kind that each convention sets.
func union(kind ext.SpanKindEnum, sets ...map[string]any) map[string]any {
	all := map[string]any{"span.kind": kind}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	return all
}

func TestServerConventions(t *testing.T) {
	for _, tc := range []struct {
		conventions compat.Conventions
		name        string
		want        map[string]any
	}{
		{compat.OpenTracing, "OpenTracing", union(ext.SpanKindRPCServerEnum, openTracingServer)},
		{compat.Semconv, "Semconv", union(ext.SpanKindRPCServerEnum, semconvServer)},
		{compat.Both, "Both", union(ext.SpanKindRPCServerEnum, openTracingServer, semconvServer)},
		{compat.Conventions(9), "Conventions(9)", union(ext.SpanKindRPCServerEnum, openTracingServer)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.conventions.String(); got != tc.name {
				t.Errorf("String() = %q", got)
			}
			tracer := mocktracer.New()
			mux := http.NewServeMux()
			mux.HandleFunc("POST /orders/{id}", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusCreated)
				fmt.Fprint(w, "created")
			})
			r := httptest.NewRequest(http.MethodPost, "/orders/7?a=1&access_token=t0p", strings.NewReader("body"))
			r.Host = "shop.example:8080"
			r.Header.Set("User-Agent", "curl/8")
			r.Header.Set("X-Forwarded-For", "203.0.113.9, 10.0.0.1")
			compat.NewTracing(tracer, &compat.TracingOptions{Conventions: tc.conventions}).TraceAll(mux).ServeHTTP(httptest.NewRecorder(), r)
			span := onlySpan(t, tracer)
			if diff := cmp.Diff(tc.want, span.Tags()); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			if span.OperationName != "POST /orders/{id}" {
				t.Errorf("operation name %q", span.OperationName)
			}
		})
	}
}

func TestServerErrorsByConvention(t *testing.T) {
	for _, tc := range []struct {
		name    string
		handler http.HandlerFunc
		typ     any // error.type
		failed  bool
	}{
		{"not found", answer(404), nil, false},
		{"unavailable", answer(503), "503", true},
		{"panic with an error", func(http.ResponseWriter, *http.Request) { panic(errBoom) }, "errors.errorString", true},
		{"panic with a text", func(http.ResponseWriter, *http.Request) { panic("boom") }, "github.com/ot2otel/ot2otel/compat.panicError", true},
		{"abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := mocktracer.New()
			func() {
				defer func() { _ = recover() }()
				get(t, compat.NewTracing(tracer, &compat.TracingOptions{Conventions: compat.Semconv}).TraceAll(tc.handler), "/test")
			}()
			span := onlySpan(t, tracer)
			if got := span.Tag("error.type"); got != tc.typ {
				t.Errorf("error.type = %v, want %v", got, tc.typ)
			}
			if got := span.Tag("error") == true; got != tc.failed {
				t.Errorf("error = %t, want %t", got, tc.failed)
			}
		})
	}
}

func TestMethodsByConvention(t *testing.T) {
	for _, tc := range []struct {
		method, semconv string
		original        any
		name            string // under any convention
	}{
		{"GET", "GET", nil, "GET"},
		{"QUERY", "QUERY", nil, "QUERY"},
		{"get", "GET", "get", "HTTP"},
		{"PROPFIND", "_OTHER", "PROPFIND", "HTTP"},
	} {
		for _, conventions := range []compat.Conventions{compat.OpenTracing, compat.Semconv} {
			tracer := mocktracer.New()
			compat.NewTracing(tracer, &compat.TracingOptions{Conventions: conventions}).TraceAll(answer(200)).
				ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(tc.method, "/", nil))
			span := onlySpan(t, tracer)
			if conventions == compat.OpenTracing {
				if span.OperationName != tc.name || span.Tag("http.method") != tc.method {
					t.Errorf("%s: name %q, http.method %v, want the method there", tc.method, span.OperationName, span.Tag("http.method"))
				}
				continue
			}
			if span.Tag("http.request.method") != tc.semconv || span.Tag("http.request.method_original") != tc.original || span.OperationName != tc.name {
				t.Errorf("%s: name %q, tags %v", tc.method, span.OperationName, span.Tags())
			}
		}
	}
}

// readAll reads a response to its end.
func readAll(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}

func TestClientConventions(t *testing.T) {
	backend := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusGone)
		}
		fmt.Fprint(w, "twelve bytes")
	}))
	host, port, _ := strings.Cut(strings.TrimPrefix(backend.URL, "http://"), ":")
	openTracing := map[string]any{
		"component":        "net/http",
		"http.method":      "POST",
		"http.url":         backend.URL + "/a",
		"http.status_code": uint16(200),
		"peer.address":     host + ":" + port,
	}
	otel := map[string]any{
		string(semconv.HTTPRequestMethodKey):      "POST",
		string(semconv.URLFullKey):                backend.URL + "/a?b=1&sig=REDACTED",
		string(semconv.ServerAddressKey):          host,
		string(semconv.ServerPortKey):             backend.Listener.Addr().(*net.TCPAddr).Port,
		string(semconv.HTTPRequestBodySizeKey):    4,
		string(semconv.HTTPResponseStatusCodeKey): 200,
		string(semconv.HTTPResponseBodySizeKey):   12,
		string(semconv.NetworkProtocolVersionKey): "1.1",
	}
	for conventions, want := range map[compat.Conventions]map[string]any{
		compat.OpenTracing: union(ext.SpanKindRPCClientEnum, openTracing),
		compat.Semconv:     union(ext.SpanKindRPCClientEnum, otel),
		compat.Both:        union(ext.SpanKindRPCClientEnum, openTracing, otel),
	} {
		t.Run(conventions.String(), func(t *testing.T) {
			tracer := mocktracer.New()
			client := &http.Client{Transport: compat.NewTracing(tracer, &compat.TracingOptions{Conventions: conventions}).Transport(nil)}
			target := strings.Replace(backend.URL, "://", "://user:secret@", 1) + "/a?b=1&sig=s"
			res, err := client.Post(target, "text/plain", strings.NewReader("body"))
			if err != nil {
				t.Fatal(err)
			}
			readAll(t, res)
			if diff := cmp.Diff(want, onlySpan(t, tracer).Tags()); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}

			// A status of the client's own fault is an error to OpenTelemetry alone.
			tracer.Reset()
			res, err = client.Get(backend.URL + "/gone")
			if err != nil {
				t.Fatal(err)
			}
			readAll(t, res)
			failed := conventions != compat.OpenTracing
			span := onlySpan(t, tracer)
			if got := span.Tag("error") == true; got != failed {
				t.Errorf("410: error = %t, want %t", got, failed)
			}
			if got := span.Tag("error.type") == "410"; got != failed {
				t.Errorf("410: error.type = %v", span.Tag("error.type"))
			}

			tracer.Reset()
			_, err = compat.NewTracing(tracer, &compat.TracingOptions{Conventions: conventions}).
				Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, errBoom })).
				RoundTrip(httptest.NewRequest("PURGE", backend.URL, nil)) //nolint:bodyclose // there is none
			if !errors.Is(err, errBoom) {
				t.Errorf("error = %v", err)
			}
			span = onlySpan(t, tracer)
			typ := any(nil)
			if failed {
				typ = "errors.errorString"
			}
			if span.OperationName != "HTTP" || span.Tag("error.type") != typ {
				t.Errorf("name %q, error.type %v, want HTTP, %v", span.OperationName, span.Tag("error.type"), typ)
			}
		})
	}
}
