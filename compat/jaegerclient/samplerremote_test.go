// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/log"
)

// samplingServer answers as an agent and a collector do.
type samplingServer struct {
	*httptest.Server
	asked chan string // the service of each request, for one who waits

	mu     sync.Mutex
	answer string // "" is an error
}

func newSamplingServer(t *testing.T, answer string) *samplingServer {
	s := &samplingServer{answer: answer, asked: make(chan string, 1)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.answer == "" {
			http.Error(w, "away", http.StatusServiceUnavailable)
		} else {
			_, _ = fmt.Fprint(w, s.answer)
		}
		select {
		case s.asked <- r.URL.Query().Get("service"):
		default:
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *samplingServer) set(answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

const (
	sampleAllOf  = `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1}}`
	sampleNoneOf = `{"strategyType":0,"probabilisticSampling":{"samplingRate":0}}` // as old agents have it
	sampleThree  = `{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":3}}`
	perOperation = `{"strategyType":"PROBABILISTIC","operationSampling":{"defaultSamplingProbability":0,"defaultLowerBoundTracesPerSecond":0.000001,
		"perOperationStrategies":[{"operation":"GET /always","probabilisticSampling":{"samplingRate":1}},{"operation":"GET /half","probabilisticSampling":{"samplingRate":0.5}}]}}`
)

// tellingLogger says when something is logged.
type tellingLogger struct {
	log.BytesBufferLogger
	told chan struct{}
}

func (l *tellingLogger) Error(msg string) {
	l.BytesBufferLogger.Error(msg)
	select {
	case l.told <- struct{}{}:
	default:
	}
}

func newRemoteSampler(t *testing.T, url string, options ...jaeger.SamplerOption) (*jaeger.RemotelyControlledSampler, *tellingLogger) {
	t.Helper()
	logger := &tellingLogger{told: make(chan struct{}, 1)}
	sampler := jaeger.NewRemotelyControlledSampler("shop", append([]jaeger.SamplerOption{
		jaeger.SamplerOptions.SamplingServerURL(url), jaeger.SamplerOptions.Logger(logger),
		jaeger.SamplerOptions.SamplingRefreshInterval(time.Hour), jaeger.SamplerOptions.InitialSampler(jaeger.NewConstSampler(false)),
	}, options...)...)
	t.Cleanup(sampler.Close)
	return sampler, logger
}

// newIdleSampler returns a sampler whose first request, which it makes by itself, is over
// and was in vain.
func newIdleSampler(t *testing.T, server *samplingServer, options ...jaeger.SamplerOption) (*jaeger.RemotelyControlledSampler, *tellingLogger) {
	t.Helper()
	server.set("")
	sampler, logger := newRemoteSampler(t, server.URL+"/sampling", options...)
	<-logger.told
	return sampler, logger
}

// sampledOf returns how many of n new traces are sampled.
func sampledOf(sampler jaeger.Sampler, n int, operation string) (sampled int) {
	random := rand.New(rand.NewPCG(1, 2))
	for range n {
		if ok, _ := sampler.IsSampled(jaeger.TraceID{High: random.Uint64(), Low: random.Uint64()}, operation); ok {
			sampled++
		}
	}
	return sampled
}

func TestRemoteSamplerStrategies(t *testing.T) {
	server := newSamplingServer(t, "")
	sampler, logger := newIdleSampler(t, server)
	logger.Flush()
	for _, c := range []struct {
		explanation, answer string
		operation           string
		least, most         int // of 1000
	}{
		{"a share of 1", sampleAllOf, "GET", 1000, 1000},
		{"a share of 0", sampleNoneOf, "GET", 0, 0},
		{"so many a second, which may come at once", sampleThree, "GET", 3, 4},
		{"an operation that is always sampled", perOperation, "GET /always", 1000, 1000},
		{"an operation with a share", perOperation, "GET /half", 440, 560},
		{"another operation, once by the lower bound", perOperation, "GET /other", 1, 1},
		{"the strategy that it was before", sampleAllOf, "GET", 1000, 1000},
	} {
		server.set(c.answer)
		sampler.UpdateSampler()
		if got := sampledOf(sampler, 1000, c.operation); got < c.least || got > c.most {
			t.Errorf("%s: %d of 1000 are sampled, want %d to %d", c.explanation, got, c.least, c.most)
		}
	}
	if got, want := logger.String(), "INFO: jaeger: the sampling server answers for \"shop\" again\n"; got != want {
		t.Errorf("logged %q, want %q", got, want)
	}
	if service := <-server.asked; service != "shop" {
		t.Errorf("asked for the service %q", service)
	}
}

func TestRemoteSamplerMaxOperations(t *testing.T) {
	server := newSamplingServer(t, "")
	sampler, _ := newIdleSampler(t, server, jaeger.SamplerOptions.MaxOperations(5))
	server.set(`{"operationSampling":{"defaultLowerBoundTracesPerSecond":0.000001}}`)
	sampler.UpdateSampler()
	sampled := 0
	for i := range 10 {
		// Each operation that is kept track of is sampled once, by the lower bound.
		sampled += sampledOf(sampler, 1, fmt.Sprintf("operation %d", i))
	}
	if sampled != 5 {
		t.Errorf("%d operations are kept track of, want 5", sampled)
	}
}

// TestRemoteSamplerServerAway is about a server that isn't there at start, comes, goes and
// comes again.
func TestRemoteSamplerServerAway(t *testing.T) {
	server := newSamplingServer(t, "")
	sampler, logger := newIdleSampler(t, server)
	expect := func(when string, sampled, lines int, last string) {
		t.Helper()
		sampler.UpdateSampler()
		sampler.UpdateSampler() // nothing is said twice
		if got := sampledOf(sampler, 10, ""); got != sampled {
			t.Errorf("%s: %d of 10 are sampled, want %d", when, got, sampled)
		}
		said := strings.Split(strings.TrimSuffix(logger.String(), "\n"), "\n")
		if len(said) != lines || !strings.Contains(said[len(said)-1], last) {
			t.Errorf("%s: said %q, want %d lines, the last one with %q", when, said, lines, last)
		}
	}
	expect("away at start, the initial sampler decides", 0, 1, `503 Service Unavailable: "away\n"; the last one stays`)
	server.set(sampleAllOf)
	expect("there", 10, 2, `the sampling server answers for "shop" again`)
	server.set("")
	expect("away, the last strategy stays", 10, 3, "503 Service Unavailable")
	server.set("{")
	expect("an answer that isn't JSON", 10, 4, "the answer is not a strategy in JSON")
	server.set(`{"operationSampling":{"perOperationStrategies":[{"operation":"GET"}]}}`)
	expect("an answer by which contrib's sampler panics", 10, 5, `the operation "GET" has no probabilisticSampling`)
	server.set(`{"strategyType":"PROBABILISTIC"}`)
	expect("an answer without a strategy", 10, 7, "unsupported sampling strategy")
	server.set(sampleNoneOf)
	expect("there again", 0, 7, "unsupported sampling strategy")
	server.Close()
	expect("without a server", 0, 8, "connection refused")
}

func TestRemoteSamplerRefreshes(t *testing.T) {
	server := newSamplingServer(t, sampleAllOf)
	newRemoteSampler(t, server.URL, jaeger.SamplerOptions.SamplingRefreshInterval(time.Millisecond))
	for range 3 { // at the start, and at intervals
		<-server.asked
	}
}

// TestRemoteSamplerCloses is about a server that doesn't answer: Close doesn't wait for it.
func TestRemoteSamplerCloses(t *testing.T) {
	t.Setenv("OTEL_TRACES_SAMPLER_ARG", "0.25") // of another sampler, which isn't its business
	asked, gone := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
		close(gone)
	}))
	defer server.Close()
	sampler, logger := newRemoteSampler(t, server.URL)
	<-asked
	sampler.Close()
	sampler.Close() // once more is without effect
	<-gone
	if logger.String() != "" {
		t.Errorf("logged %q", logger.String())
	}
}

