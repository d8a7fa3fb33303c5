// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

// TestHookOfErrors has errors that wrap more than one URL, and a host that was looked
// up: a hook hides them all.
func TestHookOfErrors(t *testing.T) {
	hook := func(u *url.URL) *url.URL {
		clean := *u
		clean.Host, clean.Path = strings.ReplaceAll(u.Host, "S3", "hidden"), strings.ReplaceAll(u.Path, "S3", "hidden")
		return &clean
	}
	failure := func(path string, err error) error {
		return &url.Error{Op: "Get", URL: "http://S3.example/" + path, Err: err}
	}
	deep := errBoom
	for range 1000 {
		deep = fmt.Errorf("%w", deep)
	}
	for _, tt := range []struct {
		explanation string
		err         error
		want        string
	}{
		{"one in another", failure("S3/a", failure("S3/b", errBoom)), `Get "http://hidden.example/hidden/a": Get "http://hidden.example/hidden/b": boom`},
		{"joined", errors.Join(failure("S3/a", io.EOF), errBoom, failure("S3/b", errBoom)), "Get \"http://hidden.example/hidden/a\": EOF\nboom\nGet \"http://hidden.example/hidden/b\": boom"},
		{"wrapped", fmt.Errorf("a: %w, %w", failure("S3", errBoom), errBoom), `a: Get "http://hidden.example/hidden": boom, boom`},
		{"a host", &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "S3.example"}}, "dial tcp: lookup hidden.example: no such host"},
		{"a nil one", failure("S3", (*url.Error)(nil)), ""},
		{"many", failure("S3", deep), `Get "http://hidden.example/hidden": boom`},
	} {
		tracer := mocktracer.New()
		tracing := compat.NewTracing(tracer, &compat.TracingOptions{RedactURL: hook})
		_, _ = tracing.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, tt.err })). //nolint:bodyclose // there is none
																RoundTrip(httptest.NewRequest(http.MethodGet, "http://S3.example/S3", nil))
		logs := onlySpan(t, tracer).Logs()
		if tt.want == "" {
			continue // it mustn't panic
		}
		message := ""
		for _, field := range logs[0].Fields {
			if field.Key == "message" {
				message = field.ValueString
			}
		}
		if message != tt.want {
			t.Errorf("%s: %q, want %q", tt.explanation, message, tt.want)
		}
	}
}

// TestHookOfConnections has events of a connection to a host that a hook hides.
func TestHookOfConnections(t *testing.T) {
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{ConnectionEvents: true, RedactURL: func(u *url.URL) *url.URL {
		clean := *u
		clean.Host = strings.ReplaceAll(u.Host, "S3", "hidden")
		return &clean
	}})
	_, _ = tracing.Transport(roundTripper(func(r *http.Request) (*http.Response, error) { //nolint:bodyclose // there is none
		events := httptrace.ContextClientTrace(r.Context())
		events.GetConn("S3.example:80")
		events.DNSStart(httptrace.DNSStartInfo{Host: "S3.example"})
		failed := &net.DNSError{Err: "no such host", Name: "S3.example"}
		events.DNSDone(httptrace.DNSDoneInfo{Err: failed})
		events.ConnectStart("tcp", "S3.example:80")
		events.ConnectDone("tcp", "S3.example:80", errBoom)
		return nil, failed
	})).RoundTrip(httptest.NewRequest(http.MethodGet, "http://S3.example/", nil))
	text := fmt.Sprint(onlySpan(t, tracer).Logs())
	if strings.Contains(text, "S3") || strings.Count(text, "hidden.example:80") != 3 || !strings.Contains(text, "lookup hidden.example: no such host") {
		t.Errorf("logs: %s", text)
	}
}

// TestPanicWithBytes panics with what isn't text for Go, but for who reads it.
func TestPanicWithBytes(t *testing.T) {
	type raw []byte
	for _, value := range []any{[]byte("no token=S3"), raw("no token=S3")} {
		tracer := mocktracer.New()
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is lost")
				}
			}()
			compat.NewTracing(tracer, nil).TraceAll(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) })).
				ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		}()
		if text := fmt.Sprint(onlySpan(t, tracer).Logs()); !strings.Contains(text, "no token=REDACTED") || strings.Contains(text, "83 51") {
			t.Errorf("%T: %.300s", value, text)
		}
	}
}

// TestTextsOfPeers has a secret in what a client says of itself.
func TestTextsOfPeers(t *testing.T) {
	tracer := mocktracer.New()
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("User-Agent", "curl/8 Bearer S3S3")
	r.Header.Set("Content-Type", "text/plain; token=S3")
	r.Header.Set("X-Forwarded-For", "https://u:S3@h")
	r.Header.Set("Cookie", `a={"password":"S3"}`)
	r.Form = url.Values{"json": {`{"password":"S3"}`}}
	r.PostForm = r.Form
	names := []string{"UserAgent", "user_agent", "content_type", "Header.User-Agent", "Header.Content-Type", "FormValue.json", "PostFormValue.json", "Cookie.a"}
	compat.NewTracing(tracer, &compat.TracingOptions{Conventions: compat.Both, Attributes: names}).TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
	tags := onlySpan(t, tracer).Tags()
	for key, want := range map[string]string{
		"UserAgent": "curl/8 Bearer REDACTED", "user_agent.original": "curl/8 Bearer REDACTED", "content_type": "text/plain; token=REDACTED",
		"client.address": "https://REDACTED@h", "FormValue.json": `{"password":"REDACTED"}`, "PostFormValue.json": `{"password":"REDACTED"}`,
	} {
		if tags[key] != want {
			t.Errorf("%s = %v, want %s", key, tags[key], want)
		}
	}
	if text := fmt.Sprint(tags); strings.Contains(text, "S3") {
		t.Errorf("tags: %s", text)
	}
}
