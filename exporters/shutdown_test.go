// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/exporters"
)

// scripted is an exporter made of functions; nil ones do nothing.
type scripted struct {
	name             func() string
	export, shutdown func(context.Context) error
	got              atomic.Int64 // spans of ExportSpans that returned nil
}

func (s *scripted) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if s.export != nil {
		if err := s.export(ctx); err != nil {
			return err
		}
	}
	s.got.Add(int64(len(spans)))
	return nil
}

func (s *scripted) Shutdown(ctx context.Context) error {
	if s.shutdown == nil {
		return nil
	}
	return s.shutdown(ctx)
}

func (s *scripted) String() string {
	if s.name == nil {
		return "backend"
	}
	return s.name()
}

// fragile is an error that panics where it is nil.
type fragile struct{ text string }

func (f *fragile) Error() string { return f.text }

// nested is an error that panics when it is unwrapped.
type nested struct{}

func (nested) Error() string { return "nested" }
func (nested) Unwrap() error { panic("no inside") }

// Nothing of an exporter that panics ends the process, or keeps a loss from being told.
func TestBatchOutlivesPanics(t *testing.T) {
	returns := func(err error) func(context.Context) error { return func(context.Context) error { return err } }
	panics := func(context.Context) error { panic("boom") }
	tests := []struct {
		explanation      string
		export, shutdown func(context.Context) error
		want             string // the report of Shutdown, after the count
		returned         string // by Shutdown of the exporter
	}{
		{"ExportSpans", panics, nil, "1 refused: the exporter panics: boom", ""},
		{"an error that is a nil pointer", returns((*fragile)(nil)), nil, "1 refused: the exporter's error panics: ", ""},
		{"an error that can't be unwrapped", returns(nested{}), nil, "1 refused: the exporter's error panics: no inside", ""},
		{"Shutdown", returns(errors.New("no")), panics, "1 refused: no", "; the exporter's Shutdown panics: boom"},
		{"an error of Shutdown", returns(errors.New("no")), returns((*fragile)(nil)), "1 refused: no", "; the error of the exporter's Shutdown panics: "},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &reports{}
				processor := exporters.Batch(&scripted{export: tt.export, shutdown: tt.shutdown}, &exporters.BatchOptions{Report: r.report})
				processor.OnEnd(endedSpans(t, "op")[0])
				err := processor.Shutdown(context.Background())
				if got := r.take(); len(got) != 1 || !strings.HasPrefix(got[0], "exporters: dropped 1 span of 1 for backend: "+tt.want) {
					t.Errorf("reports: %q", got)
				}
				if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.returned) {
					t.Errorf("Shutdown = %v, want …%s%s", err, tt.want, tt.returned)
				}
			})
		})
	}
}

func TestBatchOfAnExporterThatHasNoName(t *testing.T) {
	r := &reports{}
	e := &scripted{name: func() string { panic("boom") }, export: func(context.Context) error { return errors.New("no") }}
	processor := exporters.Batch(e, &exporters.BatchOptions{Report: r.report})
	processor.OnEnd(endedSpans(t, "op")[0])
	if err := processor.Shutdown(context.Background()); err == nil || !strings.Contains(err.Error(), "for *exporters_test.scripted: 1 refused: no") {
		t.Errorf("Shutdown = %v", err)
	}
}

