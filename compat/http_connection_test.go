// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go/mocktracer"

	"github.com/ot2otel/ot2otel/compat"
)

// protocols are the ways in which requests arrive.
var protocols = []struct {
	name, scheme, version string
	start                 func(*httptest.Server)
}{
	{"HTTP/1.1", "http", "1.1", (*httptest.Server).Start},
	{"HTTP/2", "https", "2", func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	}},
	{"h2c", "http", "2", func(s *httptest.Server) {
		s.Config.Protocols = new(http.Protocols)
		s.Config.Protocols.SetUnencryptedHTTP2(true)
		s.Start()
		transport := &http.Transport{Protocols: new(http.Protocols)}
		transport.Protocols.SetUnencryptedHTTP2(true)
		s.Client().Transport = transport
	}},
}

// connection is a server that traces, on loopback.
type connection struct {
	*httptest.Server
	tracer  *mocktracer.MockTracer
	pending sync.WaitGroup
}

// connect starts a server with the traced handler h.
func connect(t *testing.T, opts *compat.TracingOptions, start func(*httptest.Server), h http.Handler) *connection {
	t.Helper()
	c := &connection{tracer: mocktracer.New()}
	traced := compat.NewTracing(c.tracer, opts).TraceAll(h)
	c.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.pending.Add(1)
		defer c.pending.Done()
		traced.ServeHTTP(w, r)
	}))
	c.Config.ErrorLog = discardLog
	start(c.Server)
	t.Cleanup(c.Close)
	t.Cleanup(c.Client().CloseIdleConnections)
	return c
}

// span returns the span of the one request that was served.
func (c *connection) span(t *testing.T) *mocktracer.MockSpan {
	t.Helper()
	c.pending.Wait()
	return onlySpan(t, c.tracer)
}

// reply is a response that was read to its end.
type reply struct {
	status  int
	trailer http.Header
	body    string
}

// get sends a request.
func (c *connection) get(ctx context.Context, t *testing.T) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Trailer, string(body)}
}

func TestProtocols(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			c := connect(t, &compat.TracingOptions{Conventions: compat.Both}, p.start, http.HandlerFunc(
				func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }))
			if got := c.get(context.Background(), t).body; got != "hello" {
				t.Errorf("body %q", got)
			}
			got := c.span(t).Tags()
			for key, want := range map[string]any{
				"http.url":                 c.URL + "/",
				"http.status_code":         uint16(200),
				"url.scheme":               p.scheme,
				"network.protocol.version": p.version,
				"http.response.body.size":  5,
			} {
				if got[key] != want {
					t.Errorf("%s = %v, want %v", key, got[key], want)
				}
			}
		})
	}
}

// optionalInterfaces names what a response writer can do.
func optionalInterfaces(w http.ResponseWriter) map[string]bool {
	can := map[string]bool{}
	_, can["Flusher"] = w.(http.Flusher)
	_, can["FlushError"] = w.(interface{ FlushError() error })
	_, can["Hijacker"] = w.(http.Hijacker)
	_, can["Pusher"] = w.(http.Pusher)
	_, can["ReaderFrom"] = w.(io.ReaderFrom)
	_, can["StringWriter"] = w.(io.StringWriter)
	_, can["CloseNotifier"] = w.(interface{ CloseNotify() <-chan bool })
	_, can["SetReadDeadline"] = w.(interface{ SetReadDeadline(time.Time) error })
	_, can["SetWriteDeadline"] = w.(interface{ SetWriteDeadline(time.Time) error })
	_, can["EnableFullDuplex"] = w.(interface{ EnableFullDuplex() error })
	return can
}

func TestOptionalInterfacesAreKept(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			var bare, traced map[string]bool
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				bare = optionalInterfaces(w)
				compat.NewTracing(mocktracer.New(), nil).TraceAll(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					traced = optionalInterfaces(w)
					control := http.NewResponseController(w)
					for name, err := range map[string]error{
						"SetReadDeadline":  control.SetReadDeadline(time.Now().Add(time.Minute)),
						"SetWriteDeadline": control.SetWriteDeadline(time.Now().Add(time.Minute)),
						"EnableFullDuplex": control.EnableFullDuplex(),
						"Flush":            control.Flush(),
					} {
						if err != nil {
							t.Errorf("http.ResponseController.%s: %v", name, err)
						}
					}
				})).ServeHTTP(w, r)
			}))
			p.start(server)
			defer server.Close()
			res, err := server.Client().Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			readAll(t, res) // not closed before its end: that would end the stream under the handler
			server.Client().CloseIdleConnections()
			if diff := cmp.Diff(bare, traced); diff != "" {
				t.Errorf("interfaces (-bare +traced):\n%s", diff)
			}
		})
	}
}

