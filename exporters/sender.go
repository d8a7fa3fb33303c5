// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
	"github.com/ot2otel/ot2otel/internal/printable"
)

// reportEvery is how long a report keeps further ones quiet: an endpoint that
// comes and goes must not fill a log. collectFor is how long drops are collected before
// the first one.
const (
	reportEvery = time.Minute
	collectFor  = time.Second
)

// sender hands batches to an exporter, counts what becomes of them, and reports it.
type sender struct {
	exporter sdktrace.SpanExporter
	opts     BatchOptions
	life     context.Context
	cancel   context.CancelFunc // ends life, and with it the batch under way

	mu       sync.Mutex
	sent     int64
	total    losses // ever
	returned losses // those that ForceFlush has returned an error for
	unsaid   losses // since the last report
	warning  error  // what the receiver of a whole batch had to say, not reported yet
	outages  int64  // batches that failed in one
	down     bool   // the last batch did
	lastDown error  // why
	told     bool   // the outage, so its end is to be told too
	missed   int64  // spans of this outage
	quiet    time.Time
	timer    *time.Timer // for the next report; nil if there is nothing to say

	stops     bool // Shutdown was called
	gaveUp    bool // a batch failed since
	accounted bool // and it has said what was lost

	waiting int           // calls of ForceFlush and Shutdown
	hurried chan struct{} // closed while there are any
}

func newSender(exporter sdktrace.SpanExporter, opts BatchOptions) *sender {
	s := &sender{exporter: exporter, opts: opts, hurried: make(chan struct{})}
	s.life, s.cancel = context.WithCancel(context.Background())
	return s
}

// export hands over a batch.
func (s *sender) export(spans []sdktrace.ReadOnlySpan, timeout time.Duration) {
	n := int64(len(spans))
	s.mu.Lock()
	skip, hurried := s.gaveUp, s.hurried
	s.mu.Unlock()
	switch {
	case s.life.Err() != nil:
		s.lose(unfinished, n, nil)
		return
	case skip:
		s.lose(outage, n, nil)
		return
	}
	ctx := delivery.WithHints(s.life, delivery.Hints{Hurry: hurried, Valid: true})
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	outcome := attempt(ctx, s.exporter, spans)
	switch {
	case outcome.Outcome == delivery.Delivered:
		s.delivered(n)
	case outcome.Outcome == delivery.Partial:
		rejected := min(outcome.Rejected, n)
		s.delivered(n - rejected)
		s.partial(rejected, outcome.Err)
	case outcome.Outcome == delivery.Refused:
		s.answers()
		s.lose(refused, n, outcome.Err)
	case s.life.Err() != nil: // Shutdown's time is over
		s.lose(unfinished, n, s.realError(outcome.Err))
	default:
		s.failed(n, outcome.Err)
	}
}

// delivered counts spans that have arrived. That there are answers again is told
// if the outage was.
func (s *sender) delivered(n int64) {
	s.mu.Lock()
	s.sent += n
	s.mu.Unlock()
	s.answers()
}

// answers ends an outage.
func (s *sender) answers() {
	var report error
	s.mu.Lock()
	if s.down && s.told {
		report = fmt.Errorf("exporters: %s answers again, %s dropped in the meantime", s.opts.Name, printable.Spans(s.missed))
		s.unsaid[outage] = loss{}
	}
	s.down = false
	s.mu.Unlock()
	s.report(report)
}

// failed counts the spans of a batch that failed in an outage, and reports its
// begin.
func (s *sender) failed(n int64, err error) {
	var report error
	s.mu.Lock()
	s.outages++
	s.lastDown = err
	if !s.down {
		s.down, s.missed, s.told = true, 0, false
		if now := time.Now(); !s.stops && !now.Before(s.quiet) {
			s.told = true
			s.quiet = now.Add(reportEvery)
			report = fmt.Errorf("exporters: cannot export to %s, spans are dropped until it answers: %w", s.opts.Name, err)
		}
	}
	s.missed += n
	s.gaveUp = s.stops
	s.mu.Unlock()
	s.report(report)
	s.lose(outage, n, err)
}

// partial counts spans that the receiver of a batch rejected; if there are none, it
// only had something to say.
func (s *sender) partial(n int64, err error) {
	if n > 0 {
		s.lose(rejected, n, err)
		return
	}
	s.mu.Lock()
	s.warning = err
	s.schedule()
	s.mu.Unlock()
}

