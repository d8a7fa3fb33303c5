// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// The situations of a server that concern the connection, its body and its writer.
var connectionSituations = []situation{
	{"WebSocket, 101 by `WriteHeader`, then `Hijack` (coder/websocket)", "101, no error, the connection works", func(t *testing.T, in *instrumentation) string {
		return servesWebSocket(t, in, coderEcho(t))
	}},
	{"WebSocket, 101 written to the hijacked connection (gorilla/websocket)", "101, no error, the connection works", func(t *testing.T, in *instrumentation) string {
		return servesWebSocket(t, in, gorillaEcho(t))
	}},
	{"size of a body sent by `io.Copy` from a file", "counted, by sendfile", copiedFile},
	{"files of a multipart upload beyond memory", "deleted", uploadedFiles},
	{"Flusher, Hijacker, Pusher, ReaderFrom … of the writer, over HTTP/1.1", "kept", func(t *testing.T, in *instrumentation) string {
		return lostInterfaces(t, in, protocolHTTP1)
	}},
	{"the same, over HTTP/2", "kept", func(t *testing.T, in *instrumentation) string {
		return lostInterfaces(t, in, protocolHTTP2)
	}},
	{"deadlines by `http.ResponseController`", "kept", deadlines},
	{"connection after `http.MaxBytesReader` refused a body", "kept open", func(t *testing.T, in *instrumentation) string {
		return refusedBody(t, in.server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, 1))
		})))
	}},
	{"the same, by `http.MaxBytesHandler` around the middleware", "closed", func(t *testing.T, in *instrumentation) string {
		return refusedBody(t, http.MaxBytesHandler(in.server(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
		})), 1))
	}},
}

func worksWords(works bool) string {
	if works {
		return "the connection works"
	}
	return "the connection is broken"
}

func servesWebSocket(t *testing.T, in *instrumentation, echo http.HandlerFunc) string {
	t.Helper()
	p := start(t, protocolHTTP1, in.server(echo))
	works := exchange(t.Context(), t, p.Client(), p.URL)
	p.await(t)
	span := in.span(t, trace.SpanKindServer)
	return words(span.statusCode(), span.error(), worksWords(works))
}

// fileListener has connections that note whether they are given a file to send.
type fileListener struct {
	net.Listener
	files chan bool
}

func (l fileListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return fileConn{conn.(*net.TCPConn), l.files}, nil
}

type fileConn struct {
	*net.TCPConn
	files chan bool
}

// ReadFrom is where net gets a file to the socket by sendfile.
func (c fileConn) ReadFrom(src io.Reader) (int64, error) {
	_, isFile := src.(syscall.Conn)
	c.files <- isFile
	return c.TCPConn.ReadFrom(src)
}

func copiedFile(t *testing.T, in *instrumentation) string {
	const size = 1 << 20
	path := t.TempDir() + "/content"
	if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	files := make(chan bool, 1)
	p := start(t, func(s *httptest.Server) {
		s.Listener = fileListener{s.Listener, files}
		s.Start()
	}, in.server(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		file, err := os.Open(path)
		if err != nil {
			t.Error(err)
			return
		}
		defer file.Close()
		w.Header().Set("Content-Length", fmt.Sprint(size))
		if _, err := io.Copy(w, file); err != nil {
			t.Error(err)
		}
	})))
	if _, body, err := p.get(t, p.Client(), "/"); err != nil || len(body) != size {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	p.await(t)
	how := "by a buffer"
	select {
	case isFile := <-files:
		if isFile {
			how = "by sendfile"
		}
	default:
	}
	return words(in.span(t, trace.SpanKindServer).bodySize(size), how)
}

func uploadedFiles(t *testing.T, in *instrumentation) string {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "large")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(make([]byte, 1<<20))
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t, protocolHTTP1, in.server(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1 << 10); err != nil {
			t.Error(err)
		}
		if files, err := os.ReadDir(temp); err != nil || len(files) != 1 {
			t.Errorf("%d files, %v, want the upload in one", len(files), err)
		}
	})))
	res, err := p.Client().Post(p.URL, form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	p.Close() // waits for the server to have finished the request
	files, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) > 0 {
		return "left behind"
	}
	return "deleted"
}

// optional are the interfaces that a response writer may have, in their order in
// net/http and io.
var optional = []struct {
	name string
	has  func(http.ResponseWriter) bool
}{
	{"Flusher", is[http.Flusher]},
	{"FlushError", is[interface{ FlushError() error }]},
	{"Hijacker", is[http.Hijacker]},
	{"Pusher", is[http.Pusher]},
	{"ReaderFrom", is[io.ReaderFrom]},
	{"StringWriter", is[io.StringWriter]},
	{"CloseNotifier", is[interface{ CloseNotify() <-chan bool }]},
	{"SetReadDeadline", is[interface{ SetReadDeadline(time.Time) error }]},
	{"SetWriteDeadline", is[interface{ SetWriteDeadline(time.Time) error }]},
	{"EnableFullDuplex", is[interface{ EnableFullDuplex() error }]},
}

func is[I any](w http.ResponseWriter) bool {
	_, ok := w.(I)
	return ok
}

// interfacesOf returns the names of those that w has.
func interfacesOf(w http.ResponseWriter) []string {
	var has []string
	for _, o := range optional {
		if o.has(w) {
			has = append(has, o.name)
		}
	}
	return has
}

// lostInterfaces compares the writer that a handler gets with the server's.
func lostInterfaces(t *testing.T, in *instrumentation, begin func(*httptest.Server)) string {
	t.Helper()
	var bare, traced []string
	handler := in.server(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { traced = interfacesOf(w) }))
	p := start(t, begin, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bare = interfacesOf(w)
		handler.ServeHTTP(w, r)
	}))
	if _, _, err := p.get(t, p.Client(), "/"); err != nil {
		t.Error(err)
	}
	p.await(t)
	if lost := slices.DeleteFunc(bare, func(name string) bool { return slices.Contains(traced, name) }); len(lost) > 0 {
		return "lost: " + words(lost...)
	}
	return "kept"
}

func deadlines(t *testing.T, in *instrumentation) string {
	var failed error
	p := start(t, protocolHTTP1, in.server(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		failed = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(-time.Second))
		fmt.Fprint(w, "too late")
	})))
	_, _, err := p.get(t, p.Client(), "/")
	p.await(t)
	if failed != nil || err == nil {
		return "lost"
	}
	return "kept"
}

// refusedBody sends more than a handler reads.
func refusedBody(t *testing.T, h http.Handler) string {
	t.Helper()
	p := start(t, protocolHTTP1, h)
	res, err := p.Client().Post(p.URL, "text/plain", bytes.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.Close {
		return "closed"
	}
	return "kept open"
}
