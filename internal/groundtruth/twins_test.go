// SPDX-License-Identifier: Apache-2.0

package groundtruth_test

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/ot2otel/ot2otel/compat"
)

// recordedHost is the Host header of every recorded request.
const recordedHost = "example.test:8000"

// atOnce is how many requests the recorded case of concurrency makes.
const atOnce = 40

// twins are the Go twins of the recorded applications, each with its servers.
type twins struct {
	t       *testing.T
	backend tracerBackend
	byName  map[string]*twin
	client  *http.Client
}

// twin is a running application.
type twin struct {
	url     string
	tracing *compat.Tracing
	drains  map[string]func() ([]observedSpan, int) // by tracer
	servers []*httptest.Server

	serving sync.WaitGroup // requests whose handlers have not returned
	mu      sync.Mutex
	seen    []*http.Request // what traced handlers were given

	// calls counts the calls of the function that a lazy Tracing gets its tracer from.
	calls int
	// arrived counts the requests to /together, which are held until all of atOnce
	// are there and together is closed.
	arrived  atomic.Int64
	together chan struct{}
}

func newTwins(t *testing.T, backend tracerBackend) *twins {
	return &twins{
		t:       t,
		backend: backend,
		byName:  make(map[string]*twin),
		client: &http.Client{
			Transport:     &http.Transport{DisableKeepAlives: true}, // a closed connection must not be tried again
			Timeout:       30 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

func (ts *twins) close() {
	for _, tw := range ts.byName {
		for _, server := range tw.servers {
			server.Close()
		}
	}
}

// of returns the twin for a case. Cases of a group share one, as they did when
// they were recorded, unless the applications differ.
func (ts *twins) of(c *recordedCase) *twin {
	name := c.Group
	switch c.Group {
	case "attributes (trace-all)", "start_span_cb":
		name = c.key()
	case "trace-all":
		if strings.HasPrefix(c.Name, "attribute") {
			name = c.key()
		}
	}
	tw := ts.byName[name]
	if tw == nil {
		tw = &twin{drains: make(map[string]func() ([]observedSpan, int)), together: make(chan struct{})}
		ts.byName[name] = tw
		tw.start(ts, c)
	}
	return tw
}

// start makes the application of the case and its servers.
func (tw *twin) start(ts *twins, c *recordedCase) {
	switch c.Group {
	case "trace-all", "selected (decorator)", "selected, one-threaded server", "concurrency",
		"trace-all, PROPAGATE_EXCEPTIONS", "trace-all, tracer given as callable",
		"attributes (trace-all)", "start_span_cb":
		tracer := tw.tracer(ts, "tracer")
		options := optionsOf(c)
		if strings.Contains(c.Group, "callable") {
			tw.tracing = compat.NewLazyTracing(func() opentracing.Tracer { tw.calls++; return tracer }, options)
		} else {
			tw.tracing = compat.NewTracing(tracer, options)
		}
		if strings.HasPrefix(c.Group, "selected") {
			tw.url = tw.serve(selectedApp(tw)).URL
			return
		}
		tw.url = tw.serve(traceAllApp(tw, c.Group == "trace-all, PROPAGATE_EXCEPTIONS")).URL
	case "inject (two servers)":
		back := compat.NewTracing(tw.tracer(ts, "back"), nil)
		mux := http.NewServeMux()
		mux.HandleFunc("/back", text("back"))
		backURL := tw.serve(back.TraceAll(mux)).URL
		tw.tracing = compat.NewTracing(tw.tracer(ts, "front"), nil)
		tw.url = tw.serve(frontApp(tw, ts.client, backURL)).URL
	default:
		ts.t.Fatalf("there is no twin for the group %q", c.Group)
	}
}

func (tw *twin) tracer(ts *twins, name string) opentracing.Tracer {
	tracer, drain := ts.backend.tracer(ts.t)
	tw.drains[name] = drain
	return tracer
}

// serve starts a server for the handler. It counts the requests that are being
// handled: a response may reach the client before the handler has returned.
func (tw *twin) serve(handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tw.serving.Add(1)
		defer tw.serving.Done()
		handler.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // where net/http logs the panics
	server.Start()
	tw.servers = append(tw.servers, server)
	return server
}

// see remembers the request of a handler, to look for its span when it is finished.
func (tw *twin) see(r *http.Request) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	tw.seen = append(tw.seen, r)
}

// requestsLeft counts the requests that still have a span.
func (tw *twin) requestsLeft() int {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	left := 0
	for _, r := range tw.seen {
		if tw.tracing.GetSpan(r) != nil {
			left++
		}
	}
	tw.seen = nil
	return left
}

// replay makes the recorded request and returns what there is to say of it.
func (ts *twins) replay(t *testing.T, c *recordedCase) (facts, map[string][]observedSpan) {
	t.Helper()
	tw := ts.of(c)
	f := make(facts)
	if c.Request == nil {
		return ts.replayTogether(t, tw), nil
	}
	status, body, location := ts.send(t, tw.url, c.Request)
	tw.serving.Wait()
	spans := make(map[string][]observedSpan)
	for name, drain := range tw.drains {
		finished, open := drain()
		if open != 0 {
			t.Errorf("tracer %s: %d spans are not finished", name, open)
		}
		if len(finished) > 0 {
			spans[name] = finished
		}
	}
	f.addSpans(spans)
	f.addResponse(status, body, location, spans)
	if c.UnfinishedScopesLeft != nil {
		f["requests left"] = strconv.Itoa(tw.requestsLeft())
	}
	if strings.Contains(c.Group, "callable") && tw.calls != 1 {
		t.Errorf("the function that gives the tracer was called %d times, want once", tw.calls)
	}
	return f, spans
}

// replayTogether makes many requests at once and counts.
func (ts *twins) replayTogether(t *testing.T, tw *twin) facts {
	t.Helper()
	var clients sync.WaitGroup
	for range atOnce {
		clients.Go(func() {
			if status, _, _ := ts.send(t, tw.url, &recordedRequest{Method: http.MethodGet, Path: "/together"}); status != "200" {
				t.Errorf("status %s", status)
			}
		})
	}
	clients.Wait()
	tw.serving.Wait()
	finished, open := tw.drains["tracer"]()
	if open != 0 {
		t.Errorf("%d spans are not finished", open)
	}
	var traces []string
	withParent := 0
	for _, span := range finished {
		if !slices.Contains(traces, span.trace) {
			traces = append(traces, span.trace)
		}
		if span.parent != "" {
			withParent++
		}
	}
	return facts{
		"requests left":       strconv.Itoa(tw.requestsLeft()),
		"spans finished":      strconv.Itoa(len(finished)),
		"distinct traces":     strconv.Itoa(len(traces)),
		"spans with a parent": strconv.Itoa(withParent),
	}
}

func (ts *twins) send(t *testing.T, server string, recorded *recordedRequest) (status, body, location string) {
	var payload io.Reader
	if recorded.Body != nil {
		payload = strings.NewReader(*recorded.Body)
	}
	req, err := http.NewRequestWithContext(t.Context(), recorded.Method, server+recorded.Path, payload)
	if err != nil {
		t.Error(err)
		return "", "", ""
	}
	req.Header = ts.backend.headers(recorded.Headers)
	req.Header.Set("User-Agent", "recorder/1")
	req.Host = recordedHost
	resp, err := ts.client.Do(req)
	if errors.Is(err, io.EOF) {
		return "connection closed", "", ""
	}
	if err != nil {
		t.Error(err)
		return "", "", ""
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return strconv.Itoa(resp.StatusCode), string(content), resp.Header.Get("Location")
}
