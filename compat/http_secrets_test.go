// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/mocktracer"
	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/ot2otel/ot2otel/compat"
)

// TestHeaderSecrets asks for headers and trailers of which some hold secrets.
func TestHeaderSecrets(t *testing.T) {
	for _, tt := range []struct {
		explanation, name string
		values            []string
		want              any
	}{
		{"a scheme stays", "Authorization", []string{"Bearer S3"}, "Bearer REDACTED"},
		{"no scheme", "Authorization", []string{"S3 S3"}, "REDACTED"},
		{"each value alone", "Authorization", []string{"Basic S3", "S3 S3", "digest username=S3, response=S3"}, "Basic REDACTED, REDACTED, digest REDACTED"},
		{"absent", "Authorization", nil, nil},
		{"empty", "Authorization", []string{""}, nil},
		{"of a proxy", "Proxy-Authorization", []string{"Negotiate S3"}, "Negotiate REDACTED"},
		{"cookies", "Cookie", []string{"a=S3; b=S3", "S3"}, "a=REDACTED; b=REDACTED, REDACTED"},
		{"a cookie that is set", "Set-Cookie", []string{"a=S3; Path=/"}, "REDACTED"},
		{"keys", "X-Api-Key", []string{"S3"}, "REDACTED"},
		{"tokens", "X-Auth-Token", []string{"S3"}, "REDACTED"},
		{"a list of URLs", "Link", []string{"<https://u:S3@h/?token=S3>; rel=next"}, "<https://REDACTED@h/?token=REDACTED>; rel=next"},
		{"a URL", "X-Original-Url", []string{"/p?token=S3&a=1"}, "/p?token=REDACTED&a=1"},
		{"a URL of a client", "Origin", []string{"https://u:S3@h"}, "https://h"},
		{"a refresh", "Refresh", []string{"5; url=https://h/?token=S3"}, "5; url=https://h/?token=REDACTED"},
		{"a Referer without a scheme", "Referer", []string{"me:S3@h/p?sig=S3#access_token=S3"}, "h/p?sig=REDACTED#access_token=REDACTED"},
		{"another header", "X-Note", []string{"sent Bearer S3 a"}, "sent Bearer REDACTED a"},
		{"a Referer with backslashes", "Referer", []string{`http:\\u:S3@h/x`}, `http:\\h/x`},
		{"a Referer without a slash", "Referer", []string{"http:/u:S3@h/x"}, "http:/h/x"},
		{"a proof of possession", "Dpop", []string{"S3"}, "REDACTED"},
		{"a subprotocol of a WebSocket", "Sec-Websocket-Protocol", []string{"graphql-ws, bearer, S3, v1"}, "graphql-ws, bearer, REDACTED, v1"},
		{"one of Kubernetes", "Sec-Websocket-Protocol", []string{"v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.S3"}, "v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.REDACTED"},
		{"the name of a token", "Sec-Websocket-Protocol", []string{"access_token,S3"}, "access_token,REDACTED"},
		{"a quoted cookie", "Cookie", []string{`sid="a;S3=b"; c=d; e="f;S3`}, `sid=REDACTED; c=REDACTED; e=REDACTED`},
		{"an agent", "User-Agent", []string{"curl/8 token=S3 (X11; Linux x86_64)"}, "curl/8 token=REDACTED (X11; Linux x86_64)"},
		{"nothing to hide", "X-Request-Id", []string{"a:b;c=d", "e"}, "a:b;c=d, e"},
	} {
		for kind, put := range map[string]func(*http.Request){
			"Header":  func(r *http.Request) { r.Header[tt.name] = tt.values },
			"Trailer": func(r *http.Request) { r.Trailer = http.Header{tt.name: tt.values} },
		} {
			tracer := mocktracer.New()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			put(r)
			key := kind + "." + tt.name
			compat.NewTracing(tracer, &compat.TracingOptions{Attributes: []string{key}}).TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
			if got := onlySpan(t, tracer).Tag(key); got != tt.want {
				t.Errorf("%s: %s = %v, want %v", tt.explanation, key, got, tt.want)
			}
		}
	}
}

