// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

// fullRequest has every attribute.
func fullRequest() *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://example.com:8000/orders/7?a=1&b=2&a=3&token=t0p", strings.NewReader(`name=bob`))
	r.RequestURI = "/orders/7?a=1&b=2&a=3&token=t0p"
	r.TLS = nil
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("Referer", "http://user:pass@r/?sig=x")
	r.Header.Set("User-Agent", "recorder/1")
	r.Header.Add("X-Request-Id", "r1")
	r.Header.Add("X-Request-Id", "r2")
	r.Header.Set("Authorization", "Bearer abc")
	r.Header.Set("Cookie", "theme=dark; id=1")
	return r
}

// attributeRows are the names, and their values for fullRequest served by the
// pattern "POST example.com/orders/{id}".
var attributeRows = []struct{ name, want string }{
	{"Method", "POST"},
	{"URL", "http://example.com:8000/orders/7?a=1&b=2&a=3&token=REDACTED"},
	{"URL.Scheme", "http"},
	{"URL.Opaque", ""},
	{"URL.Host", "example.com:8000"},
	{"URL.Hostname", "example.com"},
	{"URL.Port", "8000"},
	{"URL.Path", "/orders/7"},
	{"URL.RawPath", ""},
	{"URL.EscapedPath", "/orders/7"},
	{"URL.RawQuery", "a=1&b=2&a=3&token=REDACTED"},
	{"URL.RequestURI", "/orders/7?a=1&b=2&a=3&token=REDACTED"},
	{"URL.Query.b", "2"},
	{"URL.Query.token", "REDACTED"},
	{"Proto", "HTTP/1.1"},
	{"ProtoMajor", "1"},
	{"ProtoMinor", "1"},
	{"ContentLength", "8"},
	{"TransferEncoding", ""},
	{"Close", "false"},
	{"Host", "example.com:8000"},
	{"RemoteAddr", "192.0.2.1:1234"},
	{"RequestURI", "/orders/7?a=1&b=2&a=3&token=REDACTED"},
	{"UserAgent", "recorder/1"},
	{"Referer", "http://r/?sig=REDACTED"},
	{"Pattern", "POST example.com/orders/{id}"},
	{"Header.X-Request-Id", "r1, r2"},
	{"Header.x-request-ID", "r1, r2"},
	{"Header.Referer", "http://r/?sig=REDACTED"},
	{"Header.Authorization", "Bearer REDACTED"},
	{"Header.Cookie", "theme=REDACTED; id=REDACTED"},
	{"Header.Host", "example.com:8000"},
	{"Header.Absent", ""},
	{"PathValue.id", "7"},
	{"PathValue.absent", ""},
	{"Cookie.theme", "dark"},
	{"Cookie.absent", ""},
	{"FormValue.name", "bob"},
	{"FormValue.b", "2"},
	{"PostFormValue.name", "bob"},
	{"PostFormValue.b", ""},
	{"Trailer.X-Checksum", "c1"},

	{"method", "POST"},
	{"url", "http://example.com:8000/orders/7?a=1&b=2&a=3&token=REDACTED"},
	{"base_url", "http://example.com:8000/orders/7"},
	{"url_root", "http://example.com:8000/"},
	{"host_url", "http://example.com:8000/"},
	{"path", "/orders/7"},
	{"full_path", "/orders/7?a=1&b=2&a=3&token=REDACTED"},
	{"query_string", "a=1&b=2&a=3&token=REDACTED"},
	{"scheme", "http"},
	{"is_secure", "false"},
	{"host", "example.com:8000"},
	{"remote_addr", "192.0.2.1"},
	{"user_agent", "recorder/1"},
	{"referrer", "http://r/?sig=REDACTED"},
	{"content_type", "application/x-www-form-urlencoded; charset=utf-8"},
	{"content_length", "8"},
	{"mimetype", "application/x-www-form-urlencoded"},
	{"is_json", "false"},
	{"endpoint", "POST example.com/orders/{id}"},
	{"url_rule", "example.com/orders/{id}"},
}

