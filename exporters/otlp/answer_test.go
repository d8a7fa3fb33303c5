// SPDX-License-Identifier: Apache-2.0

package otlp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/ot2otel/ot2otel/exporters/otlp"
)

// exportOne sends a span and returns the error.
func exportOne(t *testing.T, options *otlp.Options) error {
	t.Helper()
	exporter, err := otlp.New(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := exporter.Shutdown(context.Background()); err != nil {
			t.Errorf("Shutdown = %v", err)
		}
	}()
	return exporter.ExportSpans(hurried(), []sdktrace.ReadOnlySpan{tracetest.SpanStub{Name: "op"}.Snapshot()})
}

// answers are what a hostile endpoint may say, and what must be left of it.
func answers() []struct{ explanation, says, want string } {
	return []struct{ explanation, says, want string }{
		{"an escape sequence", "\x1b[2J\x07gone", `\x1b[2J\agone`},
		{"several lines", "one\ntwo\r\n2026/01/02 forged", `one\ntwo\r\n2026/01/02 forged`},
		{"C1 controls", "a\u009b31mb", `a\u009b31mb`},
		{"a text in the other direction", "a\u202egnp\u2066", `a\u202egnp\u2066`},
		{"line separators", "a\u2028b\u2029c", `a\u2028b\u2029c`},
		{"the key that it was sent", "bad key 0123456789abcdef, Bearer fedcba987654", "bad key REDACTED, REDACTED"},
		{"a secret of its own", "login at https://joe:hunter2@h?password=hunter2", "login at https://REDACTED@h?password=REDACTED"},
		{"a page of 900 KB", strings.Repeat("<p>", 300_000), "<p><p>"},
		{"900 KB to escape", strings.Repeat("\x1b", 900_000), `\x1b\x1b`},
		{"900 KB of wide characters", strings.Repeat("検", 300_000), "検検"},
	}
}

func checkAnswer(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	got := err.Error()
	if !strings.Contains(got, want) {
		t.Errorf("error %s\nhas no %s", got, want)
	}
	if len(got) > 1000 {
		t.Errorf("error of %d bytes, want 1000 at most", len(got))
	}
	if i := strings.IndexFunc(got, func(r rune) bool { return r == unicode.ReplacementChar || r != ' ' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q may not be printed in %q", got[i:min(i+3, len(got))], got)
	}
	for _, secret := range []string{"0123456789abcdef", "fedcba987654", "hunter2", "k3y"} {
		if strings.Contains(got, secret) {
			t.Errorf("error tells a secret: %s", got)
		}
	}
}

// What an endpoint answers reaches the caller, and so the error handler and the
// log, in one printable line.
func TestHostileAnswersHTTP(t *testing.T) {
	for _, tt := range append(answers(), struct{ explanation, says, want string }{"invalid UTF-8", "\xff\xfe", `\xff\xfe`}) {
		for name, respond := range map[string]http.HandlerFunc{
			"refused": func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(tt.says))
			},
			"partial success": func(w http.ResponseWriter, _ *http.Request) {
				content, err := proto.Marshal(&collector.ExportTraceServiceResponse{PartialSuccess: &collector.ExportTracePartialSuccess{
					RejectedSpans: 1, ErrorMessage: strings.ToValidUTF8(tt.says, "?")}})
				if err != nil {
					t.Error(err)
				}
				w.Header().Set("Content-Type", "application/x-protobuf")
				_, _ = w.Write(content)
			},
		} {
			if name == "partial success" && tt.explanation == "invalid UTF-8" {
				continue // protobuf has none
			}
			t.Run(tt.explanation+"/"+name, func(t *testing.T) {
				cleanEnvironment(t, map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "api-key=0123456789abcdef,authorization=Bearer%20fedcba987654"})
				server := httptest.NewServer(respond)
				defer server.Close()
				checkAnswer(t, exportOne(t, &otlp.Options{Endpoint: server.URL + "/k3y/v1/traces"}), tt.want)
			})
		}
	}
}

func TestHostileAnswersGRPC(t *testing.T) {
	headers := map[string]string{"api-key": "0123456789abcdef", "authorization": "Bearer fedcba987654"}
	for _, tt := range answers() {
		says := tt.says
		if len(says) > 6000 { // three times that, encoded, fits into a header
			says = says[:6000]
		}
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t, nil)
			r := &receiver{refuse: status.Error(codes.InvalidArgument, says)}
			endpoint := "http://" + r.serveGRPC(t, "tcp", "127.0.0.1:0")
			checkAnswer(t, exportOne(t, &otlp.Options{Protocol: otlp.ProtocolGRPC, Endpoint: endpoint, Headers: headers}), tt.want)

			r = &receiver{partial: tt.says}
			endpoint = "http://" + r.serveGRPC(t, "tcp", "127.0.0.1:0")
			checkAnswer(t, exportOne(t, &otlp.Options{Protocol: otlp.ProtocolGRPC, Endpoint: endpoint, Headers: headers}), tt.want)
		})
	}
}

// However much an endpoint says, a bounded part of it is read.
func TestEndlessAnswers(t *testing.T) {
	cleanEnvironment(t, nil)
	sent := 0
	body := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		for chunk := make([]byte, 64<<10); ; sent += len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer body.Close()
	checkAnswer(t, exportOne(t, &otlp.Options{Endpoint: body.URL}), "response body too large: exceeded 1048576 bytes")
	body.Close()
	if sent > 64<<20 { // what sockets hold comes on top of the 1 MiB
		t.Errorf("%d bytes of the body were taken", sent)
	}

	header := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 200<<10))
	}))
	defer header.Close()
	checkAnswer(t, exportOne(t, &otlp.Options{Endpoint: header.URL}), "server response headers exceeded 65536 bytes")

	r := &receiver{refuse: status.Error(codes.InvalidArgument, strings.Repeat("x", 200<<10))}
	endpoint := "http://" + r.serveGRPC(t, "tcp", "127.0.0.1:0")
	checkAnswer(t, exportOne(t, &otlp.Options{Protocol: otlp.ProtocolGRPC, Endpoint: endpoint, Timeout: 500 * time.Millisecond}), "rpc error")

	r = &receiver{partial: strings.Repeat("x", 2<<20)}
	endpoint = "http://" + r.serveGRPC(t, "tcp", "127.0.0.1:0")
	checkAnswer(t, exportOne(t, &otlp.Options{Protocol: otlp.ProtocolGRPC, Endpoint: endpoint}), "larger than max")
}

// What can't be reached is named, without a key in its path; what the error
// wraps can still be asked for.
func TestUnreachable(t *testing.T) {
	cleanEnvironment(t, nil)
	address := deadAddress(t)
	err := exportOne(t, &otlp.Options{Endpoint: "http://" + address + "/k3y/v1/traces"})
	checkAnswer(t, err, `Post "http://`+address+`/REDACTED/v1/traces": dial tcp`)
	var timeout interface{ Timeout() bool }
	if !asError(err, &timeout) {
		t.Errorf("%v wraps no net.Error", err)
	}
}
