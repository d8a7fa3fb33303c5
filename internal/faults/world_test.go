// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// stack is how spans are exported.
type stack struct {
	name string
	make func(w *world) *sdktrace.TracerProvider
}

var stacks = []stack{
	{"exporters", func(w *world) *sdktrace.TracerProvider {
		endpoint, timeout, batch := w.endpoint, w.timeout, w.batch
		options := &otlp.Options{Endpoint: endpoint, Timeout: timeout}
		if w.grpc {
			options.Protocol = otlp.ProtocolGRPC
		}
		provider, err := exporters.NewProvider(context.Background(), &exporters.Config{
			Exporter: "otlp", Batch: batch, Quiet: true,
			OTLP: func(ctx context.Context) (sdktrace.SpanExporter, error) { return otlp.New(ctx, options) },
		})
		if err != nil {
			w.Fatal(err)
		}
		return provider
	}},
	{"SDK", func(w *world) *sdktrace.TracerProvider {
		endpoint, timeout, batch := w.endpoint, w.timeout, w.batch
		var exporter sdktrace.SpanExporter
		var err error
		if w.grpc {
			u, parseErr := url.Parse(endpoint)
			if parseErr != nil {
				w.Fatal(parseErr)
			}
			exporter, err = otlptracegrpc.New(context.Background(), otlptracegrpc.WithEndpoint(u.Host), otlptracegrpc.WithInsecure(), otlptracegrpc.WithTimeout(timeout))
		} else {
			exporter, err = otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(endpoint), otlptracehttp.WithTimeout(timeout))
		}
		if err != nil {
			w.Fatal(err)
		}
		batch = append([]sdktrace.BatchSpanProcessorOption{sdktrace.WithExportTimeout(timeout)}, batch...)
		watched := &watchedExporter{exporter, make(chan struct{})}
		w.over = watched.stopped
		return sdktrace.NewTracerProvider(sdktrace.WithBatcher(watched, batch...))
	}},
}

// watchedExporter tells when the SDK's processor is over with it: that may be long after
// its Shutdown has returned.
type watchedExporter struct {
	sdktrace.SpanExporter
	stopped chan struct{}
}

func (e *watchedExporter) Shutdown(ctx context.Context) error {
	defer close(e.stopped)
	return e.SpanExporter.Shutdown(ctx)
}

// world is one run of a fault with a stack: a service and its collector.
type world struct {
	*testing.T
	stack    stack
	receiver *receiver
	endpoint string // "": the receiver's
	grpc     bool
	timeout  time.Duration // of a batch; 0: defaultTimeout
	batch    []sdktrace.BatchSpanProcessorOption

	provider *sdktrace.TracerProvider
	over     <-chan struct{} // closed when the exporter was shut down; nil: not known
	ended    int
	seen     observation

	mu   sync.Mutex
	said []string
}

// defaultTimeout is what a batch may take. It tells waiting from not waiting, on a
// slow machine, too. Faults where somebody waits for it have shortTimeout.
const (
	defaultTimeout = 10 * time.Second
	shortTimeout   = time.Second
)

// observation is a row of the table.
type observation struct {
	waits           string // of requests
	flush, shutdown string // returned; "": not called
	took            string // Shutdown
	lost, of        int
	said            string
}

