// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
)

// endpoint is a network exporter whose fate a test decides.
type endpoint struct {
	mu    sync.Mutex
	err   error         // of every batch
	takes time.Duration // every batch
	got   int           // spans
	tries int           // batches
	sizes []int         // of them

	answers []error       // of the first batches; the last one is repeated
	first   time.Duration // what the first batch takes
	deaf    bool          // to the end of contexts
	hints   delivery.Hints
}

// errPanics makes an endpoint panic.
var errPanics = errors.New("panic")

func (e *endpoint) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	e.mu.Lock()
	err, takes := e.err, e.takes
	if len(e.answers) > 0 {
		err = e.answers[min(e.tries, len(e.answers)-1)]
	}
	if e.tries == 0 && e.first > 0 {
		takes = e.first
	}
	e.tries++
	e.sizes = append(e.sizes, len(spans))
	e.hints = delivery.HintsOf(ctx)
	done := ctx.Done()
	if e.deaf {
		done = nil
	}
	e.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-done:
		return ctx.Err()
	}
	if err == errPanics {
		panic("boom")
	}
	if outcome := delivery.Of(err); outcome.Outcome <= delivery.Partial {
		e.mu.Lock()
		e.got += len(spans) - min(int(outcome.Rejected), len(spans))
		e.mu.Unlock()
	}
	return err
}

func (e *endpoint) Shutdown(context.Context) error { return nil }
func (e *endpoint) String() string                 { return "backend" }

func (e *endpoint) set(err error, takes time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.err, e.takes = err, takes
}

func (e *endpoint) seen() []int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.sizes)
}

// reports collects what Batch has to say.
type reports struct {
	mu    sync.Mutex
	texts []string
	errs  []error
}

func (r *reports) report(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts = append(r.texts, err.Error())
	r.errs = append(r.errs, err)
}

func (r *reports) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	texts := r.texts
	r.texts = nil
	return texts
}

func endSpans(provider *sdktrace.TracerProvider, n int) {
	for range n {
		_, span := provider.Tracer("t").Start(context.Background(), "op", trace.WithNewRoot())
		span.End()
	}
}

func batched(e sdktrace.SpanExporter, r *reports, options ...sdktrace.BatchSpanProcessorOption) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(
		exporters.Batch(e, &exporters.BatchOptions{Report: r.report, SDK: options})))
}

func TestBatchDelivers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		provider := batched(e, r)
		endSpans(provider, 700)
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		if e.got != 700 || r.take() != nil {
			t.Errorf("%d of 700 spans arrived, reports: %q", e.got, r.texts)
		}
	})
}

// A dead endpoint is told of once, its end once, and the loss at Shutdown.
func TestBatchReportsAnOutageOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		refused := dialError("connection refused")
		e.set(refused, 0)
		// The delay is no part of a minute: no batch ends when a report is due.
		provider := batched(e, r, sdktrace.WithBatchTimeout(5100*time.Millisecond))
		for range 5 { // batches
			endSpans(provider, 10)
			time.Sleep(6 * time.Second)
			synctest.Wait()
		}
		if diff := cmp.Diff([]string{
			"exporters: cannot export to backend, spans are dropped until it answers: dial: connection refused",
		}, r.take()); diff != "" {
			t.Errorf("during the outage (-want +got):\n%s", diff)
		}
		if !errors.Is(r.errs[0], refused) {
			t.Errorf("%v doesn't wrap the exporter's error", r.errs[0])
		}

		e.set(nil, 0)
		endSpans(provider, 10)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{"exporters: backend answers again, 50 spans dropped in the meantime"}, r.take()); diff != "" {
			t.Errorf("after it (-want +got):\n%s", diff)
		}

		e.set(refused, 0) // within a minute of the first report
		endSpans(provider, 1)
		time.Sleep(6 * time.Second)
		e.set(nil, 0)
		endSpans(provider, 10)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if got := r.take(); got != nil {
			t.Errorf("a second outage within a minute: %q, want silence", got)
		}
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{"exporters: dropped 1 span for backend: 1 could not be sent: dial: connection refused"}, r.take()); diff != "" {
			t.Errorf("the second one after the minute (-want +got):\n%s", diff)
		}
		time.Sleep(time.Minute)
		e.set(refused, 0)
		endSpans(provider, 1)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if got := r.take(); len(got) != 1 {
			t.Errorf("an outage a minute later: %q, want it told", got)
		}
		for range 20 { // in the same outage
			endSpans(provider, 3)
			time.Sleep(6 * time.Second)
		}
		synctest.Wait()
		if diff := cmp.Diff([]string{
			"exporters: dropped 28 spans for backend: 28 could not be sent: dial: connection refused",
			"exporters: dropped 30 spans for backend: 30 could not be sent: dial: connection refused",
		}, r.take()); diff != "" {
			t.Errorf("an outage that goes on (-want +got):\n%s", diff)
		}

		if err := provider.Shutdown(context.Background()); !errors.Is(err, refused) {
			t.Errorf("Shutdown = %v, want what was dropped", err)
		}
		if diff := cmp.Diff([]string{
			"exporters: dropped 112 spans of 132 for backend: 112 could not be sent: dial: connection refused",
		}, r.take()); diff != "" {
			t.Errorf("at Shutdown (-want +got):\n%s", diff)
		}
	})
}

