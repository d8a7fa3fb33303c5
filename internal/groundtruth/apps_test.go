// SPDX-License-Identifier: Apache-2.0

package groundtruth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"

	"github.com/ot2otel/ot2otel/compat"
)

// optionsOf returns the options of the case's application.
func optionsOf(c *recordedCase) *compat.TracingOptions {
	switch {
	case c.key() == "attributes (trace-all) | attribute 'json' on a non-JSON request (hasattr raises BadRequest)":
		return &compat.TracingOptions{Attributes: []string{"json"}}
	case c.key() == "attributes (trace-all) | attribute with a plain name next to http.method":
		return &compat.TracingOptions{Attributes: []string{"method"}}
	case c.Group == "attributes (trace-all)":
		return &compat.TracingOptions{Attributes: flaskAttributes}
	case c.key() == "start_span_cb | sets tags and the name":
		return &compat.TracingOptions{OnStart: func(span opentracing.Span, r *http.Request) {
			span.SetOperationName(r.Method + " " + r.URL.Path)
			ext.Component.Set(span, "not-flask")
			span.SetTag("mytag", "myvalue")
		}}
	case c.key() == "start_span_cb | raises (swallowed)":
		return &compat.TracingOptions{OnStart: func(span opentracing.Span, _ *http.Request) {
			span.SetTag("before", 1)
			panic("intentional")
		}}
	}
	return nil
}

// flaskAttributes are the attributes of Flask's request that the recorded
// application asked for, in its order.
var flaskAttributes = []string{
	"url", "base_url", "url_root", "host_url", "path", "full_path", "url_rule", "view_args", "endpoint", "blueprint",
	"method", "args", "form", "values", "data", "query_string", "cookies", "host", "remote_addr", "scheme", "is_secure",
	"is_json", "mimetype", "content_type", "content_length", "user_agent", "referrer", "accept_languages",
	"authorization", "access_route", "max_content_length", "date", "if_match", "range", "remote_user",
	"routing_exception", "get_data",
}

// unknownAttributes are those of them that an http.Request has no counterpart of.
var unknownAttributes = []string{
	"view_args", "blueprint", "args", "form", "values", "data", "cookies", "accept_languages", "authorization",
	"access_route", "max_content_length", "date", "if_match", "range", "remote_user", "routing_exception", "get_data",
}

// errHandled is the error that the applications have an answer for.
var errHandled = errors.New("handled")

// view is a Flask view: OPTIONS is answered without calling it, and where the
// application doesn't let them through, panics become responses.
func view(next http.Handler, propagate bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			w.Header().Set("Allow", "GET, HEAD, OPTIONS, POST")
			return
		}
		defer func() {
			switch p := recover(); {
			case p == nil:
			case p == errHandled: //nolint:errorlint // the very value
				answer(w, http.StatusTeapot, "handled")
			case propagate:
				panic(p)
			default:
				http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s) }
}

func answer(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	fmt.Fprint(w, body)
}

func created(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusCreated, "made") }

func fails(http.ResponseWriter, *http.Request) { panic(errors.New("Intentional testing exception")) }

// traceAllApp traces every request.
func traceAllApp(tw *twin, propagate bool) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, h http.HandlerFunc) {
		mux.Handle(pattern, view(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			tw.see(r)
			h(w, r)
		}), propagate))
	}
	handle("/test", text("Success"))
	handle("/tuple", created)
	handle("/json", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(map[string]int{"a": 1}) })
	handle("/user/{name}/{n}", func(w http.ResponseWriter, r *http.Request) {
		if _, err := strconv.Atoi(r.PathValue("n")); err != nil {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, r.PathValue("name"))
	})
	handle("/slash/", text("slash"))
	handle("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/test", http.StatusFound) })
	handle("/error", fails)
	handle("/handled", func(http.ResponseWriter, *http.Request) { panic(errHandled) })
	handle("/get_span", func(w http.ResponseWriter, r *http.Request) {
		span := tw.tracing.GetSpan(r)
		span.SetOperationName("renamed")
		span.SetTag("same", span == tw.tracing.GetSpan(r))
		span.SetTag("active", span == opentracing.SpanFromContext(r.Context()))
		span.SetBaggageItem("who", "me")
		span.LogKV("event", "hello", "n", 3)
		fmt.Fprint(w, "ok")
	})
	handle("/decorated", tw.tracing.Trace(text("ok")).ServeHTTP)
	handle("/together", func(w http.ResponseWriter, r *http.Request) {
		if tw.arrived.Add(1) == atOnce {
			close(tw.together)
		}
		select {
		case <-tw.together:
			fmt.Fprint(w, tw.tracing.GetSpan(r) != nil)
		case <-r.Context().Done():
		}
	})
	admin := http.NewServeMux()
	admin.Handle("/admin/x", view(text("x"), propagate))
	mux.Handle("/admin/", admin)

	traced := tw.tracing.TraceAll(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stop" { // the earlier before_request
			answer(w, http.StatusUnauthorized, "stopped")
			return
		}
		traced.ServeHTTP(w, r)
	})
}