func (o observation) cells() string {
	return strings.Join([]string{o.waits, orDash(o.flush), orDash(o.shutdown), orDash(o.took), fmt.Sprintf("%d of %d", o.lost, o.of), orDash(o.said)}, " | ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (w *world) report(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, err.Error())
}

// start makes the provider.
func (w *world) start() {
	if w.endpoint == "" {
		if w.receiver.url == "" {
			w.receiver.serveHTTP(w.T, false)
		}
		w.endpoint = w.receiver.url
	}
	if w.timeout == 0 {
		w.timeout = defaultTimeout
	}
	if !w.grpc {
		w.endpoint += "/v1/traces"
	}
	w.batch = append([]sdktrace.BatchSpanProcessorOption{sdktrace.WithMaxExportBatchSize(5)}, w.batch...)
	w.provider = w.stack.make(w)
}

// end ends n spans, as requests do.
func (w *world) end(n int, options ...trace.SpanStartOption) {
	begin := time.Now()
	for range n {
		_, span := w.provider.Tracer("t").Start(context.Background(), "request", options...)
		span.End()
	}
	w.ended += n
	if time.Since(begin) > w.timeout/2 {
		w.seen.waits = "yes"
	}
}

func (w *world) flush() { w.seen.flush = returned(w.provider.ForceFlush(context.Background())) }

func (w *world) shutdown(ctx context.Context) {
	begin := time.Now()
	err := w.provider.Shutdown(ctx)
	switch took := time.Since(begin); { // late, on a slow machine, but not early
	case took < w.timeout/2:
		w.seen.took = "at once"
	case took < w.timeout*19/10:
		w.seen.took = "one timeout"
	default:
		w.seen.took = "several timeouts"
	}
	w.seen.shutdown = returned(err)
}

// script is what most faults do: two batches that are flushed, two that are shut down.
func (w *world) script() {
	w.start()
	w.end(8)
	w.flush()
	w.end(8)
	w.shutdown(context.Background())
}

// observe returns what was seen.
func (w *world) observe() observation {
	o := w.seen
	if o.waits == "" {
		o.waits = "no"
	}
	o.of = w.ended
	o.lost = w.ended - w.receiver.count()
	w.mu.Lock()
	defer w.mu.Unlock()
	o.said = spoken(w.said)
	return o
}

// returned is an error in a few words.
func returned(err error) string {
	if err == nil {
		return "nil"
	}
	return "error: " + phrase(err.Error())
}

// causes are what errors are told by, the first that is found, and what is said of it. How
// a connection ends is up to the operating system.
var causes = []struct{ text, says string }{
	{"connection refused", "no connection"}, {"EOF", "no connection"}, {"connection reset", "no connection"}, {"broken pipe", "no connection"},
	{"server closed idle connection", "no connection"},
	{"deadline exceeded", "deadline exceeded"}, {"export timeout", "deadline exceeded"},
	{"400 Bad Request", "400"}, {"401 Unauthorized", "401"}, {"503 Service Unavailable: quota exceeded", "503 quota exceeded"}, {"quota exceeded", "quota exceeded"},
	{"certificate", "certificate"}, {"HTTP response to HTTPS client", "HTTP response to HTTPS client"},
	{"Unauthenticated", "Unauthenticated"}, {"no more than 4 attributes", "no more than 4 attributes"}, {"try fewer", "try fewer"}, {"invalid UTF-8", "invalid UTF-8"},
}

// reasons are why spans were dropped.
var reasons = regexp.MustCompile(`\d+ (could not be sent|refused|rejected in a partial success|found the queue full|had no time before Shutdown ended|ended after Shutdown)`)

func phrase(text string) string {
	var parts []string
	for _, found := range reasons.FindAllStringSubmatch(text, -1) {
		parts = append(parts, found[1])
	}
	cause := ""
	for _, known := range causes {
		if strings.Contains(text, known.text) {
			cause = known.says
			break
		}
	}
	switch {
	case len(parts) == 0 && cause == "":
		return text
	case len(parts) == 0:
		return cause
	case cause == "" || strings.HasPrefix(text, "context deadline exceeded; ") && strings.Count(text, "deadline exceeded") == 1:
		if strings.HasPrefix(text, "context deadline") {
			parts = append([]string{"deadline exceeded"}, parts...)
		}
		return strings.Join(parts, ", ")
	}
	return strings.Join(parts, ", ") + " (" + cause + ")"
}

// spoken is what was said, in a few words. Drops that are said while a service runs
// are in the sum at Shutdown again; how far that was is a matter of time.
func spoken(said []string) string {
	var parts []string
	add := func(part string) {
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	sum := regexp.MustCompile(`^exporters: dropped (\d+) spans? of (\d+) for [^ ]+: `)
	for _, text := range said {
		switch {
		case sum.MatchString(text):
			found := sum.FindStringSubmatch(text)
			add("in sum, " + found[1] + " dropped: " + phrase(text))
		case strings.HasPrefix(text, "exporters: dropped "):
			if len(said) > 1 && sum.MatchString(said[len(said)-1]) {
				continue
			}
			add("dropped: " + phrase(text))
		case strings.HasPrefix(text, "exporters: cannot export"):
			add("cannot export: " + phrase(text))
		case strings.Contains(text, "answers again"):
			add("answers again")
		case strings.Contains(text, "took all spans of a batch and says"):
			add("the message: " + phrase(text))
		default:
			add("an error a batch: " + phrase(text))
		}
	}
	return strings.Join(parts, "; ")
}

// run runs a fault with a stack.
func run(t *testing.T, s stack, f fault) observation {
	for _, line := range os.Environ() {
		if name, value, _ := strings.Cut(line, "="); strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, value) // for its cleanup
			os.Unsetenv(name)
		}
	}
	t.Setenv("NO_PROXY", "*")
	w := &world{T: t, stack: s}
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(w.report))
	t.Cleanup(func() {
		if w.over != nil {
			<-w.over // what it says until then is not for the next fault
		}
		otel.SetErrorHandler(before)
	})
	w.receiver = newReceiver(t)
	f.run(w)
	return w.observe()
}

func nullLog() *log.Logger { return log.New(io.Discard, "", 0) }