// TestNamedSecrets asks for values by names that hold secrets, beside ones that don't.
func TestNamedSecrets(t *testing.T) {
	names := []string{
		"Cookie.theme", "Cookie.session", "Cookie.absent_token", "FormValue.user", "FormValue.user[password]", "PostFormValue.pin", "PostFormValue.user",
		"PathValue.id", "PathValue.token", "URL.Query.page_token", "URL.Query.oauth_token",
	}
	want := map[string]any{
		"Cookie.theme": "dark", "Cookie.session": "REDACTED", "FormValue.user": "joe", "FormValue.user[password]": "REDACTED",
		"PostFormValue.pin": "REDACTED", "PostFormValue.user": "joe", "PathValue.id": "7", "PathValue.token": "REDACTED",
		"URL.Query.page_token": "3", "URL.Query.oauth_token": "REDACTED",
	}
	tracer := mocktracer.New()
	mux := http.NewServeMux()
	mux.HandleFunc("/reset/{id}/{token}", func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
	})
	r := httptest.NewRequest(http.MethodPost, "/reset/7/S3?page_token=3&oauth_token=S3", strings.NewReader("user=joe&user[password]=S3&pin=S3"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", "theme=dark; session=S3")
	compat.NewTracing(tracer, &compat.TracingOptions{Attributes: names}).TraceAll(mux).ServeHTTP(httptest.NewRecorder(), r)
	got := map[string]any{}
	for _, name := range names {
		if value := onlySpan(t, tracer).Tag(name); value != nil {
			got[name] = value
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

// urlAttributes are all that are made of a request's URL.
var urlAttributes = []string{
	"URL", "URL.Opaque", "URL.Host", "URL.Hostname", "URL.Path", "URL.RawPath", "URL.EscapedPath", "URL.RawQuery", "URL.RequestURI", "RequestURI", "Host",
	"Header.Host", "Header.Referer", "Referer", "url", "base_url", "url_root", "host_url", "path", "full_path", "query_string", "host", "referrer",
}

// TestTargetSecrets sends requests as a hostile or broken client does: what is S3
// mustn't be in any tag or name, under any convention.
func TestTargetSecrets(t *testing.T) {
	for _, tt := range []struct{ explanation, request, path, query string }{
		{"an absolute form", "GET http://u:S3@h/p?token=S3 HTTP/1.1", "/p", "token=REDACTED"},
		{"one in capitals", "GET HTTP://u:S3@h/p?token=S3 HTTP/1.1", "/p", "token=REDACTED"},
		{"an opaque one", "GET http:u:S3@h/p?token=S3 HTTP/1.1", "", "token=REDACTED"},
		{"two slashes", "GET //u:S3@h/p?a=1 HTTP/1.1", "//h/p", "a=1"},
		{"a slash and a backslash", "GET /\\u:S3@h?a=1 HTTP/1.1", "/\\h", "a=1"},
		{"JSON", "GET /x?q=%7B%22password%22:%22S3%22%7D HTTP/1.1", "/x", "q=%7B%22password%22:%22REDACTED%22%7D"},
		{"a semicolon in a value", "GET /x?token=a;b=S3 HTTP/1.1", "/x", "token=REDACTED"},
		{"an answer of OAuth in two parts", "GET /cb?state=1#code=S3 HTTP/1.1", "/cb", "state=1#code=REDACTED"},
		{"CONNECT", "CONNECT u:S3@h:443 HTTP/1.1", "", ""},
		{"CONNECT without a password", "CONNECT S3@h:443 HTTP/1.1", "", ""},
		{"a fragment", "GET /cb#access_token=S3/S3&b=1 HTTP/1.1", "/cb#access_token=REDACTED&b=1", ""},
		{"a fragment with a query", "GET /x#/cb?access_token=S3 HTTP/1.1", "/x#/cb", "access_token=REDACTED"},
		{"a fragment of an absolute form", "GET http://h/cb#access_token=S3/S3 HTTP/1.1", "/cb%23access_token=REDACTED", ""},
		{"a query and a fragment", "GET /cb?a=1#access_token=S3 HTTP/1.1", "/cb", "a=1#access_token=REDACTED"},
		{"a matrix parameter", "GET /a;jsessionid=S3/b;v=1 HTTP/1.1", "/a;jsessionid=REDACTED/b;v=1", ""},
		{"an encoded one", "GET /a%3Bjsessionid%3DS3/b HTTP/1.1", "/a%3Bjsessionid%3DREDACTED/b", ""},
		{"names in brackets", "GET /?user[password]=S3&token[]=S3 HTTP/1.1", "/", "user[password]=REDACTED&token[]=REDACTED"},
		{"encoded twice", "GET /?%2570assword=S3&token%00=S3 HTTP/1.1", "/", "%2570assword=REDACTED&token%00=REDACTED"},
		{"separators", "GET /?a=1;token=S3;b=2 HTTP/1.1", "/", "a=1;token=REDACTED;b=2"},
		{"a URL in the query", "GET /?next=https%3A%2F%2Fu%3AS3%40h%2F%3Ftoken%3DS3 HTTP/1.1", "/", "next=https%3A%2F%2FREDACTED%40h%2F%3Ftoken%3DREDACTED"},
	} {
		for _, conventions := range []compat.Conventions{compat.OpenTracing, compat.Semconv, compat.Both} {
			tracer := mocktracer.New()
			r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(tt.request + "\r\nHost: h\r\nReferer: u:S3@r/?token=S3\r\n\r\n")))
			if err != nil {
				t.Fatalf("%s: %v", tt.explanation, err)
			}
			tracing := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: conventions, Attributes: urlAttributes})
			tracing.TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
			span := onlySpan(t, tracer)
			if text := fmt.Sprint(span.OperationName, span.Tags()); strings.Contains(text, "S3") {
				t.Errorf("%s: %s", tt.explanation, text)
			}
			if conventions == compat.OpenTracing {
				continue
			}
			path, _ := span.Tag("url.path").(string)
			query, _ := span.Tag("url.query").(string)
			if path != tt.path || query != tt.query || span.Tag("server.address") != "h" {
				t.Errorf("%s: path %q, query %q, host %v; want %q, %q, h", tt.explanation, path, query, span.Tag("server.address"), tt.path, tt.query)
			}
		}
	}
}

