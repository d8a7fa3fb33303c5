// SPDX-License-Identifier: Apache-2.0

package compat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ot2otel/ot2otel/compat"
)

// The tests of this file are of what a handler asks of the connection beneath it.

func TestDeadlinesAreTheConnections(t *testing.T) {
	past := func() time.Time { return time.Now().Add(-time.Second) }
	for _, p := range protocols {
		t.Run(p.name+"/write", func(t *testing.T) {
			c := connect(t, nil, p.start, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if err := http.NewResponseController(w).SetWriteDeadline(past()); err != nil {
					t.Error(err)
				}
				fmt.Fprint(w, "too late")
			}))
			if res, err := c.Client().Get(c.URL); err == nil {
				res.Body.Close()
				t.Error("the response arrived in spite of a write deadline in the past")
			}
			c.span(t)
		})
		t.Run(p.name+"/read", func(t *testing.T) {
			c := connect(t, nil, p.start, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := http.NewResponseController(w).SetReadDeadline(past()); err != nil {
					t.Error(err)
				}
				if _, err := io.ReadAll(r.Body); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("reading the request's body: %v, want the deadline in the past", err)
				}
			}))
			body, endless := io.Pipe()
			defer endless.Close()
			if res, err := c.Client().Post(c.URL, "text/plain", body); err == nil {
				res.Body.Close()
			}
			c.span(t)
		})
	}
}

// fileListener notes what its connections are given to send as a whole. A file
// that gets that far is sent by sendfile, where the system has it.
type fileListener struct {
	net.Listener
	given chan io.Reader
}

func (l fileListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return fileConn{conn.(*net.TCPConn), l.given}, nil
}

type fileConn struct {
	*net.TCPConn
	given chan io.Reader
}

func (c fileConn) ReadFrom(src io.Reader) (int64, error) {
	c.given <- src
	return c.TCPConn.ReadFrom(src)
}

func TestFilesReachTheConnection(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 100_000)
	path := t.TempDir() + "/content"
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(http.ResponseWriter, *http.Request){
		"io.Copy": func(w http.ResponseWriter, _ *http.Request) {
			file, err := os.Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer file.Close()
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			if _, err := io.Copy(w, file); err != nil {
				t.Error(err)
			}
		},
		"http.ServeFile": func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) },
	} {
		t.Run(name, func(t *testing.T) {
			given := make(chan io.Reader, 1)
			start := func(s *httptest.Server) {
				s.Listener = fileListener{s.Listener, given}
				s.Start()
			}
			c := connect(t, &compat.TracingOptions{Conventions: compat.Semconv}, start, http.HandlerFunc(write))
			if got := c.get(context.Background(), t).body; got != string(content) {
				t.Errorf("%d bytes arrived that aren't the content", len(got))
			}
			if got := c.span(t).Tag("http.response.body.size"); got != len(content) {
				t.Errorf("http.response.body.size = %v, want %d", got, len(content))
			}
			select {
			case src := <-given:
				if limited, ok := src.(*io.LimitedReader); ok {
					src = limited.R
				}
				if _, ok := src.(syscall.Conn); !ok {
					t.Errorf("the connection got a %T, want the file", src)
				}
			default:
				t.Error("the connection wasn't given the file")
			}
		})
	}
}

// logLines gets what is logged; HTTP/2 logs after it has told the client.
type logLines chan string

func (l logLines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

func TestPanicOnTheWire(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			logged := make(logLines, 4)
			start := func(s *httptest.Server) {
				s.Config.ErrorLog = log.New(logged, "", 0)
				p.start(s)
			}
			c := connect(t, nil, start, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panickingPart(errBoom) }))
			if res, err := c.Client().Get(c.URL); err == nil {
				res.Body.Close()
				t.Errorf("status %d, want no response", res.StatusCode)
			}
			span := c.span(t)
			if span.Tag("error") != true || span.Tag("http.status_code") != uint16(500) || len(span.Logs()) != 1 {
				t.Errorf("tags %v, logs %v, want one error and the status 500", span.Tags(), logsOf(span))
			}
			select {
			case line := <-logged:
				if !strings.Contains(line, "boom") || !strings.Contains(line, "panickingPart") {
					t.Errorf("the server's own log lacks the panic or where it came from:\n%s", line)
				}
			case <-time.After(10 * time.Second):
				t.Error("the server has logged nothing")
			}
		})
	}
}

func TestMultipartFilesAreDeleted(t *testing.T) {
	for _, p := range protocols {
		t.Run(p.name, func(t *testing.T) {
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			part, err := form.CreateFormFile("file", "large")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
			if err := form.Close(); err != nil {
				t.Fatal(err)
			}
			c := connect(t, nil, p.start, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if err := r.ParseMultipartForm(1 << 10); err != nil {
					t.Error(err)
				}
				if files, err := os.ReadDir(temp); err != nil || len(files) != 1 {
					t.Errorf("%d files, %v, want the upload in one", len(files), err)
				}
			}))
			res, err := c.Client().Post(c.URL, form.FormDataContentType(), &body)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			c.Close() // waits for the server to have finished the request
			if files, err := os.ReadDir(temp); err != nil || len(files) != 0 {
				t.Errorf("%d files, %v, want none left", len(files), err)
			}
			c.span(t)
		})
	}
}