// dialError is what package net says of an endpoint that isn't there.
func dialError(text string) error { return &net.OpError{Op: "dial", Err: errors.New(text)} }

// An endpoint that never answers blocks no request, and its full queue is counted
// and told.
func TestBatchNeverBlocksRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		e.set(nil, 24*time.Hour)
		provider := batched(e, r, sdktrace.WithMaxQueueSize(100), sdktrace.WithMaxExportBatchSize(10))
		begin := time.Now()
		for range 100 {
			endSpans(provider, 10)
			synctest.Wait() // let the queue be worked on
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("ending 1000 spans took %v, want no time", took)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{"exporters: dropped 890 spans for backend: 890 found the queue full"}, r.take()); diff != "" {
			t.Errorf("while it runs (-want +got):\n%s", diff)
		}
		err := provider.Shutdown(context.Background())
		if want := "exporters: dropped 1000 spans for backend: 890 found the queue full; 110 could not be sent: context deadline exceeded"; err == nil || err.Error() != want {
			t.Errorf("Shutdown = %v, want %s", err, want)
		}
		if diff := cmp.Diff([]string{
			"exporters: dropped 1000 spans of 1000 for backend: 890 found the queue full; 110 could not be sent: context deadline exceeded",
		}, r.take()); diff != "" {
			t.Errorf("at Shutdown (-want +got):\n%s", diff)
		}
	})
}

// A full queue over a healthy exporter that is slower is told while it happens, once
// a minute, with exact counts.
func TestBatchTellsOfFullQueues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		e.set(nil, time.Second)
		provider := batched(e, r, sdktrace.WithMaxQueueSize(100), sdktrace.WithMaxExportBatchSize(10))
		told := 0
		const seconds = 150
		for second := range seconds {
			endSpans(provider, 30)
			time.Sleep(time.Second)
			synctest.Wait()
			for _, text := range r.take() {
				told++
				if !strings.Contains(text, "found the queue full") || strings.Contains(text, ";") {
					t.Errorf("after %d s: %s", second, text)
				}
			}
		}
		if told != 3 {
			t.Errorf("told %d times in %d s, want 3", told, seconds)
		}
		err := provider.Shutdown(context.Background())
		want := fmt.Sprintf("exporters: dropped %d spans for backend: %[1]d found the queue full", seconds*30-e.got)
		if err == nil || err.Error() != want {
			t.Errorf("Shutdown = %v, want %s", err, want)
		}
		want = strings.Replace(want, " spans for", fmt.Sprintf(" spans of %d for", seconds*30), 1)
		if diff := cmp.Diff([]string{want}, r.take()); diff != "" {
			t.Errorf("at Shutdown (-want +got):\n%s", diff)
		}
	})
}

// A dead endpoint costs Shutdown one timeout, however much is queued.
func TestBatchShutdownGivesUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		e.set(dialError("timeout"), 10*time.Second)
		provider := batched(e, r)
		endSpans(provider, 2048)
		begin := time.Now()
		err := provider.Shutdown(context.Background())
		if want := "exporters: dropped 2048 spans for backend: 2048 could not be sent: dial: timeout"; err == nil || err.Error() != want {
			t.Errorf("Shutdown = %v, want %s", err, want)
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("Shutdown took %v, want the 10s of one batch", took)
		}
		if e.tries != 1 {
			t.Errorf("%d batches were tried, want 1", e.tries)
		}
		if diff := cmp.Diff([]string{"exporters: dropped 2048 spans of 2048 for backend: 2048 could not be sent: dial: timeout"}, r.take()); diff != "" {
			t.Errorf("reports (-want +got):\n%s", diff)
		}
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Errorf("a second Shutdown = %v", err)
		}
	})
}