// TestHostSecrets has user and password where only requests made by hand, and those
// of HTTP/2, can have them.
func TestHostSecrets(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/p", nil)
	r.Host, r.URL.Host = "u:S3@h:80", "u:S3@h:80"
	tracer := mocktracer.New()
	tracing := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: compat.Both, Attributes: urlAttributes})
	tracing.TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
	if tags := onlySpan(t, tracer).Tags(); strings.Contains(fmt.Sprint(tags), "S3") || tags["Host"] != "h:80" || tags["http.url"] != "http://h:80/p" {
		t.Errorf("server: %v", tags)
	}
	for _, u := range []*url.URL{
		{Scheme: "http", Opaque: "u:S3@h/p?token=S3"},
		{Scheme: "http", Host: "h", Opaque: "//u:S3@h/p?token=S3#access_token=S3"},
		{Scheme: "http", Host: "u:S3@h", Path: "/p"},
		{Scheme: "http", Host: "h", Path: "//u:S3@h/p"},
		{Scheme: "http", Host: "h", Path: "/\\u:S3@h/p"},
		{Scheme: "http://u:S3@h/?", Host: "h"},
		{Scheme: "http", User: url.User("S3"), Host: "[::1]:80", Path: "/p;jsessionid=S3"},
	} {
		tracer.Reset()
		_, _ = tracing.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, errBoom })). //nolint:bodyclose // there is none
																RoundTrip(&http.Request{Method: http.MethodGet, URL: u})
		if tags := onlySpan(t, tracer).Tags(); strings.Contains(fmt.Sprint(tags), "S3") {
			t.Errorf("client, %#v: %v", u, tags)
		}
	}
}

// TestHookEverywhere has a hook that hides what RedactURL doesn't know: it mustn't be
// in any tag.
func TestHookEverywhere(t *testing.T) {
	hook := func(u *url.URL) *url.URL {
		text := strings.ReplaceAll(u.String(), "S3", "hidden")
		clean, err := url.Parse(text)
		if err != nil {
			return nil
		}
		return clean
	}
	for _, target := range []string{"/a/S3?q=S3", "/a%2FS3/S3?q=S3", "http://S3.example/S3?q=S3"} {
		tracer := mocktracer.New()
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: S3.example\r\nReferer: http://S3/S3\r\n\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		tracing := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: compat.Both, Attributes: urlAttributes, RedactURL: hook})
		tracing.TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
		tags := onlySpan(t, tracer).Tags()
		if text := fmt.Sprint(tags); strings.Contains(text, "S3") {
			t.Errorf("%s: %s", target, text)
		}
		for _, key := range []string{"path", "Host", "host", "url.path", "server.address", "Referer"} {
			if value := fmt.Sprint(tags[key]); !strings.Contains(value, "hidden") {
				t.Errorf("%s: %s = %s, want what the hook has returned", target, key, value)
			}
		}

		tracer.Reset()
		failure := &url.Error{Op: "Get", URL: "http://S3.example/S3", Err: errBoom}
		_, err = tracing.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, failure })). //nolint:bodyclose // there is none
																RoundTrip(httptest.NewRequest(http.MethodGet, "http://S3.example/S3", nil))
		if !errors.Is(err, failure) {
			t.Errorf("the caller gets %v", err)
		}
		span := onlySpan(t, tracer)
		if text := fmt.Sprint(span.Tags(), span.Logs()); strings.Contains(text, "S3") || !strings.Contains(text, `Get \"http://hidden.example/hidden\": boom`) && !strings.Contains(text, `Get "http://hidden.example/hidden"`) {
			t.Errorf("%s", text)
		}
	}
}

