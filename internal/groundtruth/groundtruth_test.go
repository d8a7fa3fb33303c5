// SPDX-License-Identifier: Apache-2.0

package groundtruth_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// recording is testdata/flask_opentracing.json: what Flask-OpenTracing 2.0.0 did,
// request by request, over a real server and with a mock tracer.
type recording struct {
	Cases []recordedCase `json:"cases"`
}

type recordedCase struct {
	Group    string                    `json:"group"`
	Name     string                    `json:"name"`
	Request  *recordedRequest          `json:"request"`
	Response *recordedResponse         `json:"response"`
	Spans    map[string][]recordedSpan `json:"spans"` // by tracer, in the order in which they were finished

	UnfinishedScopesLeft *int `json:"unfinished_scopes_left"`
	SpansFinished        *int `json:"spans_finished"`
	DistinctTraces       *int `json:"distinct_traces"`
	WithParent           *int `json:"with_parent"`
}

type recordedRequest struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    *string           `json:"body"`
}

type recordedResponse struct {
	Status   int     `json:"status"`
	Body     string  `json:"body"` // at most maxBody characters
	Location *string `json:"location"`
}

type recordedSpan struct {
	OperationName *string                    `json:"operation_name"` // Flask's endpoint
	TraceID       int                        `json:"trace_id"`
	SpanID        int                        `json:"span_id"`
	ParentID      *int                       `json:"parent_id"`
	Baggage       map[string]string          `json:"baggage"`
	Tags          map[string]recordedValue   `json:"tags"`
	TagOrder      []string                   `json:"tag_order"`
	Logs          []map[string]recordedValue `json:"logs"`
}

// recordedValue is a value with its Python type.
type recordedValue struct {
	Type  string `json:"type"`
	Value any    `json:"value"`
}

// maxBody is how much of a response's body was recorded.
const maxBody = 120

// key names a case; it is unique.
func (c *recordedCase) key() string { return c.Group + " | " + c.Name }

// TestGroundTruth replays every recorded request against a Go twin of its
// application, over real loopback servers, and compares the response and the spans
// with what was recorded. It does so twice: with OpenTracing's mock tracer, as in
// the recording, and with compat's tracer on the OpenTelemetry SDK.
//
// What is meant to be different in Go is a row of the table differences, with its
// reason. A row that changes nothing fails.
func TestGroundTruth(t *testing.T) {
	cases := readRecording(t)
	byKey := make(map[string]*recordedCase)
	for i := range cases {
		byKey[cases[i].key()] = &cases[i]
	}
	if len(byKey) != 49 {
		t.Fatalf("the recording has %d cases by name, want 49", len(byKey))
	}
	for _, backend := range []tracerBackend{mockBackend{}, memoryBackend{}} {
		t.Run(backend.name(), func(t *testing.T) {
			used := make(map[*difference]int)
			reports := collectReports(t)
			apps := newTwins(t, backend)
			for i := range cases {
				c := &cases[i]
				t.Run(c.key(), func(t *testing.T) {
					got, spans := apps.replay(t, c)
					want, source := expect(t, backend.name(), c, byKey, used)
					got.addOrder(spans, source)
					for _, line := range got.differFrom(want) {
						t.Error(line)
					}
				})
			}
			apps.close()
			reports.check(t)
			for i := range differences {
				d := &differences[i]
				if used[d] == 0 && d.appliesTo(backend.name()) {
					t.Errorf("the row {in: %q, fact: %q, want: %q} no longer makes a difference: delete it", d.in, d.fact, d.want)
				}
			}
		})
	}
}

// TestGroundTruthCanFail makes sure that a wrong span isn't covered by a row.
func TestGroundTruthCanFail(t *testing.T) {
	cases := readRecording(t)
	byKey := make(map[string]*recordedCase)
	for i := range cases {
		byKey[cases[i].key()] = &cases[i]
	}
	apps := newTwins(t, mockBackend{})
	defer apps.close()
	c := byKey["trace-all | simple GET"]
	good, _ := apps.replay(t, c)
	want, _ := expect(t, "mocktracer", c, byKey, make(map[*difference]int))
	if lines := good.differFrom(want); lines != nil {
		t.Fatal(lines)
	}
	for _, fact := range []string{
		"response status", "response body", "requests left", "span tracer/0 name", "span tracer/0 parent",
		"span tracer/0 tag component", "span tracer/0 tag http.url", "span tracer/0 tag http.status_code",
	} {
		bad := maps.Clone(good)
		bad[fact] = "other"
		missing := maps.Clone(good)
		delete(missing, fact)
		if len(bad.differFrom(want)) != 1 || len(missing.differFrom(want)) != 1 {
			t.Errorf("a wrong or missing %q goes unnoticed", fact)
		}
	}
	more := maps.Clone(good)
	more["span tracer/1 name"] = "GET /test"
	if len(more.differFrom(want)) != 1 {
		t.Error("a second span goes unnoticed")
	}
}

func readRecording(t *testing.T) []recordedCase {
	t.Helper()
	data, err := os.ReadFile("testdata/flask_opentracing.json")
	if err != nil {
		t.Fatal(err)
	}
	var r recording
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if err := decoder.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r.Cases
}