func TestBatchShutdownHonoursItsContext(t *testing.T) {
	tests := []struct {
		explanation string
		first       error // what a batch before got
		deaf        bool  // the exporter doesn't look at its context
		want        string
		took        time.Duration
	}{
		{"nothing is known of why", nil, false, "", time.Second},
		{"an outage from before", dialError("503 quota exceeded"), false, ": dial: 503 quota exceeded", time.Second},
		{"an exporter that doesn't return", nil, true, "", 1500 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, r := &endpoint{}, &reports{}
				provider := batched(e, r, sdktrace.WithExportTimeout(20*time.Second))
				e.set(tt.first, 0)
				endSpans(provider, 1)
				_ = provider.ForceFlush(context.Background())
				r.take()
				e.set(nil, 10*time.Second)
				e.deaf = tt.deaf
				endSpans(provider, 1000)
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				begin := time.Now()
				err := provider.Shutdown(ctx)
				if took := time.Since(begin); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if want := "context deadline exceeded; exporters: dropped 1000 spans for backend: 1000 had no time before Shutdown ended" + tt.want; !errors.Is(err, context.DeadlineExceeded) || err.Error() != want {
					t.Errorf("Shutdown = %v\nwant %s", err, want)
				}
				if got := r.take(); len(got) != 1 || !strings.Contains(got[0], "1000 had no time before Shutdown ended"+tt.want) {
					t.Errorf("reports: %q", got)
				}
				time.Sleep(time.Minute) // the deaf one returns
				synctest.Wait()
				if got := r.take(); got != nil {
					t.Errorf("told twice: %q", got)
				}
			})
		})
	}
}

// What an exporter says of five batches of 100, one after the other, and what is
// said of them by ForceFlush, by Shutdown and in the report of Shutdown. The first
// batch is under way when either is called.
func TestBatchOutcomes(t *testing.T) {
	refused := errors.New("401 Unauthorized")
	partial := func(rejected int64, text string) error {
		return &delivery.Error{Outcome: delivery.Partial, Rejected: rejected, Err: errors.New(text)}
	}
	down := dialError("connection refused")
	const dropped = "exporters: dropped "
	tests := []struct {
		explanation string
		answers     []error // nil at its end: delivered
		arrived     int     // by Shutdown
		flush       string  // error of ForceFlush, after "dropped "
		shutdown    string  // error of Shutdown, after "dropped "
		warning     string
	}{
		{"delivered", nil, 500, "", "", ""},
		{"all have something to say and reject nothing", []error{partial(0, "slow down"), partial(0, "slow down"), partial(0, "slow down")},
			500, "", "", "exporters: backend took all spans of a batch and says: slow down"},
		{"one rejects some", []error{nil, partial(7, "bad names"), nil},
			493, "7 spans for backend: 7 rejected in a partial success: bad names", "7 spans for backend: 7 rejected in a partial success: bad names", ""},
		{"one rejects more than there are", []error{partial(1000, "all"), nil},
			400, "100 spans for backend: 100 rejected in a partial success: all", "100 spans for backend: 100 rejected in a partial success: all", ""},
		{"two are refused: those only", []error{refused, nil, refused, nil},
			300, "200 spans for backend: 200 refused: 401 Unauthorized", "200 spans for backend: 200 refused: 401 Unauthorized", ""},
		{"nobody is there: ForceFlush keeps the rest, Shutdown gives up", []error{down, nil},
			0, "100 spans for backend: 100 could not be sent: dial: connection refused", "500 spans for backend: 500 could not be sent: dial: connection refused", ""},
		{"all of it", []error{partial(1, "bad"), refused, down, nil},
			99, "201 spans for backend: 100 could not be sent: dial: connection refused; 100 refused: 401 Unauthorized; 1 rejected in a partial success: bad",
			"401 spans for backend: 300 could not be sent: dial: connection refused; 100 refused: 401 Unauthorized; 1 rejected in a partial success: bad", ""},
		{"an exporter that panics", []error{errPanics, nil},
			400, "100 spans for backend: 100 refused: the exporter panics: boom", "100 spans for backend: 100 refused: the exporter panics: boom", ""},
	}
	start := func(answers []error) (*endpoint, *reports, *sdktrace.TracerProvider) {
		e, r := &endpoint{answers: answers, first: time.Second}, &reports{}
		provider := batched(e, r, sdktrace.WithMaxExportBatchSize(100))
		endSpans(provider, 500)
		synctest.Wait()
		return e, r, provider
	}
	check := func(t *testing.T, call string, err error, want string) {
		t.Helper()
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), dropped)
		}
		if got != want {
			t.Errorf("%s = %s\nwant %s", call, got, want)
		}
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, r, provider := start(tt.answers)
				check(t, "Shutdown", provider.Shutdown(context.Background()), tt.shutdown)
				if e.got != tt.arrived {
					t.Errorf("%d arrived, want %d", e.got, tt.arrived)
				}
				var want []string
				if tt.shutdown != "" {
					want = append(want, dropped+strings.Replace(tt.shutdown, " spans for", " spans of 500 for", 1))
				}
				if tt.warning != "" {
					want = append(want, tt.warning)
				}
				if diff := cmp.Diff(want, r.take()); diff != "" {
					t.Errorf("reports (-want +got):\n%s", diff)
				}
			})
			synctest.Test(t, func(t *testing.T) {
				_, _, provider := start(tt.answers)
				check(t, "ForceFlush", provider.ForceFlush(context.Background()), tt.flush)
				_ = provider.Shutdown(context.Background())
			})
		})
	}
}