func TestRemoteSamplerOfTracer(t *testing.T) {
	server := newSamplingServer(t, "")
	sampler, _ := newIdleSampler(t, server)
	server.set(perOperation)
	sampler.UpdateSampler()
	reporter := jaeger.NewInMemoryReporter()
	tracer, closer := jaeger.NewTracer("shop", sampler, reporter, jaeger.TracerOptions.Logger(jaeger.NullLogger))
	defer closer.Close()
	root := tracer.StartSpan("GET /always")
	// The child's own operation has a share of 0: it follows its parent.
	tracer.StartSpan("GET /other", opentracing.ChildOf(root.Context())).Finish()
	root.Finish()
	spans := reporter.GetSpans()
	if len(spans) != 2 {
		t.Fatalf("%d spans, want the root and its child", len(spans))
	}
	if tags := spans[1].(*jaeger.Span).Tags(); tags["sampler.type"] != "probabilistic" || tags["sampler.param"] != 1.0 {
		t.Errorf("the root has the tags %v", tags)
	}
	if tags := spans[0].(*jaeger.Span).Tags(); len(tags) != 0 {
		t.Errorf("the child has the tags %v", tags)
	}
}

func TestRemoteSamplerBoundsAnswer(t *testing.T) {
	server := newSamplingServer(t, sampleAllOf+strings.Repeat(" ", 5<<20))
	sampler, logger := newRemoteSampler(t, server.URL)
	sampler.UpdateSampler()
	if got := sampledOf(sampler, 10, ""); got != 0 || !strings.Contains(logger.String(), "more than 4194304 bytes") {
		t.Errorf("%d are sampled, said %q", got, logger.String())
	}
}

func TestLateBindingIsSaid(t *testing.T) {
	server := newSamplingServer(t, sampleAllOf)
	_, logger := newRemoteSampler(t, server.URL, jaeger.SamplerOptions.OperationNameLateBinding(true))
	if !strings.Contains(logger.String(), "OperationNameLateBinding can't be had") {
		t.Errorf("said %q", logger.String())
	}
}
