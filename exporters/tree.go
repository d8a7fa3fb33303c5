// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"io"
	"os"
	"regexp"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Tree returns an exporter that prints every trace to w as one indented block,
// for people: parents before children, in the order of their start, with
// durations, errors marked. It is NewTree(w, nil).
func Tree(w io.Writer) sdktrace.SpanExporter { return NewTree(w, nil) }

// TreeOptions are the options of [NewTree].
type TreeOptions struct {
	// Verbose shows every span, attribute, event, link and instrumentation scope.
	// False: repeated spans as one, a few attributes and events in line, and how many
	// more there are; unless OT2OTEL_TREE is verbose. Its other value is compact, which
	// is also what an empty one means; anything else is reported once, to the error
	// handler of OpenTelemetry, and means compact.
	Verbose bool

	// ErrorsOnly prints a block only if a span in it has the status Error.
	ErrorsOnly bool
	// MinDuration prints a block only if its longest span lasted that long.
	// 0: no minimum.
	MinDuration time.Duration
	// Name prints a block only if the name of a span in it matches.
	// nil: every name does.
	Name *regexp.Regexp

	// Wait is for how long a trace whose local root has ended is held for
	// late children. 0: 100ms. Negative: not at all; the block is then
	// printed by the call that ends the root.
	Wait time.Duration
	// MaxWait is for how long an ended span is held at most, however much of
	// its trace is open; then it is printed in a block that says so. 0 or
	// less: 30s.
	MaxWait time.Duration
	// MaxSpans is how many ended spans are held; beyond that, the oldest
	// trace is printed as it is. 0 or less: 10000.
	MaxSpans int
	// MaxBytes is how many bytes the ended spans that are held may have, by an
	// estimate of their names, attributes, events and links; beyond that, the
	// oldest trace is printed as it is. 0 or less: 64 MiB.
	MaxBytes int
	// MaxTraces is how many traces are held, and how many printed ones are
	// remembered to tell late spans. 0 or less: 1000.
	MaxTraces int

	// Width is how many columns a line may have. 0: those of the terminal; no
	// limit and no bars if w isn't one. Negative: no limit. Fewer than 20 count as 20.
	Width int
	// Color says whether to colour. The zero value asks the terminal and the
	// environment: see [ColorAuto].
	Color ColorMode
	// ASCII draws with ASCII characters only, and escapes all others. False:
	// only if LC_ALL, LC_CTYPE or LANG, the first that is set, names another
	// character set than UTF-8, or w is a terminal and TERM is dumb.
	ASCII bool

	// TraceURL makes the trace IDs links to a backend, in terminals that have links and
	// colours: the URL of a trace with {trace} where its ID goes, for example
	// http://localhost:16686/trace/{trace}. Only http and https are allowed, and no
	// user. "": that of OT2OTEL_TRACE_URL, else no links. What is malformed is reported
	// once, to the error handler of OpenTelemetry.
	TraceURL string

	// Redact holds further words that make a value secret when its name
	// contains them: the key of an attribute, a parameter of a URL, a header
	// or a member of JSON in a text. Only their letters and digits count,
	// whatever the case. nil: only the built-in ones; see [NewTree].
	Redact []string
}

// NewTree is [Tree] with options. A nil w is standard output, nil options are
// the defaults.
//
//	GET /orders/{id}               87.4ms  (self 7.5ms) server 200
//	│  15:04:05.000  trace 7e52f0e3f63ddf8128c4372bed01a912
//	├─ auth.check        ▏█         3.1ms  · cache miss key=7
//	├─ load order        ▏████     41.0ms  (self 38.8ms) tenant=acme rows=3
//	│  └─ ! cache.get    ▏█         2.2ms  ERROR unexpected EOF
//	├─ SELECT items ×12  ▏    █    10.8ms  client 1 attribute varies
//	└─ ! GET payments    ▏     ███ 25.0ms  client 503 ERROR
//	   ↖ remote parent 4bf92f3577b34da6
//	⋯ late  trace 7e52f0e3…  └─ audit.write  12.0ms  (ended 140.0ms after its root)
//
// A line has the span's name, its duration, and where there is room:
//
//   - from 80 columns on, a bar that shows when in its trace the span ran, and its self
//     time: what its children don't cover, where they cover some, but not nearly all;
//   - its kind, its HTTP status and its error, with the first line of what it says;
//   - a few attributes: what went wrong first, then what the span worked on, the
//     request, and circumstances last. What the name says isn't said again;
//   - two events, each after a dot, and how much of all that isn't shown.
//
// Three siblings or more in a row that have one name, kind, service and HTTP status,
// no error and no children are one line, with the sum of their durations and the
// attributes that all of them have. The header has the local time at which the trace
// started, and its ID, which TreeOptions.TraceURL makes a link. An empty line comes
// before each block but the first.
//
// A block is printed, by one Write, when the local root of a trace has ended
// and Wait is over. What ends later is printed then, labelled late. What is
// still open is held up to MaxWait, MaxSpans, MaxBytes and MaxTraces, and marked
// open when it is printed anyway, beneath its parent once.
//
// The exporter may serve several providers: a trace that crosses them prints as
// one block, each span with the name of its service. It also is a span
// processor; registered as one (sdktrace.WithSpanProcessor, which is what
// [NewProvider] does) it sees spans start. Then it knows which parents are
// still open and shows running spans; as a mere exporter it has to guess that
// a parent in another process never comes.
//
// Ending a span never waits for w: blocks are written in the background. If w
// stalls, spans beyond twice MaxSpans or MaxBytes are dropped, and counted in a
// line.
// Characters that could drive a terminal are escaped. An error of w goes to
// the error handler of OpenTelemetry, once.
//
// Secrets are shown as REDACTED in all that is printed: the names of spans,
// services, events and scopes, keys and values of attributes, what a status says,
// baggage and resources. A secret is told by its name, such as authorization,
// cookie, password, token, secret, api_key, session ID or signature, as the key of
// an attribute or within a text (a URL's parameters, a header, JSON, a command's
// flags); or by its form: the user and password of a URL, and what follows an
// authorization scheme such as Bearer. What can't be told is a secret in plain
// words or below a harmless name. Other exporters get spans as they are.
func NewTree(w io.Writer, opts *TreeOptions) *TreeExporter {
	if w == nil {
		w = os.Stdout
	}
	o := TreeOptions{}
	if opts != nil {
		o = *opts
	}
	o.Verbose = o.Verbose || verboseEnvironment()
	if o.Wait == 0 {
		o.Wait = 100 * time.Millisecond
	}
	if o.MaxWait <= 0 {
		o.MaxWait = 30 * time.Second
	}
	if o.MaxSpans <= 0 {
		o.MaxSpans = 10_000
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 64 << 20
	}
	if o.MaxTraces <= 0 {
		o.MaxTraces = 1_000
	}
	return &TreeExporter{
		opts:    o,
		traces:  make(map[trace.TraceID]*heldTrace),
		printed: printedTraces{maxTraces: o.MaxTraces, maxSpans: o.MaxSpans},
		printer: newPrinter(w, o),
	}
}

