// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// span is a span without what differs from run to run: IDs, times, scope.
type span struct {
	Name       string            `json:"name"`
	Kind       string            `json:"kind,omitempty"` // unless internal
	Late       bool              `json:"late,omitempty"` // its kind was set after the start
	Status     string            `json:"status,omitempty"`
	Parent     string            `json:"parent,omitempty"` // "remote" for a local span that came by a carrier, else the IDs of one outside the case
	Open       bool              `json:"open,omitempty"`   // started, never ended
	Start      string            `json:"start,omitempty"`  // only times that the case set itself
	End        string            `json:"end,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"` // "TYPE value"
	Links      []link            `json:"links,omitempty"`
	Events     []event           `json:"events,omitempty"`
	Children   []*span           `json:"children,omitempty"`
}

type link struct {
	To         string            `json:"to"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

type event struct {
	Name       string            `json:"name"`
	Time       string            `json:"time,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// recorder is both the first processor, which sees spans start, and the exporter, which gets
// them as a service's exporter would.
type recorder struct {
	mu      sync.Mutex
	started []sdktrace.ReadOnlySpan
	ended   map[trace.SpanID]sdktrace.ReadOnlySpan
	wire    *wire
}

func newRecorder() *recorder {
	r := &recorder{wire: &wire{}}
	r.reset()
	return r
}

func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started, r.ended = nil, make(map[trace.SpanID]sdktrace.ReadOnlySpan)
	r.wire.reset()
}

func (r *recorder) OnStart(_ context.Context, s sdktrace.ReadWriteSpan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started = append(r.started, s)
}

func (r *recorder) OnEnd(sdktrace.ReadOnlySpan) {}

func (r *recorder) ForceFlush(context.Context) error { return nil }

func (r *recorder) Shutdown(context.Context) error { return nil }

func (r *recorder) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range spans {
		r.ended[s.SpanContext().SpanID()] = s
	}
	return nil
}

// trees returns the spans as trees, siblings ordered by what they hold, so that
// goroutines do not matter.
func (r *recorder) trees() []*span {
	r.mu.Lock()
	defer r.mu.Unlock()

	names := make(map[trace.SpanID]string)
	byID := make(map[trace.SpanID]*span)
	all := make([]sdktrace.ReadOnlySpan, 0, len(r.started))
	for _, s := range r.started {
		id := s.SpanContext().SpanID()
		out := &span{}
		if ended := r.ended[id]; ended != nil {
			out.Late = ended.SpanKind() != s.SpanKind()
			s = ended
		}
		all = append(all, s)
		names[id] = s.Name()
		byID[id] = out
	}
	var roots []*span
	for _, s := range all {
		out := byID[s.SpanContext().SpanID()]
		r.fill(out, s, names)
		parent := byID[s.Parent().SpanID()]
		if parent == nil {
			roots = append(roots, out)
			continue
		}
		parent.Children = append(parent.Children, out)
	}
	sortSpans(roots)
	return roots
}

func (r *recorder) fill(out *span, s sdktrace.ReadOnlySpan, names map[trace.SpanID]string) {
	out.Name = s.Name()
	if s.SpanKind() != trace.SpanKindInternal {
		out.Kind = s.SpanKind().String()
	}
	if st := s.Status(); st.Description != "" {
		out.Status = st.Code.String() + ": " + st.Description
	} else if st.Code != 0 {
		out.Status = st.Code.String()
	}
	if p := s.Parent(); p.IsValid() {
		if _, local := names[p.SpanID()]; !local {
			out.Parent = outside(p)
		} else if p.IsRemote() {
			out.Parent = "remote"
		}
	}
	out.Open = r.ended[s.SpanContext().SpanID()] == nil
	out.Start = explicitTime(s.StartTime())
	if !out.Open {
		out.End = explicitTime(s.EndTime())
	}
	out.Attributes = attributes(s.Attributes())
	for _, l := range s.Links() {
		to, local := names[l.SpanContext.SpanID()]
		if !local {
			to = outside(l.SpanContext)
		}
		out.Links = append(out.Links, link{To: to, Attributes: attributes(l.Attributes)})
	}
	for _, e := range s.Events() {
		out.Events = append(out.Events, event{Name: e.Name, Time: explicitTime(e.Time), Attributes: attributes(e.Attributes)})
	}
}

func sortSpans(spans []*span) {
	keys := make(map[*span][]byte)
	for _, s := range spans {
		sortSpans(s.Children)
		keys[s], _ = json.Marshal(s)
	}
	slices.SortStableFunc(spans, func(a, b *span) int { return bytes.Compare(keys[a], keys[b]) })
}

// outside names a span context that no span of the case has: cases use fixed IDs for those.
func outside(sc trace.SpanContext) string {
	s := sc.TraceID().String() + "/" + sc.SpanID().String()
	if !sc.IsSampled() {
		s += " unsampled"
	}
	if sc.IsRemote() {
		s += " remote"
	}
	return s
}

// explicitTime returns a time that the case chose: those are all in the last century.
func explicitTime(t time.Time) string {
	if t.Year() >= 2000 {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func attributes(kvs []attribute.KeyValue) map[string]string {
	if len(kvs) == 0 {
		return nil
	}
	m := make(map[string]string)
	for _, kv := range kvs {
		value := kv.Value.Emit()
		switch {
		case kv.Key == "exception.stacktrace" && len(value) > 100:
			value = "(a stack)"
		case kv.Value.Type() == attribute.STRING:
			value = strconv.Quote(value)
		}
		m[string(kv.Key)] = fmt.Sprintf("%s %s", kv.Value.Type(), value)
	}
	return m
}
