// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

func TestRedactURL(t *testing.T) {
	for _, tc := range []struct{ name, url, want string }{
		{"nothing to hide", "https://h/p?q=OpenTelemetry&page_token=3&key=k", "https://h/p?q=OpenTelemetry&page_token=3&key=k"},
		{"credentials", "https://user:pass@h/p", "https://h/p"},
		{"user alone", "https://user@h/p", "https://h/p"},
		{"names of the conventions", "https://h/?X-Amz-Signature=1&X-Amz-Credential=2&X-Amz-Security-Token=3&sig=4&X-Goog-Signature=5",
			"https://h/?X-Amz-Signature=REDACTED&X-Amz-Credential=REDACTED&X-Amz-Security-Token=REDACTED&sig=REDACTED&X-Goog-Signature=REDACTED"},
		{"older names", "https://h/?AWSAccessKeyId=1&Signature=2", "https://h/?AWSAccessKeyId=REDACTED&Signature=REDACTED"},
		{"passwords and tokens", "https://h/?user=bob&Password=1&old_password=2&access_token=3&client-secret=4&api.key=5&x-api-key=6",
			"https://h/?user=bob&Password=REDACTED&old_password=REDACTED&access_token=REDACTED&client-secret=REDACTED&api.key=REDACTED&x-api-key=REDACTED"},
		{"encoded name", "https://h/?%70assword=1&access%5Ftoken=2", "https://h/?%70assword=REDACTED&access%5Ftoken=REDACTED"},
		{"order and encoding stay", "https://h/?b=%20x&token=1&a=+&&c", "https://h/?b=%20x&token=REDACTED&a=+&&c"},
		{"no value", "https://h/?token=&token&sig", "https://h/?token=&token&sig"},
		{"value with signs", "https://h/?token=a=b==&x=1", "https://h/?token=REDACTED&x=1"},
		{"semicolons", "https://h/?a=1;token=2;b=3", "https://h/?a=1;token=REDACTED;b=3"},
		{"fragment as a query", "https://h/cb#access_token=1&state=2", "https://h/cb#access_token=REDACTED&state=2"},
		{"fragment", "https://h/p#top", "https://h/p#top"},
		{"invalid encoding", "https://h/?%zz=1&token=2", "https://h/?%zz=1&token=REDACTED"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			given, err := url.Parse(tc.url)
			if err != nil {
				t.Fatal(err)
			}
			if got := compat.RedactURL(given).String(); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if given.String() != tc.url {
				t.Errorf("the URL given was changed to %s", given)
			}
		})
	}
	if got := compat.RedactURL(nil); got != nil {
		t.Errorf("RedactURL(nil) = %v", got)
	}
}