// TestErrorSecrets has errors of outgoing requests, and panics, whose text holds a
// secret.
func TestErrorSecrets(t *testing.T) {
	proxy := errors.New("proxyconnect tcp: dial http://u:S3@proxy:3128: no route to host")
	for _, tt := range []struct {
		explanation string
		err         error
		want, typ   string
	}{
		{"an error of a client", &url.Error{Op: "Get", URL: "http://u:S3@h/?token=S3&a=1", Err: io.ErrUnexpectedEOF}, `Get "http://REDACTED@h/?token=REDACTED&a=1": unexpected EOF`, "net/url.Error"},
		{"a proxy's password", proxy, "proxyconnect tcp: dial http://REDACTED@proxy:3128: no route to host", "errors.errorString"},
		{"wrapped", fmt.Errorf("send: %w", proxy), "send: proxyconnect tcp: dial http://REDACTED@proxy:3128: no route to host", "fmt.wrapError"},
		{"a header", errors.New("bad Authorization: Token S3"), "bad Authorization: Token REDACTED", "errors.errorString"},
		{"nothing to hide", errBoom, errBoom.Error(), "errors.errorString"},
		{"a peer's text", errors.New(strings.Repeat("é", 1<<20)), strings.Repeat("é", (8<<10-3)/2) + "…", "errors.errorString"},
	} {
		body := io.NopCloser(io.MultiReader(strings.NewReader("x"), failing{tt.err}))
		for where, run := range map[string]func(*compat.Tracing){
			"transport": func(tracing *compat.Tracing) {
				_, err := tracing.Transport(roundTripper(func(*http.Request) (*http.Response, error) { return nil, tt.err })). //nolint:bodyclose // there is none
																		RoundTrip(httptest.NewRequest(http.MethodGet, "http://h/", nil))
				if err != tt.err { //nolint:errorlint // the very error
					t.Errorf("%s: the caller gets %v", tt.explanation, err)
				}
			},
			"body": func(tracing *compat.Tracing) {
				res, err := tracing.Transport(roundTripper(func(*http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: 200, Body: body}, nil
				})).RoundTrip(httptest.NewRequest(http.MethodGet, "http://h/", nil))
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				if _, err := io.ReadAll(res.Body); !errors.Is(err, tt.err) {
					t.Errorf("%s: the caller gets %v", tt.explanation, err)
				}
			},
			"panic": func(tracing *compat.Tracing) {
				defer func() {
					if value := recover(); value != tt.err {
						t.Errorf("%s: the panic goes on with %v", tt.explanation, value)
					}
				}()
				tracing.TraceAll(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(tt.err) })).
					ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
			},
		} {
			options := &compat.TracingOptions{Conventions: compat.Both}
			mock := mocktracer.New()
			run(compat.NewTracing(mock, options))
			logs := map[string]string{}
			for _, log := range onlySpan(t, mock).Logs() {
				for _, field := range log.Fields {
					logs[field.Key] = field.ValueString
				}
			}
			if logs["message"] != tt.want || logs["error.object"] != tt.want || onlySpan(t, mock).Tag("error.type") != tt.typ {
				t.Errorf("%s: %s: logs %.200v, error.type %v", tt.explanation, where, logs, onlySpan(t, mock).Tag("error.type"))
			}

			recorder := tracetest.NewSpanRecorder()
			provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
			run(compat.NewTracing(compat.NewTracer(provider, nil), options))
			events := recorder.Ended()[0].Events()
			if len(events) != 1 || events[0].Name != "exception" {
				t.Fatalf("%s: %s: events %v", tt.explanation, where, events)
			}
			set := attribute.NewSet(events[0].Attributes...)
			message, _ := set.Value("exception.message")
			typ, _ := set.Value("exception.type")
			if message.AsString() != tt.want || strings.TrimPrefix(typ.AsString(), "*") != strings.Replace(tt.typ, "net/", "", 1) {
				t.Errorf("%s: %s: exception %.200s of type %s", tt.explanation, where, message.AsString(), typ.AsString())
			}
		}
	}
}

