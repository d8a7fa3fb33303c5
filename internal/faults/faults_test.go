// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/ot2otel/ot2otel/internal/document"
)

var update = flag.Bool("update", false, "write what the tests find out into docs/faults.md")

func TestMain(m *testing.M) {
	if os.Getenv("FAULTS_CHILD") != "" {
		flag.Parse()
		os.Exit(m.Run()) // the leaks of a process that is killed don't matter
	}
	goleak.VerifyTestMain(m)
}

// fault is a row of the table.
type fault struct {
	name string
	run  func(*world)
	// silent says why nobody tells of what is lost; "": it has to be told.
	silent string
}

var faults = []fault{
	{"nothing", func(w *world) { w.script() }, ""},
	{"endpoint down at start", func(w *world) {
		w.endpoint = deadURL(w.T)
		w.script()
	}, ""},
	{"endpoint down at start, gRPC", func(w *world) {
		w.endpoint, w.grpc = deadURL(w.T), true
		w.timeout = shortTimeout
		w.script()
	}, ""},
	{"down later", func(w *world) {
		w.start()
		w.end(8)
		w.flush()
		w.receiver.stop()
		w.end(8)
		w.shutdown(context.Background())
	}, ""},
	{"down, and back again", func(w *world) {
		w.receiver.answer = func(request int, rw http.ResponseWriter, _ *http.Request) (int64, string, bool) {
			return 0, "", hangUp(rw)
		}
		w.start()
		w.end(3)
		w.flush()
		w.receiver.mu.Lock()
		w.receiver.answer = nil
		w.receiver.mu.Unlock()
		w.end(8)
		w.shutdown(context.Background())
	}, ""},
	{"a connection breaks once", func(w *world) {
		w.receiver.answer = func(request int, rw http.ResponseWriter, _ *http.Request) (int64, string, bool) {
			return 0, "", request == 1 && hangUp(rw)
		}
		w.start()
		w.end(3)
		w.flush()
		w.shutdown(context.Background())
	}, ""},
	{"slow, within its timeout", func(w *world) {
		w.receiver.answer = func(_ int, _ http.ResponseWriter, r *http.Request) (int64, string, bool) {
			timer := time.NewTimer(20 * time.Millisecond)
			defer timer.Stop()
			<-timer.C
			return 0, "", false
		}
		w.script()
	}, ""},
	{"never answers", func(w *world) {
		w.timeout = shortTimeout
		w.receiver.answer = w.receiver.hangs
		w.script()
	}, ""},
	{"400", func(w *world) {
		w.receiver.answer = says(http.StatusBadRequest, "no")
		w.script()
	}, ""},
	{"401 for one batch of four", func(w *world) {
		w.receiver.answer = func(request int, rw http.ResponseWriter, r *http.Request) (int64, string, bool) {
			if request == 1 {
				return says(http.StatusUnauthorized, "no")(request, rw, r)
			}
			return 0, "", false
		}
		w.script()
	}, ""},
	{"Unauthenticated, gRPC", func(w *world) {
		w.receiver.refuse, w.grpc = status.Error(codes.Unauthenticated, "no"), true
		w.receiver.serveGRPC(w.T)
		w.script()
	}, ""},
	{"Unavailable once, gRPC", func(w *world) {
		w.receiver.refuse, w.receiver.first, w.grpc = status.Error(codes.Unavailable, "quota exceeded"), true, true
		w.receiver.serveGRPC(w.T)
		w.start()
		w.end(3)
		w.flush()
		w.shutdown(context.Background())
	}, ""},
	{"503 once, with Retry-After: 1", func(w *world) {
		w.receiver.answer = func(request int, rw http.ResponseWriter, r *http.Request) (int64, string, bool) {
			if request == 1 {
				return says(http.StatusServiceUnavailable, "quota exceeded", "Retry-After", "1")(request, rw, r)
			}
			return 0, "", false
		}
		w.start()
		w.end(3)
		w.flush()
		w.shutdown(context.Background())
	}, ""},
	{"503 to the end, with Retry-After: 3600", func(w *world) {
		w.receiver.answer = says(http.StatusServiceUnavailable, "quota exceeded", "Retry-After", "3600")
		w.script()
	}, ""},
	{"partial success: one span of each batch is rejected", func(w *world) {
		w.receiver.answer = func(int, http.ResponseWriter, *http.Request) (int64, string, bool) {
			return 1, "no more than 4 attributes", false
		}
		w.script()
	}, ""},
	{"partial success: none is rejected, with a message", func(w *world) {
		w.receiver.answer = func(int, http.ResponseWriter, *http.Request) (int64, string, bool) { return 0, "try fewer", false }
		w.script()
	}, ""},
	{"TLS: a certificate of an unknown authority", func(w *world) {
		w.receiver.serveHTTP(w.T, true)
		w.script()
	}, ""},
	{"TLS to an endpoint without", func(w *world) {
		w.receiver.serveHTTP(w.T, false)
		w.endpoint = strings.Replace(w.receiver.url, "http://", "https://", 1)
		w.script()
	}, ""},
	{"full queue", func(w *world) {
		w.receiver.answer = w.receiver.hangs
		w.batch = []sdktrace.BatchSpanProcessorOption{sdktrace.WithMaxQueueSize(10)}
		w.start()
		w.end(5)
		w.awaitRequests(1) // and the queue is empty
		w.end(30)
		close(w.receiver.release)
		w.shutdown(context.Background())
	}, ""},
	{"invalid text in one span", func(w *world) {
		w.start()
		w.end(4)
		w.end(1, trace.WithAttributes(attribute.String("user", "caf\xe9")))
		w.flush()
		w.end(3)
		w.shutdown(context.Background())
	}, ""},
	{"Shutdown without a deadline, never answers", func(w *world) {
		w.timeout = shortTimeout
		w.receiver.answer = w.receiver.hangs
		w.start()
		w.end(18)
		w.shutdown(context.Background())
	}, ""},
	{"Shutdown with a deadline, never answers", func(w *world) {
		w.receiver.answer = w.receiver.hangs
		w.start()
		w.end(18)
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		w.shutdown(ctx)
	}, ""},
	{"a second Shutdown", func(w *world) {
		w.start()
		w.end(8)
		if err := w.provider.Shutdown(context.Background()); err != nil {
			w.Errorf("the first Shutdown = %v", err)
		}
		w.shutdown(context.Background())
	}, ""},
	{"spans after Shutdown", func(w *world) {
		w.start()
		w.end(8)
		w.shutdown(context.Background())
		w.end(3)
	}, "the SDK's tracer provider starts no spans any more"},
	{"SIGTERM, with the handler of the examples", func(w *world) { w.killed("handled") }, ""},
	{"SIGTERM, without a handler", func(w *world) { w.killed("unhandled") }, "the process is gone"},
	{"OTEL_SDK_DISABLED=true", func(w *world) {
		w.Setenv("OTEL_SDK_DISABLED", "true")
		w.start()
		w.end(8)
		w.shutdown(context.Background())
	}, "that is what the variable is for"},
}