// selectedApp traces the views that are decorated.
func selectedApp(tw *twin) http.Handler {
	mux := http.NewServeMux()
	handle := func(path string, h http.HandlerFunc, attributes ...string) {
		mux.Handle(path, view(tw.tracing.Trace(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			tw.see(r)
			h(w, r)
		}), attributes...), false))
	}
	mux.HandleFunc("/untraced", func(w http.ResponseWriter, r *http.Request) {
		if tw.tracing.GetSpan(r) == nil {
			fmt.Fprint(w, "None")
		}
	})
	handle("/simple", text("ok"))
	handle("/str", text("ok"))
	handle("/tuple", created)
	handle("/resp201", created)
	handle("/attrs", text("ok"), "url", "url_rule", "query_string")
	handle("/error", fails)
	handle("/child", func(w http.ResponseWriter, r *http.Request) {
		span, _ := opentracing.StartSpanFromContextWithTracer(r.Context(), tw.tracing.Tracer(), "child")
		defer span.Finish()
		fmt.Fprint(w, "ok")
	})
	handle("/childerr", func(_ http.ResponseWriter, r *http.Request) {
		span, _ := opentracing.StartSpanFromContextWithTracer(r.Context(), tw.tracing.Tracer(), "child")
		defer finishFailed(span)
		panic(errors.New("in the child"))
	})
	handle("/inject", func(w http.ResponseWriter, r *http.Request) {
		header := make(http.Header)
		if err := tw.tracing.Inject(r.Context(), header); err != nil {
			panic(err)
		}
		injected := make(map[string]string)
		for key := range header {
			injected[key] = header.Get(key)
		}
		_ = json.NewEncoder(w).Encode(injected)
	})
	return mux
}

// finishFailed is what Python's `with span` does when an exception leaves it. It is
// deferred.
func finishFailed(span opentracing.Span) {
	p := recover()
	err, _ := p.(error)
	ext.Error.Set(span, true)
	span.LogFields(
		otlog.String("event", "error"),
		otlog.String("message", err.Error()),
		otlog.Error(err),
		otlog.String("error.kind", fmt.Sprintf("%T", err)),
		otlog.String("stack", string(debug.Stack())),
	)
	span.Finish()
	panic(p)
}

// frontApp calls another server while it handles a request.
func frontApp(tw *twin, client *http.Client, back string) http.Handler {
	call := func(w http.ResponseWriter, r *http.Request) {
		req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, back+"/back", nil)
		if err != nil {
			panic(err)
		}
		req.Host = recordedHost
		if err := tw.tracing.Inject(r.Context(), req.Header); err != nil {
			panic(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			panic(err)
		}
		defer resp.Body.Close()
		fmt.Fprint(w, resp.StatusCode)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/wire", call)
	mux.HandleFunc("/wire-child", func(w http.ResponseWriter, r *http.Request) {
		span, ctx := opentracing.StartSpanFromContextWithTracer(r.Context(), tw.tracing.Tracer(), "client call", ext.SpanKindRPCClient)
		defer span.Finish()
		call(w, r.WithContext(ctx))
	})
	return tw.tracing.TraceAll(mux)
}