// failing is a body that breaks off.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestNamesOfStrangers sends what would be a name, or a route, of the client's choice.
func TestNamesOfStrangers(t *testing.T) {
	for _, tt := range []struct {
		explanation, method, target string
		name, route                 string
	}{
		{"a redirected CONNECT", http.MethodConnect, "/a/S3", "CONNECT", ""},
		{"one that isn't cleaned", http.MethodConnect, "/a/x/../S3", "CONNECT /a/{id}/", "/a/{id}/"},
		{"a CONNECT with a route", http.MethodConnect, "/a/S3/", "CONNECT /a/{id}/", "/a/{id}/"},
		{"a CONNECT to the root", http.MethodConnect, "/", "CONNECT /", "/"},
		{"a redirected GET", http.MethodGet, "/a/S3", "GET /a/{id}/", "/a/{id}/"},
		{"a method of its own", "S3", "/a/x/", "HTTP /a/{id}/", "/a/{id}/"},
		{"one in small letters", "get", "/", "HTTP /", "/"},
	} {
		for _, conventions := range []compat.Conventions{compat.OpenTracing, compat.Semconv, compat.Both} {
			for _, nested := range []bool{false, true} {
				tracer := mocktracer.New()
				mux := http.NewServeMux()
				mux.Handle("/a/{id}/", answer(200))
				mux.Handle("/{$}", answer(200))
				tracing := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: conventions, Attributes: []string{"Pattern", "endpoint", "url_rule"}})
				handler := tracing.TraceAll(mux)
				if nested {
					handler = tracing.TraceAll(http.HandlerFunc(mux.ServeHTTP)) // it isn't known to be a mux
				}
				r := httptest.NewRequest(http.MethodGet, tt.target, nil)
				r.Method = tt.method
				handler.ServeHTTP(httptest.NewRecorder(), r)
				span := onlySpan(t, tracer)
				name := strings.ReplaceAll(span.OperationName, "{$}", "")
				if name != tt.name {
					t.Errorf("%s: name %q, want %q", tt.explanation, span.OperationName, tt.name)
				}
				if route, _ := span.Tag("http.route").(string); conventions != compat.OpenTracing && strings.ReplaceAll(route, "{$}", "") != tt.route {
					t.Errorf("%s: http.route %v, want %v", tt.explanation, span.Tag("http.route"), tt.route)
				}
				for _, key := range []string{"http.route", "Pattern", "endpoint", "url_rule"} {
					if value := fmt.Sprint(span.Tag(key)); strings.Contains(value, "S3") {
						t.Errorf("%s: %s = %s", tt.explanation, key, value)
					}
				}
				if strings.Contains(span.OperationName, "S3") {
					t.Errorf("%s: name %q", tt.explanation, span.OperationName)
				}
			}
		}
	}
}

// TestLongTexts sends texts that are too long, and no UTF-8.
func TestLongTexts(t *testing.T) {
	long := strings.Repeat("é", 1<<19) + "\xff"
	for _, own := range []bool{false, true} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Method = strings.Repeat("M", 1<<20)
		r.RequestURI = "/" + long + "?q=" + long
		r.Host = strings.Repeat("h", 1<<20)
		r.RemoteAddr = long
		for _, name := range []string{"Referer", "User-Agent", "X-Forwarded-For", "X-Note", "Content-Type", "Cookie"} {
			r.Header.Set(name, "c="+long)
		}
		options := &compat.TracingOptions{Conventions: compat.Both, Attributes: append([]string{"Method", "RemoteAddr", "UserAgent", "content_type", "Header.X-Note", "Cookie.c", "Header.Cookie"}, urlAttributes...)}
		var tags map[string]any
		if own {
			recorder := tracetest.NewSpanRecorder()
			provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorder))
			compat.NewTracing(compat.NewTracer(provider, nil), options).TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
			tags = map[string]any{"name": recorder.Ended()[0].Name()}
			for _, kv := range recorder.Ended()[0].Attributes() {
				tags[string(kv.Key)] = kv.Value.AsInterface()
			}
		} else {
			tracer := mocktracer.New()
			compat.NewTracing(tracer, options).TraceAll(answer(200)).ServeHTTP(httptest.NewRecorder(), r)
			tags = onlySpan(t, tracer).Tags()
		}
		cut := 0
		for key, value := range tags {
			text := fmt.Sprint(value)
			if len(text) > 8<<10+3 || !utf8.ValidString(text) {
				t.Errorf("%s has %d bytes, valid UTF-8: %t", key, len(text), utf8.ValidString(text))
			}
			if strings.HasSuffix(text, "…") {
				cut++
			}
		}
		if cut < 10 {
			t.Errorf("%d of %d tags are cut", cut, len(tags))
		}
	}
}