// hangUp closes the connection of a request.
func hangUp(w http.ResponseWriter) bool {
	if hijacker, ok := w.(http.Hijacker); ok {
		if conn, _, err := hijacker.Hijack(); err == nil {
			conn.Close()
		}
	}
	return true
}

// awaitRequests waits until the receiver has seen n requests.
func (w *world) awaitRequests(n int) {
	w.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		w.receiver.mu.Lock()
		seen := w.receiver.requests
		w.receiver.mu.Unlock()
		if seen >= n {
			return
		}
		if time.Now().After(deadline) {
			w.Fatalf("%d of %d requests came", seen, n)
		}
		timer := time.NewTimer(time.Millisecond)
		<-timer.C
	}
}

// killed runs a process that ends spans and gets a SIGTERM.
func (w *world) killed(how string) {
	w.receiver.serveHTTP(w.T, false)
	cmd := exec.CommandContext(w.Context(), os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), "FAULTS_CHILD="+how, "FAULTS_STACK="+w.stack.name, "FAULTS_ENDPOINT="+w.receiver.url)
	output, err := cmd.CombinedOutput()
	if (err == nil) != (how == "handled") {
		w.Errorf("the process: %v\n%s", err, output)
	}
	w.ended = 8
}

// TestChild is the process of killed.
func TestChild(t *testing.T) {
	how := os.Getenv("FAULTS_CHILD")
	if how == "" {
		t.Skip("it is run by TestFaults")
	}
	stop, cancel := context.WithCancel(context.Background())
	if how == "handled" {
		stop, cancel = signal.NotifyContext(context.Background(), syscall.SIGTERM)
	}
	defer cancel()
	for _, s := range stacks {
		if s.name != os.Getenv("FAULTS_STACK") {
			continue
		}
		w := &world{T: t, stack: s, endpoint: os.Getenv("FAULTS_ENDPOINT"), batch: []sdktrace.BatchSpanProcessorOption{sdktrace.WithMaxExportBatchSize(100)}}
		w.start()
		w.end(8)
		if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		<-stop.Done()
		if err := w.provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFaults runs every fault with this module's exporters, which must make no request
// wait and lose nothing without a word, and with the SDK's own, and compares the table
// in the docs with what happened.
func TestFaults(t *testing.T) {
	var table strings.Builder
	table.WriteString("| fault | with | requests wait | ForceFlush returns | Shutdown returns | Shutdown takes | lost | said |\n|---|---|---|---|---|---|---|---|\n")
	for _, f := range faults {
		var rows []string
		for _, s := range stacks {
			t.Run(f.name+"/"+s.name, func(t *testing.T) {
				o := run(t, s, f)
				rows = append(rows, o.cells())
				if s.name != "exporters" {
					return
				}
				if o.waits != "no" {
					t.Error("requests wait")
				}
				if o.took == "several timeouts" {
					t.Error("Shutdown takes several timeouts")
				}
				if o.lost > 0 && o.said == "" && f.silent == "" {
					t.Errorf("%d spans are lost without a word", o.lost)
				}
				if (o.lost == 0) == strings.Contains(o.said, "dropped") {
					if f.silent == "" {
						t.Errorf("%d spans are lost, and it says: %s", o.lost, o.said)
					}
				}
			})
		}
		if len(rows) != len(stacks) {
			continue // failed
		}
		if rows[0] == rows[1] {
			fmt.Fprintf(&table, "| %s | both | %s |\n", f.name, rows[0])
			continue
		}
		for i, s := range stacks {
			name := f.name
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&table, "| %s | %s | %s |\n", name, s.name, rows[i])
		}
	}
	if t.Failed() {
		return // the table has holes
	}
	document.Check(t, "../../docs/faults.md", "faults", table.String(), *update)
}