// TreeExporter is what [NewTree] returns: an exporter that also is a span
// processor. All methods may be called from any goroutine.
type TreeExporter struct {
	opts TreeOptions

	mu      sync.Mutex
	traces  map[trace.TraceID]*heldTrace
	oldest  traceList
	ripe    traceList // those in which something ended
	open    int       // started spans in traces
	dropped int       // spans that came while w stalled
	printed printedTraces
	stopped bool

	held, heldBytes     int // ended spans, in traces and in queue
	queued, queuedBytes int // those in queue
	numbered            int // spans that started or ended, ever

	queue    []block       // what is to be written, in order
	draining chan struct{} // closed when the queue is empty; nil when it is
	printer  *printer      // used by the one goroutine that drains
}

var (
	_ sdktrace.SpanExporter  = (*TreeExporter)(nil)
	_ sdktrace.SpanProcessor = (*TreeExporter)(nil)
)

// ExportSpans takes ended spans. It never fails.
func (e *TreeExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	e.mu.Lock()
	for _, span := range spans {
		e.add(span)
	}
	atOnce := e.atOnce()
	e.mu.Unlock()
	if atOnce {
		_ = e.wait(ctx) // the spans were taken, whatever becomes of ctx
	}
	return nil
}

// atOnce reports whether calls wait until their spans are written.
func (e *TreeExporter) atOnce() bool { return e.opts.Wait < 0 || e.stopped }

// OnStart notes that a span is open. It reads from parent the baggage that
// came from a remote parent.
func (e *TreeExporter) OnStart(parent context.Context, span sdktrace.ReadWriteSpan) {
	if !span.SpanContext().IsSampled() {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.start(parent, span)
}

// OnEnd takes an ended span, unless it isn't sampled.
func (e *TreeExporter) OnEnd(span sdktrace.ReadOnlySpan) {
	if !span.SpanContext().IsSampled() {
		return
	}
	_ = e.ExportSpans(context.Background(), []sdktrace.ReadOnlySpan{span}) // never fails
}

// ForceFlush prints all ended spans now, and marks what is open. It returns
// when they are written, or ctx.Err() when ctx ends before.
func (e *TreeExporter) ForceFlush(ctx context.Context) error {
	e.mu.Lock()
	e.flushAll(false)
	e.mu.Unlock()
	return e.wait(ctx)
}

// Shutdown prints all that is held, spans that are still open included, and
// returns when it is written, or ctx.Err() when ctx ends before. Spans that
// come later, from another provider that shares the exporter, are printed
// without waiting for others.
func (e *TreeExporter) Shutdown(ctx context.Context) error {
	e.mu.Lock()
	e.stopped = true
	e.flushAll(true)
	e.mu.Unlock()
	return e.wait(ctx)
}

// wait waits until the queue is written.
func (e *TreeExporter) wait(ctx context.Context) error {
	e.mu.Lock()
	draining := e.draining
	e.mu.Unlock()
	if draining == nil {
		return ctx.Err()
	}
	select {
	case <-draining:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enqueue has b written in the background. The caller holds mu.
func (e *TreeExporter) enqueue(b block) {
	e.queue = append(e.queue, b)
	e.queued += b.ended
	e.queuedBytes += b.bytes
	if e.draining == nil {
		e.draining = make(chan struct{})
		go e.drain(e.draining)
	}
}

// drain writes the queue until it is empty.
func (e *TreeExporter) drain(done chan struct{}) {
	defer close(done)
	for {
		e.mu.Lock()
		if len(e.queue) == 0 {
			e.draining = nil
			e.mu.Unlock()
			return
		}
		b := e.queue[0]
		e.queue[0] = block{} // let it be collected
		e.queue = e.queue[1:]
		b.dropped, e.dropped = e.dropped, 0
		e.mu.Unlock()

		if err := e.printer.write(b); err != nil {
			otel.Handle(err)
		}

		e.mu.Lock()
		e.held -= b.ended
		e.queued -= b.ended
		e.heldBytes -= b.bytes
		e.queuedBytes -= b.bytes
		e.mu.Unlock()
	}
}