// Spans that end while Shutdown is under way arrive or are told once, for the reason
// that they were late.
func TestBatchCountsSpansOfShutdownOnce(t *testing.T) {
	span := endedSpans(t, "op")[0]
	const enders, each = 3, 200
	for _, blocking := range []bool{false, true} {
		for range 100 {
			synctest.Test(t, func(t *testing.T) {
				e, r := &scripted{}, &reports{}
				options := &exporters.BatchOptions{Report: r.report, SDK: []sdktrace.BatchSpanProcessorOption{sdktrace.WithMaxQueueSize(50)}}
				if blocking {
					options.SDK = append(options.SDK, sdktrace.WithBlocking())
				}
				processor := exporters.Batch(e, options)
				var wg sync.WaitGroup
				begun := make(chan struct{}, enders)
				for range enders {
					wg.Go(func() {
						begun <- struct{}{}
						for range each {
							processor.OnEnd(span)
						}
					})
				}
				<-begun
				err := processor.Shutdown(context.Background())
				wg.Wait()
				time.Sleep(2 * time.Minute) // what is late is told later
				sum := e.got.Load()
				for _, text := range r.take() {
					var n int64
					if _, err := fmt.Sscanf(text, "exporters: dropped %d span", &n); err != nil {
						t.Errorf("%v: %s", err, text)
					}
					sum += n
					if strings.Contains(text, "had no time") {
						t.Errorf("reported %s", text)
					}
				}
				if sum != enders*each {
					t.Errorf("%d spans arrived or were told, of %d", sum, enders*each)
				}
				if err != nil && strings.Contains(err.Error(), "had no time") {
					t.Errorf("Shutdown = %v", err)
				}
			})
		}
	}
}

// Whatever of an exporter doesn't look at its context, Shutdown ends half a second after
// its own, with all losses told; and the exporter isn't shut down while it exports.
func TestBatchShutdownEnds(t *testing.T) {
	forever := func(context.Context) error { time.Sleep(time.Hour); return nil }
	tests := []struct {
		explanation      string
		export, shutdown func(context.Context) error
		want             []string
		took             time.Duration
	}{
		{"a Shutdown that takes no notice", func(context.Context) error { return errors.New("no") }, forever,
			[]string{"exporters: dropped 1 span of 1 for backend: 1 refused: no"}, 1500 * time.Millisecond},
		{"a Shutdown that does", nil, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, nil, time.Second},
		{"ExportSpans that takes none", forever, nil,
			[]string{"exporters: dropped 1 span of 1 for backend: 1 had no time before Shutdown ended"}, 1500 * time.Millisecond},
		{"neither does", forever, forever,
			[]string{"exporters: dropped 1 span of 1 for backend: 1 had no time before Shutdown ended"}, 1500 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &reports{}
				var under, overlaps, shut atomic.Int64
				e := &scripted{
					export: func(ctx context.Context) error {
						under.Add(1)
						defer under.Add(-1)
						if tt.export == nil {
							return nil
						}
						return tt.export(ctx)
					},
					shutdown: func(ctx context.Context) error {
						shut.Add(1)
						overlaps.Add(under.Load())
						if tt.shutdown == nil {
							return nil
						}
						if diff := cmp.Diff(tt.want, r.take()); diff != "" {
							t.Errorf("reports before the exporter's Shutdown (-want +got):\n%s", diff)
						}
						return tt.shutdown(ctx)
					},
				}
				processor := exporters.Batch(e, &exporters.BatchOptions{Report: r.report})
				processor.OnEnd(endedSpans(t, "op")[0])
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				second := make(chan error)
				go func() {
					time.Sleep(time.Millisecond)
					ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
					defer cancel()
					second <- processor.Shutdown(ctx)
				}()
				begin := time.Now()
				first := make(chan error, 1)
				go func() { first <- processor.Shutdown(ctx) }()
				if err := <-second; err != context.DeadlineExceeded || time.Since(begin) != 101*time.Millisecond {
					t.Errorf("a second Shutdown = %v after %v, want its own deadline", err, time.Since(begin))
				}
				if err := <-first; !errors.Is(err, context.DeadlineExceeded) || strings.Count(err.Error(), "deadline") != 1 {
					t.Errorf("Shutdown = %v, want the deadline once", err)
				}
				if took := time.Since(begin); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if err := processor.Shutdown(context.Background()); err != nil {
					t.Errorf("a third Shutdown = %v", err)
				}
				time.Sleep(3 * time.Hour)
				if shut.Load() != 1 || overlaps.Load() != 0 {
					t.Errorf("the exporter was shut down %d times, %d of them while it exported", shut.Load(), overlaps.Load())
				}
			})
		})
	}
}