func TestInformationalResponses(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			c := connect(t, nil, p.start, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Link", "</style.css>; rel=preload")
				w.WriteHeader(http.StatusEarlyHints)
				w.WriteHeader(http.StatusOK)
				w.WriteHeader(http.StatusInternalServerError) // superfluous: the server ignores it
			}))
			var hints []int
			ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
				Got1xxResponse: func(code int, _ textproto.MIMEHeader) error { hints = append(hints, code); return nil },
			})
			res := c.get(ctx, t)
			if res.status != http.StatusOK || len(hints) != 1 || hints[0] != 103 {
				t.Errorf("the client got %v and %d, want 103 and 200", hints, res.status)
			}
			span := c.span(t)
			if got := span.Tag("http.status_code"); got != uint16(200) || span.Tag("error") != nil {
				t.Errorf("tags = %v, want the first final status, 200", span.Tags())
			}
		})
	}
}

func TestServerSentEvents(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			more := make(chan struct{})
			c := connect(t, &compat.TracingOptions{Conventions: compat.Semconv}, p.start, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				for i := range 3 {
					fmt.Fprintf(w, "data: %d\n", i)
					w.(http.Flusher).Flush()
					<-more
				}
			}))
			res, err := c.Client().Get(c.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			lines := bufio.NewScanner(res.Body)
			for i := range 3 {
				// Each event is here before the next is written: it was flushed.
				if want := fmt.Sprintf("data: %d", i); !lines.Scan() || lines.Text() != want {
					t.Errorf("read %q, %v, want %q", lines.Text(), lines.Err(), want)
				}
				if n := len(c.tracer.FinishedSpans()); n != 0 {
					t.Errorf("the span has ended after event %d", i)
				}
				more <- struct{}{}
			}
			if lines.Scan() {
				t.Errorf("read %q after the last event", lines.Text())
			}
			span := c.span(t)
			if span.Tag("http.response.status_code") != 200 || span.Tag("http.response.body.size") != 24 {
				t.Errorf("tags = %v, want the status 200 and 24 bytes", span.Tags())
			}
		})
	}
}

func TestHijackWithoutUpgrade(t *testing.T) {
	c := connect(t, nil, (*httptest.Server).Start, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		if _, ok := conn.(*net.TCPConn); !ok {
			t.Errorf("the connection is a %T, want the server's own", conn)
		}
		if _, err := w.Write([]byte("lost")); err == nil {
			t.Error("a write after Hijack gave no error")
		}
		fmt.Fprint(buffered, "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n")
		if err := buffered.Flush(); err != nil {
			t.Error(err)
		}
	}))
	if got := c.get(context.Background(), t).status; got != http.StatusTeapot {
		t.Errorf("status %d, want what the handler wrote to the connection", got)
	}
	if got := c.span(t).Tag("http.status_code"); got != nil {
		t.Errorf("http.status_code = %v, want none: it was written past the server", got)
	}
}

func TestCopiedBodies(t *testing.T) {
	content := strings.Repeat("0123456789", 100_000)
	path := t.TempDir() + "/content"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range protocols {
		for _, tc := range []struct {
			name  string
			write func(http.ResponseWriter, *http.Request) error
		}{
			{"io.Copy", func(w http.ResponseWriter, _ *http.Request) error {
				_, err := io.Copy(w, struct{ io.Reader }{strings.NewReader(content)})
				return err
			}},
			{"io.WriteString", func(w http.ResponseWriter, _ *http.Request) error {
				_, err := io.WriteString(w, content)
				return err
			}},
			{"http.ServeFile", func(w http.ResponseWriter, r *http.Request) error {
				http.ServeFile(w, r, path)
				return nil
			}},
		} {
			t.Run(p.name+"/"+tc.name, func(t *testing.T) {
				c := connect(t, &compat.TracingOptions{Conventions: compat.Semconv}, p.start, http.HandlerFunc(
					func(w http.ResponseWriter, r *http.Request) {
						if err := tc.write(w, r); err != nil {
							t.Error(err)
						}
					}))
				if got := c.get(context.Background(), t).body; got != content {
					t.Errorf("%d bytes arrived that aren't the content", len(got))
				}
				if got := c.span(t).Tag("http.response.body.size"); got != len(content) {
					t.Errorf("http.response.body.size = %v, want %d", got, len(content))
				}
			})
		}
	}
}
