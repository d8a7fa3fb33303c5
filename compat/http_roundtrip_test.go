// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

// startOn starts a server for one of the protocols, whose client speaks it.
func startOn(t *testing.T, start func(*httptest.Server), h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = discardLog
	start(server)
	t.Cleanup(server.Close)
	t.Cleanup(server.Client().CloseIdleConnections)
	return server
}

func TestTransportProtocols(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			var got http.Header
			server := startOn(t, p.start, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Trailer", "X-Checksum")
				w.WriteHeader(http.StatusEarlyHints)
				if _, err := io.Copy(w, r.Body); err != nil {
					t.Error(err)
				}
				got = r.Trailer
				w.Header().Set("X-Checksum", "7")
			}))
			tracer := mocktracer.New()
			tracing := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: compat.Semconv})
			// The type hides the length, so that the body is sent in chunks and may have a trailer.
			req, err := http.NewRequest(http.MethodPost, server.URL, struct{ io.Reader }{strings.NewReader("hello")})
			if err != nil {
				t.Fatal(err)
			}
			req.Trailer = http.Header{"X-Sum": {"5"}}
			res, err := (&http.Client{Transport: tracing.Transport(server.Client().Transport)}).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if body := readAll(t, res); body != "hello" {
				t.Errorf("body %q", body)
			}
			if diff := cmp.Diff(http.Header{"X-Checksum": {"7"}}, res.Trailer); diff != "" {
				t.Errorf("trailers of the response (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(http.Header{"X-Sum": {"5"}}, got); diff != "" {
				t.Errorf("trailers of the request (-want +got):\n%s", diff)
			}
			tags := onlySpan(t, tracer).Tags()
			for key, want := range map[string]any{
				"http.response.status_code": 200,
				"network.protocol.version":  p.version,
				"http.response.body.size":   5,
			} {
				if tags[key] != want {
					t.Errorf("%s = %v, want %v", key, tags[key], want)
				}
			}
		})
	}
}

// TestTransportGivesUpInTheBody has the headers of a response arrive, and then no
// more than a part of its body.
func TestTransportGivesUpInTheBody(t *testing.T) {
	for _, p := range protocols {
		for _, tc := range []struct {
			name string
			// read reads the response to an error.
			read   func(res *http.Response, cancel context.CancelFunc) error
			client http.Client
			want   error // nil: Close isn't an error
		}{
			{"canceled", func(res *http.Response, cancel context.CancelFunc) error {
				cancel()
				_, err := io.ReadAll(res.Body)
				return err
			}, http.Client{}, context.Canceled},
			{"http.Client.Timeout", func(res *http.Response, _ context.CancelFunc) error {
				_, err := io.ReadAll(res.Body)
				return err
			}, http.Client{Timeout: 500 * time.Millisecond}, context.DeadlineExceeded},
			{"closed", func(res *http.Response, _ context.CancelFunc) error {
				return res.Body.Close()
			}, http.Client{}, nil},
		} {
			t.Run(p.name+"/"+tc.name, func(t *testing.T) {
				server := startOn(t, p.start, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					fmt.Fprint(w, "half")
					w.(http.Flusher).Flush()
					<-r.Context().Done()
				}))
				tracer := mocktracer.New()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				tc.client.Transport = compat.NewTracing(tracer, nil).Transport(server.Client().Transport)
				res, err := tc.client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				if err := tc.read(res, cancel); !errors.Is(err, tc.want) {
					t.Errorf("error %v, want %v", err, tc.want)
				}
				res.Body.Close()
				span := onlySpan(t, tracer)
				if failed := span.Tag("error") == true; failed != (tc.want != nil) || len(span.Logs()) > 0 != failed {
					t.Errorf("tags %v, logs %v, want the error of the body, if any", span.Tags(), logsOf(span))
				}
			})
		}
	}
}

// TestTransportLeavesTheRequestAlone compares the caller's request before and after.
func TestTransportLeavesTheRequestAlone(t *testing.T) {
	backend := serve(t, answer(200))
	for _, url := range []string{backend.URL, strings.Replace(backend.URL, "://", "://user:secret@", 1)} {
		req, err := http.NewRequest(http.MethodPost, url, strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Mine", "1")
		req.Trailer = http.Header{"X-Sum": nil}
		given := req.Clone(req.Context())
		fields := *req
		res, err := compat.NewTracing(mocktracer.New(), nil).Transport(nil).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if req.URL != fields.URL || req.Body != fields.Body || req.Context() != fields.Context() {
			t.Error("the request's URL, body or context was replaced")
		}
		for what, diff := range map[string]string{
			"URL":     cmp.Diff(given.URL.String(), req.URL.String()),
			"headers": cmp.Diff(given.Header, req.Header),
			"trailer": cmp.Diff(given.Trailer, req.Trailer),
		} {
			if diff != "" {
				t.Errorf("%s (-before +after):\n%s", what, diff)
			}
		}
	}
}

func TestTransportWithoutABody(t *testing.T) {
	for _, p := range protocols {
		server := startOn(t, p.start, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/204":
				w.WriteHeader(http.StatusNoContent)
			case "/304":
				w.WriteHeader(http.StatusNotModified)
			case "/long":
				w.Header().Set("Content-Length", "100")
			}
		}))
		for _, tc := range []struct{ name, method, path string }{
			{"no content", http.MethodGet, "/204"},
			{"not modified", http.MethodGet, "/304"},
			{"empty", http.MethodGet, "/"},
			{"HEAD", http.MethodHead, "/long"},
		} {
			t.Run(p.name+"/"+tc.name, func(t *testing.T) {
				tracer := mocktracer.New()
				req, err := http.NewRequest(tc.method, server.URL+tc.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				res, err := compat.NewTracing(tracer, nil).Transport(server.Client().Transport).RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				onlySpan(t, tracer) // it has ended before Close, which many callers forget here
				res.Body.Close()
				onlySpan(t, tracer)
			})
		}
	}
}

func TestTransportSizeOfACompressedBody(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			server := startOn(t, p.start, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				compressed := gzip.NewWriter(w)
				fmt.Fprint(compressed, strings.Repeat("a", 10_000))
				if err := compressed.Close(); err != nil {
					t.Error(err)
				}
			}))
			tracer := mocktracer.New()
			tracing := compat.NewTracing(tracer, &compat.TracingOptions{Conventions: compat.Semconv})
			res, err := (&http.Client{Transport: tracing.Transport(server.Client().Transport)}).Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			if body := readAll(t, res); len(body) != 10_000 {
				t.Errorf("%d bytes arrived", len(body))
			}
			// The attribute is the size on the wire, and net/http doesn't tell it.
			if size := onlySpan(t, tracer).Tag("http.response.body.size"); size != nil {
				t.Errorf("http.response.body.size = %v, want none", size)
			}
		})
	}
}