// What was refused is told while it happens, and an endpoint that answers so is not
// down.
func TestBatchTellsOfRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("401 Unauthorized")
		e, r := &endpoint{answers: []error{dialError("connection refused"), refused, refused, nil}, first: time.Second}, &reports{}
		e.set(nil, time.Second)
		provider := batched(e, r, sdktrace.WithMaxExportBatchSize(100))
		endSpans(provider, 400)
		time.Sleep(2 * time.Minute)
		if diff := cmp.Diff([]string{
			"exporters: cannot export to backend, spans are dropped until it answers: dial: connection refused",
			"exporters: backend answers again, 100 spans dropped in the meantime",
			"exporters: dropped 200 spans for backend: 200 refused: 401 Unauthorized",
		}, r.take()); diff != "" {
			t.Errorf("reports (-want +got):\n%s", diff)
		}
		if err := provider.ForceFlush(context.Background()); !errors.Is(err, refused) {
			t.Errorf("ForceFlush = %v, want what was dropped in the background", err)
		}
		if err := errors.Join(provider.ForceFlush(context.Background()), provider.Shutdown(context.Background())); err != nil {
			t.Errorf("once more: %v, want it said once", err)
		}
	})
}

// ForceFlush ends with its context, and says what is known of why. What it didn't
// export is exported later.
func TestBatchForceFlushHonoursItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		e.set(nil, time.Minute)
		provider := batched(e, r, sdktrace.WithExportTimeout(0))
		endSpans(provider, 1000)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := provider.ForceFlush(ctx); err == nil || err.Error() != "context deadline exceeded" {
			t.Errorf("ForceFlush = %v, want the deadline", err)
		}
		if err := provider.Shutdown(context.Background()); err != nil || e.got != 1000 {
			t.Errorf("Shutdown = %v, %d of 1000 arrived", err, e.got)
		}
	})
}

// An exporter is told when somebody waits.
func TestBatchHurries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		provider := batched(e, r)
		hurried := func() bool {
			select {
			case <-e.hints.Hurry:
				return true
			default:
				return false
			}
		}
		endSpans(provider, 1)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		before := e.hints
		if hurried() || !e.hints.Valid {
			t.Error("a batch in the background is in a hurry, or not said to be valid")
		}
		endSpans(provider, 1)
		if err := provider.ForceFlush(context.Background()); err != nil {
			t.Error(err)
		}
		if e.hints = before; !hurried() {
			t.Error("ForceFlush doesn't hurry")
		}
		endSpans(provider, 1)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if hurried() {
			t.Error("the hurry doesn't end with ForceFlush")
		}
		if err := provider.Shutdown(context.Background()); err != nil || !hurried() {
			t.Errorf("Shutdown = %v, hurries: %t", err, hurried())
		}
	})
}