// realError returns the error for a batch that was cancelled: the last one of the
// endpoint's, where its own says only that it was cancelled.
func (s *sender) realError(err error) error {
	if !onlyContext(err) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return s.lastDown
	}
	return nil
}

// onlyContext reports whether all that err says is that a context has ended.
func onlyContext(err error) bool {
	for err != nil {
		if err == context.Canceled || err == context.DeadlineExceeded {
			return true
		}
		err = errors.Unwrap(err)
	}
	return false
}

// lose counts spans that were dropped; err may be nil.
func (s *sender) lose(why reason, n int64, err error) {
	s.mu.Lock()
	if s.accounted && why != late { // by an exporter that returned too late: it was counted
		s.mu.Unlock()
		return
	}
	s.total.add(why, n, err)
	s.unsaid.add(why, n, err)
	s.schedule()
	s.mu.Unlock()
}

// schedule has what is unsaid reported in the background, in a second and not before
// the last report is a minute old. Shutdown reports by itself. The caller holds mu.
func (s *sender) schedule() {
	if s.timer == nil && (!s.stops || s.accounted) {
		s.timer = time.AfterFunc(max(time.Until(s.quiet), collectFor), s.say)
	}
}

// say reports what is unsaid.
func (s *sender) say() {
	s.mu.Lock()
	s.timer = nil
	if s.stops && !s.accounted {
		s.mu.Unlock()
		return
	}
	if left := time.Until(s.quiet); left > 0 { // an outage was told meanwhile
		s.timer = time.AfterFunc(left, s.say)
		s.mu.Unlock()
		return
	}
	unsaid, warning := s.unsaid, s.warning
	s.unsaid, s.warning = losses{}, nil
	if unsaid.sum() > 0 || warning != nil {
		s.quiet = time.Now().Add(reportEvery)
	}
	s.mu.Unlock()
	s.report(s.dropped(unsaid))
	if warning != nil {
		s.report(fmt.Errorf("exporters: %s took all spans of a batch and says: %w", s.opts.Name, warning))
	}
}

func (s *sender) report(err error) {
	if err != nil {
		s.opts.Report(err)
	}
}

// dropped is the error for losses; nil if there are none.
func (s *sender) dropped(l losses) error {
	if l.sum() == 0 {
		return nil
	}
	return fmt.Errorf("exporters: dropped %s for %s: %w", printable.Spans(l.sum()), s.opts.Name, l.reasons())
}

// account reports what of the spans that ended before Shutdown, and of those since, has
// not arrived, and returns the error for Shutdown.
func (s *sender) account(ended int64) error {
	s.mu.Lock()
	ended += s.total[late].spans
	if open := ended - s.sent - s.total.sum(); open > 0 { // in a batch that can't be ended
		s.total.add(unfinished, open, nil)
	}
	total, warning := s.total, s.warning
	s.unsaid, s.warning = losses{}, nil
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	s.accounted = true
	s.quiet = time.Time{}
	s.mu.Unlock()
	if lost := total.sum(); lost > 0 {
		s.report(fmt.Errorf("exporters: dropped %s of %d for %s: %w", printable.Spans(lost), ended, s.opts.Name, total.reasons()))
	}
	if warning != nil {
		s.report(fmt.Errorf("exporters: %s took all spans of a batch and says: %w", s.opts.Name, warning))
	}
	return s.toReturn()
}

// hurry tells the exporter that somebody waits, until the returned function is
// called.
func (s *sender) hurry() (done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting++; s.waiting == 1 {
		close(s.hurried)
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.waiting--; s.waiting == 0 {
			s.hurried = make(chan struct{})
		}
	}
}

// stopping begins Shutdown.
func (s *sender) stopping() {
	s.hurry() // for ever
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stops = true
}

// failures returns how many batches have failed in an outage.
func (s *sender) failures() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outages
}

// toReturn returns the error for what was lost since the last call.
func (s *sender) toReturn() error {
	s.mu.Lock()
	since := s.total.since(s.returned)
	s.returned = s.total
	s.mu.Unlock()
	return s.dropped(since)
}

// lastError adds to the end of a context why nothing came before.
func (s *sender) lastError(ended error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.down {
		return ended
	}
	return fmt.Errorf("%w; exporters: cannot export to %s: %w", ended, s.opts.Name, s.lastDown)
}
