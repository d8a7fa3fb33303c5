// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	before = `"github.com/uber/jaeger-client-go`
	after  = `"github.com/ot2otel/ot2otel/compat/jaegerclient`
)

// request is one of a user's.
type request struct {
	explanation string
	path        string
	header      http.Header
}

var requests = []request{
	{"a new trace", "/book?title=emma", nil},
	{"a trace of 64 bits, sampled by a peer", "/book?title=faust", http.Header{"Uber-Trace-Id": {"00000000000000ab:00000000000000cd:0:1"}, "Uberctx-Shop": {"a%20b"}}},
	{"a trace of 128 bits that is not sampled", "/book?title=ulysses", http.Header{"Uber-Trace-Id": {"000000000000000100000000000000ac:00000000000000cd:0:0"}}},
	{"a debug trace", "/book?title=walden", http.Header{"Uber-Trace-Id": {"00000000000000ad:00000000000000cd:0:3"}}},
	{"a debug ID, with baggage", "/book?title=dubliners", http.Header{"Jaeger-Debug-Id": {"ticket-1"}, "Jaeger-Baggage": {"k1=v1, k2=v2"}}},
	{"a failure", "/book?title=missing", http.Header{"Uber-Trace-Id": {"00000000000000ae:00000000000000cd:0:1"}}},
}

// TestLeaveByImportLines runs the service before and after its import lines change, and
// compares what everybody else gets of it: the backend, the next service, and who reads
// its log.
func TestLeaveByImportLines(t *testing.T) {
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(source), before) != 3 {
		t.Fatalf("the service has %d imports of jaeger-client-go, want 3", strings.Count(string(source), before))
	}
	was := play(t, nil)
	is := play(t, []byte(strings.ReplaceAll(string(source), before, after)))

	if diff := cmp.Diff(was.process, is.process, ignoreProcess); diff != "" {
		t.Errorf("what tells the process (-before +after):\n%s", diff)
	}
	for i, request := range requests {
		if diff := cmp.Diff(was.traces[i], is.traces[i]); diff != "" {
			t.Errorf("%s (-before +after):\n%s", request.explanation, diff)
		}
	}
	if len(was.spans) < 13 {
		t.Errorf("the backend got %d spans; the comparison doesn't see them", len(was.spans))
	}
	t.Logf("%d spans, %d requests to the peer", len(is.spans), len(requests)-1)
}

// ignoreProcess leaves out the tags that tell the client itself.
var ignoreProcess = cmp.FilterPath(func(p cmp.Path) bool {
	index, ok := p.Last().(cmp.MapIndex)
	if !ok {
		return false
	}
	key := index.Key().String()
	return key == "jaeger.version" || key == "host.name" || strings.HasPrefix(key, "telemetry.sdk.")
}, cmp.Ignore())

// TestCommandOfGuide runs the command of MIGRATION.md on the service.
func TestCommandOfGuide(t *testing.T) {
	perl, err := exec.LookPath("perl")
	if err != nil {
		t.Skip("needs perl (Debian: perl)")
	}
	guide, err := os.ReadFile("../../MIGRATION.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(guide), "xargs perl -pi -e '")
	script, _, closed := strings.Cut(rest, "'\n")
	if !found || !closed {
		t.Fatal("MIGRATION.md has no command of perl")
	}
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "main.go")
	adapters := "// \"github.com/uber/jaeger-client-go/log/zap\" has no twin\n" // which stays
	if err := os.WriteFile(changed, append(source, adapters...), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), perl, "-pi", "-e", script, changed).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := os.ReadFile(changed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(source), before, after)+adapters, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// seen is what the others get of the service.
type seen struct {
	process map[string]string
	spans   []span
	traces  []trace // one for each request
}

// trace is what the others get because of a request, without IDs that are random.
type trace struct {
	Answer string
	Log    string
	Spans  []string
	// Peer is what the next service is sent.
	Peer map[string]string
}

// play runs the service, with another main.go where source isn't nil.
func play(t *testing.T, source []byte) seen {
	t.Helper()
	backend := newBackend(t)
	peer := newPeer(t)
	service := start(t, source, "JAEGER_ENDPOINT="+backend.URL+"/api/traces", "JAEGER_TRACEID_128BIT=true", "JAEGER_TAGS=zone=${ZONE:z1}", "PEER="+peer.URL)
	var s seen
	for _, r := range requests {
		answer := service.ask(t, r)
		sent := peer.take()
		s.traces = append(s.traces, trace{Answer: answer, Log: service.line(t), Peer: sent})
	}
	service.stop(t)
	s.process, s.spans = backend.taken()
	if s.process["client-uuid"] != "" {
		s.process["client-uuid"] = "random"
	}
	for i := range s.traces {
		s.traces[i].normalize(t, s.spans, peer.URL)
	}
	return s
}