// The options and variables of the SDK's processor mean here what they mean there.
func TestBatchTakesTheSDKsOptions(t *testing.T) {
	tests := []struct {
		explanation string
		env         map[string]string
		options     []sdktrace.BatchSpanProcessorOption
		full        int           // how many of the batches go at once
		batches     []int         // of 20 spans that end at once, and 1 later
		after       time.Duration // when the others go
	}{
		{"defaults", nil, nil, 0, []int{20, 1}, 5 * time.Second},
		{"batch size by the environment", map[string]string{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "8"}, nil, 2, []int{8, 8, 4, 1}, 5 * time.Second},
		{"delay by the environment", map[string]string{"OTEL_BSP_SCHEDULE_DELAY": "1000"}, nil, 0, []int{20, 1}, time.Second},
		{"the code wins", map[string]string{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "8", "OTEL_BSP_SCHEDULE_DELAY": "1000"},
			[]sdktrace.BatchSpanProcessorOption{sdktrace.WithMaxExportBatchSize(10), sdktrace.WithBatchTimeout(2 * time.Second)}, 2, []int{10, 10, 1}, 2 * time.Second},
		{"what makes the SDK panic: its defaults", nil,
			[]sdktrace.BatchSpanProcessorOption{nil, sdktrace.WithMaxExportBatchSize(-1), sdktrace.WithMaxQueueSize(-1), sdktrace.WithBatchTimeout(-1)}, 0, []int{20, 1}, 5 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			synctest.Test(t, func(t *testing.T) {
				e, r := &endpoint{}, &reports{}
				provider := batched(e, r, tt.options...)
				endSpans(provider, 20)
				time.Sleep(tt.after - 1)
				synctest.Wait()
				if !slices.Equal(e.seen(), tt.batches[:tt.full]) {
					t.Errorf("batches before the delay: %v", e.sizes)
				}
				time.Sleep(time.Nanosecond)
				synctest.Wait()
				if !slices.Equal(e.seen(), tt.batches[:len(tt.batches)-1]) {
					t.Errorf("batches after the delay: %v", e.sizes)
				}
				endSpans(provider, 1)
				if err := provider.Shutdown(context.Background()); err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(tt.batches, e.sizes); diff != "" {
					t.Errorf("batches (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// With the SDK's option for it, a full queue makes spans wait, and drops none.
func TestBatchBlocksOnlyIfItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		e.set(nil, time.Second)
		provider := batched(e, r, sdktrace.WithMaxQueueSize(10), sdktrace.WithMaxExportBatchSize(10), sdktrace.WithBlocking())
		begin := time.Now()
		endSpans(provider, 100)
		if took := time.Since(begin); took != 8*time.Second {
			t.Errorf("took %v, want 8s", took)
		}
		if err := provider.Shutdown(context.Background()); err != nil || e.got != 100 {
			t.Errorf("Shutdown = %v, %d of 100 arrived", err, e.got)
		}
	})
}

// What ends when the processor was shut down is told, too.
func TestBatchAfterShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, r := &endpoint{}, &reports{}
		processor := exporters.Batch(e, &exporters.BatchOptions{Report: r.report})
		span := endedSpans(t, "op")[0]
		processor.OnEnd(span)
		for range 2 {
			if err := processor.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		}
		for range 3 {
			processor.OnEnd(span)
			time.Sleep(2 * time.Second)
		}
		if err := processor.ForceFlush(context.Background()); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{
			"exporters: dropped 1 span for backend: 1 ended after Shutdown",
			"exporters: dropped 2 spans for backend: 2 ended after Shutdown",
		}, r.take()); diff != "" {
			t.Errorf("reports (-want +got):\n%s", diff)
		}
	})
}

func TestBatchOfNil(t *testing.T) {
	p := exporters.Batch(nil, nil)
	p.OnEnd(endedSpans(t, "op")[0])
	if err := p.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestBatchConcurrentSafe(t *testing.T) {
	e, r := &endpoint{}, &reports{}
	provider := batched(e, r, sdktrace.WithMaxQueueSize(10_000), sdktrace.WithMaxExportBatchSize(7))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			endSpans(provider, 100)
			_ = provider.ForceFlush(context.Background())
		})
	}
	wg.Wait()
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if e.got != 800 || r.take() != nil {
		t.Errorf("%d of 800 spans arrived", e.got)
	}
}