// expect returns the facts that a replay of c has to show: the recorded ones,
// changed by the rows of the table differences; and the case that they are from. It
// counts the rows that it used.
func expect(t *testing.T, run string, c *recordedCase, byKey map[string]*recordedCase, used map[*difference]int) (want facts, source *recordedCase) {
	t.Helper()
	source = c
	for i := range differences {
		d := &differences[i]
		if d.as == "" || !d.matches(run, c) {
			continue
		}
		if source = byKey[d.as]; source == nil {
			t.Fatalf("row %d of differences: there is no case %q", i, d.as)
		}
		used[d]++
		break
	}
	recorded := recordedFacts(source)
	want = make(facts, len(recorded))
	for name, value := range recorded {
		want[name] = value
		for i := range differences {
			d := &differences[i]
			if d.as != "" || d.recorded == absent || !d.matches(run, c) || !d.covers(name, value) {
				continue
			}
			if d.want == value {
				t.Errorf("row {in: %q, fact: %q}: %q is what was recorded: delete it", d.in, d.fact, d.want)
			}
			used[d]++
			if want[name] = d.want; d.want == absent {
				delete(want, name)
			}
			break
		}
	}
	for i := range differences {
		d := &differences[i]
		if d.as != "" || d.recorded != absent || !d.matches(run, c) {
			continue
		}
		if value, there := want[d.fact]; there {
			t.Errorf("row {in: %q, fact: %q}: the recording has it: %q", d.in, d.fact, value)
		}
		used[d]++
		want[d.fact] = d.want
	}
	if source != c {
		// It is like the other case, but at its own path.
		for name, value := range want {
			want[name] = strings.ReplaceAll(value, source.Request.Path, c.Request.Path)
		}
	}
	return want, source
}

// facts are what can be said of a request that was made: the response, and each
// span's name, parent, baggage, tags and logs, by the fact's name. Values are
// written with their types: `string "GET"`, `int 200`, `bool true`.
type facts map[string]string

// differFrom lists what is not as wanted.
func (f facts) differFrom(want facts) []string {
	all := maps.Clone(f)
	maps.Copy(all, want)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		got, have := f[name]
		wanted, wants := want[name]
		switch {
		case have && !wants:
			lines = append(lines, fmt.Sprintf("%s: is %s, which was not recorded", name, got))
		case wants && !have:
			lines = append(lines, fmt.Sprintf("%s: is missing, was %s", name, wanted))
		case got != wanted:
			lines = append(lines, fmt.Sprintf("%s: is %s, want %s", name, got, wanted))
		}
	}
	return lines
}

// recordedFacts returns the facts of the recording.
func recordedFacts(c *recordedCase) facts {
	f := make(facts)
	if c.UnfinishedScopesLeft != nil {
		f["requests left"] = fmt.Sprint(*c.UnfinishedScopesLeft)
	}
	if c.SpansFinished != nil {
		f["spans finished"] = fmt.Sprint(*c.SpansFinished)
		f["distinct traces"] = fmt.Sprint(*c.DistinctTraces)
		f["spans with a parent"] = fmt.Sprint(*c.WithParent)
	}
	spans := make(map[string][]observedSpan)
	for tracer, list := range c.Spans {
		for _, span := range list {
			spans[tracer] = append(spans[tracer], span.observed())
		}
	}
	f.addSpans(spans)
	for tracer, list := range spans {
		for i, span := range list {
			if len(span.tags) > 0 {
				f[fmt.Sprintf("span %s/%d tag order", tracer, i)] = asRecorded
			}
		}
	}
	if c.Response != nil {
		location := ""
		if c.Response.Location != nil {
			location = *c.Response.Location
		}
		f.addResponse(fmt.Sprint(c.Response.Status), c.Response.Body, location, spans)
	}
	return f
}

// observed translates a span of the recording.
func (s recordedSpan) observed() observedSpan {
	o := observedSpan{
		name:    "None", // no route, hence no endpoint
		trace:   fmt.Sprint(s.TraceID),
		span:    fmt.Sprint(s.SpanID),
		baggage: s.Baggage,
		tags:    make(map[string]string),
		order:   s.TagOrder,
	}
	if s.OperationName != nil {
		o.name = *s.OperationName
	}
	if s.ParentID != nil {
		o.parent = fmt.Sprint(*s.ParentID)
	}
	for key, value := range s.Tags {
		o.tags[key] = value.String()
	}
	for _, fields := range s.Logs {
		log := make(map[string]string)
		for key, value := range fields {
			log[key] = value.String()
		}
		o.logs = append(o.logs, log)
	}
	return o
}

// String writes the value with the type that Go has for it.
func (v recordedValue) String() string {
	switch {
	case v.Type == "str":
		return fmt.Sprintf("string %q", v.Value)
	case strings.HasPrefix(v.Type, "exception:"):
		return fmt.Sprintf("error %q", v.Value)
	default: // int, bool, type, traceback
		return fmt.Sprintf("%s %v", v.Type, v.Value)
	}
}