func TestAttributes(t *testing.T) {
	var names []string
	want := map[string]any{}
	for _, row := range attributeRows {
		names = append(names, row.name)
		if row.want != "" {
			want[row.name] = row.want
		}
	}
	work := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		r.Trailer = http.Header{"X-Checksum": {"c1"}}
	})
	for _, tc := range []struct {
		name    string
		handler func(*compat.Tracing, *compat.Tracing) http.Handler
	}{
		{"of the options", func(all, _ *compat.Tracing) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("POST example.com/orders/{id}", work)
			return all.TraceAll(mux)
		}},
		{"selected", func(_, none *compat.Tracing) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("POST example.com/orders/{id}", none.Trace(work, names...))
			return mux
		}},
		{"selected under trace all", func(_, none *compat.Tracing) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("POST example.com/orders/{id}", none.Trace(work, names...))
			return none.TraceAll(mux)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reports := catchReports(t)
			tracer := mocktracer.New()
			all := compat.NewTracing(tracer, &compat.TracingOptions{Attributes: names})
			none := compat.NewTracing(tracer, nil)
			tc.handler(all, none).ServeHTTP(httptest.NewRecorder(), fullRequest())
			span := onlySpan(t, tracer)
			got := span.Tags()
			for _, standard := range []string{"component", "http.method", "http.url", "http.status_code", "span.kind"} {
				if _, ok := got[standard]; !ok {
					t.Errorf("no tag %s", standard)
				}
				delete(got, standard)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
			if got := reports(); len(got) != 0 {
				t.Errorf("reports = %q, want none", got)
			}
		})
	}
}

func TestAttributesOfAnEmptyRequest(t *testing.T) {
	// A request that code has put together with next to nothing in it.
	tracer := mocktracer.New()
	var names []string
	for _, row := range attributeRows {
		names = append(names, row.name)
	}
	handler := compat.NewTracing(tracer, &compat.TracingOptions{Attributes: names}).TraceAll(answer(200))
	for _, r := range []*http.Request{{}, {URL: &url.URL{}}, {Method: "GET", TLS: &tls.ConnectionState{}}} {
		tracer.Reset()
		handler.ServeHTTP(httptest.NewRecorder(), r)
		if span := onlySpan(t, tracer); span.Tag("http.status_code") != uint16(200) {
			t.Errorf("%+v: tags = %v", r, span.Tags())
		}
	}
}

func TestAttributesLeaveTheBody(t *testing.T) {
	handler := compat.NewTracing(mocktracer.New(), nil).Trace(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(w, r.Body); err != nil {
			t.Error(err)
		}
	}), "FormValue.name", "PostFormValue.name")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, fullRequest())
	if got := w.Body.String(); got != "name=bob" {
		t.Errorf("the handler read the body %q", got)
	}
}

func TestUnknownAttributes(t *testing.T) {
	reports := catchReports(t)
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{Attributes: []string{"Method", "metod", "Header."}})
	handler := tracing.TraceAll(tracing.Trace(answer(204), "metod", ""))
	for range 3 {
		if got := get(t, handler, "/test").Code; got != 204 {
			t.Errorf("status %d, want 204", got)
		}
	}
	if diff := cmp.Diff(serverTags(204, map[string]any{"Method": "GET"}), tracer.FinishedSpans()[0].Tags()); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	got := reports()
	if len(got) != 3 {
		t.Fatalf("%d reports, want one for each of the three names: %q", len(got), got)
	}
	for _, name := range []string{`"metod"`, `"Header."`, `""`} {
		if !slices.ContainsFunc(got, func(report string) bool { return strings.Contains(report, name) }) {
			t.Errorf("no report of %s in %q", name, got)
		}
	}
	for _, row := range attributeRows {
		name := row.name
		for _, kind := range []string{"URL.Query.", "Header.", "PathValue.", "Cookie.", "FormValue.", "PostFormValue.", "Trailer."} {
			if strings.HasPrefix(name, kind) {
				name = kind + "<name>"
			}
		}
		if !strings.Contains(got[0]+",", " "+name+",") {
			t.Errorf("the report doesn't list %s:\n%s", name, got[0])
		}
	}
}