// normalize adds the spans of the trace that the log names, and puts names in the place of
// what is another one in each run.
func (tr *trace) normalize(t *testing.T, spans []span, peerURL string) {
	t.Helper()
	var traceID, spanID string
	var sampled bool
	if _, err := fmt.Sscanf(tr.Log, "serve trace=%s span=%s sampled=%t", &traceID, &spanID, &sampled); err != nil {
		t.Fatalf("the log line %q: %v", tr.Log, err)
	}
	names := map[string]string{}
	for _, s := range spans {
		names[s.id] = s.name
	}
	tr.Log = fmt.Sprintf("span=%s sampled=%t, an ID of %d digits", names[spanID], sampled, len(traceID))
	for _, s := range spans {
		if strings.TrimLeft(s.trace, "0") == strings.TrimLeft(traceID, "0") {
			if s.tags["jaeger-debug-id"] != "" {
				// jaeger-client-go names its sampler here, too, although the ID decided.
				delete(s.tags, "sampler.type")
				delete(s.tags, "sampler.param")
			}
			text := strings.ReplaceAll(s.describe(names), peerURL, "PEER")
			tr.Spans = append(tr.Spans, strings.ReplaceAll(text, strings.TrimPrefix(peerURL, "http://"), "PEER"))
		}
	}
	slices.Sort(tr.Spans)
	if header := tr.Peer["Uber-Trace-Id"]; header != "" {
		parts := strings.Split(header, ":")
		if parts[0] != traceID {
			t.Errorf("the peer is sent the trace %s, want %s", parts[0], traceID)
		}
		// The third part, the parent's ID, is deprecated and nobody reads it.
		tr.Peer["Uber-Trace-Id"] = fmt.Sprintf("%d digits, span=%s, flags=%s", len(parts[0]), names[parts[1]], parts[3])
	}
	for _, more := range []string{"Traceparent", "Tracestate", "Baggage"} {
		delete(tr.Peer, more) // which native peers read, besides
	}
	for name, value := range tr.Peer {
		if item, err := url.QueryUnescape(value); err == nil && strings.HasPrefix(name, "Uberctx-") {
			tr.Peer[name] = item // a space is + before and %20 after, which all clients read
		}
	}
}

// peer is the next service.
type peer struct {
	*httptest.Server
	mu   sync.Mutex
	sent http.Header
}

func newPeer(t *testing.T) *peer {
	p := &peer{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sent = r.Header.Clone()
		_, _ = io.WriteString(w, "in stock")
	}))
	t.Cleanup(p.Close)
	return p
}

// take returns the headers of the last request, without those of HTTP.
func (p *peer) take() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	sent := map[string]string{}
	for name, values := range p.sent {
		if name != "Accept-Encoding" && name != "User-Agent" {
			sent[name] = strings.Join(values, ", ")
		}
	}
	p.sent = nil
	return sent
}

// running is the service in a process of its own.
type running struct {
	command *exec.Cmd
	stdin   io.Closer
	out     *bufio.Scanner
	address string
}

// start builds and starts the service.
func start(t *testing.T, source []byte, environment ...string) *running {
	t.Helper()
	folder := t.TempDir()
	binary := filepath.Join(folder, "service")
	arguments := []string{"build", "-o", binary}
	if source != nil {
		here, err := filepath.Abs("main.go")
		if err != nil {
			t.Fatal(err)
		}
		changed, overlay := filepath.Join(folder, "main.go"), filepath.Join(folder, "overlay.json")
		replace, err := json.Marshal(map[string]map[string]string{"Replace": {here: changed}})
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{changed: source, overlay: replace} {
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		arguments = append(arguments, "-overlay", overlay)
	}
	if out, err := exec.CommandContext(t.Context(), "go", append(arguments, ".")...).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	s := &running{command: exec.CommandContext(t.Context(), binary)}
	s.command.Env = append(os.Environ(), environment...)
	s.command.Stderr = testWriter{t}
	var err error
	if s.stdin, err = s.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	s.out = bufio.NewScanner(out)
	s.address = s.line(t)
	return s
}

func (s *running) line(t *testing.T) string {
	t.Helper()
	if !s.out.Scan() {
		t.Fatal("the service has ended")
	}
	return s.out.Text()
}

func (s *running) ask(t *testing.T, r request) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.address+r.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, r.header)
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s: %s", response.Status, body)
}

func (s *running) stop(t *testing.T) {
	t.Helper()
	if err := s.stdin.Close(); err != nil {
		t.Error(err)
	}
	if err := s.command.Wait(); err != nil {
		t.Error(err)
	}
}

// testWriter shows what the service logs where the test fails.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(text []byte) (int, error) {
	w.t.Logf("service: %s", text)
	return len(text), nil
}