func TestRedactURLHook(t *testing.T) {
	for _, tc := range []struct {
		name string
		hook func(*url.URL) *url.URL
		want map[string]any // tags that hold URLs
		full any            // of a client
	}{
		{"default", nil, map[string]any{
			"http.url": "http://example.com/users/bob", "url.path": "/users/bob", "url.query": "q=1&token=REDACTED", "url.scheme": "http",
			"URL": "/users/bob?q=1&token=REDACTED", "url": "http://example.com/users/bob?q=1&token=REDACTED", "referrer": "http://r/?sig=REDACTED",
		}, "http://back.example/users/bob?q=1&token=REDACTED"},
		{"keeps all", func(u *url.URL) *url.URL { return u }, map[string]any{
			"http.url": "http://example.com/users/bob", "url.path": "/users/bob", "url.query": "q=1&token=t0p", "url.scheme": "http",
			"URL": "/users/bob?q=1&token=t0p", "url": "http://example.com/users/bob?q=1&token=t0p", "referrer": "http://r/?sig=s",
		}, "http://back.example/users/bob?q=1&token=t0p"},
		{"adds to the default", func(u *url.URL) *url.URL {
			u = compat.RedactURL(u)
			u.Path = strings.Replace(u.Path, "bob", "someone", 1)
			return u
		}, map[string]any{
			"http.url": "http://example.com/users/someone", "url.path": "/users/someone", "url.query": "q=1&token=REDACTED", "url.scheme": "http",
			"URL": "/users/someone?q=1&token=REDACTED", "url": "http://example.com/users/someone?q=1&token=REDACTED", "referrer": "http://r/?sig=REDACTED",
		}, "http://back.example/users/someone?q=1&token=REDACTED"},
		{"records none", func(*url.URL) *url.URL { return nil }, map[string]any{}, nil},
		{"panics", func(*url.URL) *url.URL { panic("no URL today") }, map[string]any{}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reports := catchReports(t)
			tracer := mocktracer.New()
			tracing := compat.NewTracing(tracer, &compat.TracingOptions{
				Conventions: compat.Both, RedactURL: tc.hook, Attributes: []string{"URL", "url", "referrer"},
			})
			r := httptest.NewRequest(http.MethodGet, "/users/bob?q=1&token=t0p", nil)
			r.Header.Set("Referer", "http://me:pw@r/?sig=s")
			tracing.TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
			got := map[string]any{}
			for _, key := range []string{"http.url", "url.path", "url.query", "url.scheme", "URL", "url", "referrer"} {
				if value := onlySpan(t, tracer).Tag(key); value != nil {
					got[key] = value
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			if n := len(reports()); (n > 0) != (tc.name == "panics") {
				t.Errorf("%d reports", n)
			}

			tracer.Reset()
			sent := ""
			out, err := http.NewRequest(http.MethodGet, "http://me:pw@back.example/users/bob?q=1&token=t0p", nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := tracing.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
				sent = r.URL.String()
				return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
			})).RoundTrip(out)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if got := onlySpan(t, tracer).Tag("url.full"); got != tc.full {
				t.Errorf("url.full = %v, want %v", got, tc.full)
			}
			if sent != "http://me:pw@back.example/users/bob?q=1&token=t0p" {
				t.Errorf("the request went to %s: what is recorded mustn't change what is sent", sent)
			}
		})
	}
}

func TestURLForms(t *testing.T) {
	for _, tc := range []struct {
		name, want string
		edit       func(*http.Request)
	}{
		{"a prefix was stripped", "http://example.com/api/orders/7", func(r *http.Request) {
			r.RequestURI, r.URL.Path = "/api/orders/7?a=1", "/orders/7"
		}},
		{"a proxy's absolute form", "https://other.example/x", func(r *http.Request) {
			r.RequestURI, r.URL = "https://u:p@other.example/x?a=1", &url.URL{Scheme: "https", User: url.UserPassword("u", "p"), Host: "other.example", Path: "/x", RawQuery: "a=1"}
			r.Host = "other.example"
		}},
		{"OPTIONS *", "http://example.com", func(r *http.Request) {
			r.Method, r.RequestURI, r.URL = http.MethodOptions, "*", &url.URL{Path: "*"}
		}},
		{"no Host header", "/old", func(r *http.Request) { r.Host, r.RequestURI = "", "/old"; r.URL.Host = "" }},
		{"never sent", "http://made.example/by/hand", func(r *http.Request) {
			r.RequestURI, r.Host, r.URL = "", "", &url.URL{Scheme: "http", Host: "made.example", Path: "/by/hand"}
		}},
		{"two slashes", "http://example.com//a", func(r *http.Request) { r.RequestURI = "//a" }},
		{"bytes that aren't UTF-8", "http://example.com/%FF%FE", func(r *http.Request) { r.RequestURI = "/\xff\xfe" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer := mocktracer.New()
			r := httptest.NewRequest(http.MethodGet, "/test", nil)
			tc.edit(r)
			compat.NewTracing(tracer, nil).TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
			if got := onlySpan(t, tracer).Tag("http.url"); got != tc.want {
				t.Errorf("http.url = %v, want %v", got, tc.want)
			}
		})
	}
}
