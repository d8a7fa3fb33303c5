// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"bufio"
	"io"
	"log" //nolint:depguard // in the place of net/http, which logs to it
	"net"
	"net/http"
	"path"
	"runtime"
	"strings"
	"time"
)

// serverWriter is what the response writers of net/http's servers have in common.
type serverWriter interface {
	http.ResponseWriter
	http.Flusher
	io.StringWriter
	FlushError() error
	CloseNotify() <-chan bool
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
	EnableFullDuplex() error
}

// connectionWriter is what those of HTTP/1 have besides, and those of HTTP/2 don't.
type connectionWriter interface {
	http.Hijacker
	io.ReaderFrom
}

// recorder records a response that is written to a server's writer. httpsnoop
// records any writer, at the price of two functions for each of its methods: 14
// allocations a request of HTTP/1. Servers have just two kinds of writers, so
// these two are written out; see newRecorder.
type recorder struct {
	serverWriter
	request *request
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.serverWriter }

func (r *recorder) WriteHeader(code int) {
	r.serverWriter.WriteHeader(code)
	r.request.commit(code)
}

func (r *recorder) Write(b []byte) (int, error) {
	n, err := r.serverWriter.Write(b)
	r.request.wrote(int64(n), err)
	return n, err
}

func (r *recorder) WriteString(s string) (int, error) {
	n, err := r.serverWriter.WriteString(s)
	r.request.wrote(int64(n), err)
	return n, err
}

func (r *recorder) Flush() {
	r.serverWriter.Flush()
	r.request.commit(http.StatusOK)
}

func (r *recorder) FlushError() error {
	err := r.serverWriter.FlushError()
	r.request.commit(http.StatusOK)
	return err
}

// http1Recorder is a recorder for a server of HTTP/1.
type http1Recorder struct {
	recorder
	connection connectionWriter
}

// WriteHeader logs a call too many as net/http does, which would name this file as the
// caller's.
func (r *http1Recorder) WriteHeader(code int) {
	if r.request.status.Load() != 0 && code >= 200 && !r.request.hijacked.Load() && isPointerOf(r.serverWriter, "net/http") {
		r.superfluous()
		return
	}
	r.recorder.WriteHeader(code)
}

func (r *http1Recorder) superfluous() {
	var callers [16]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	frame, more := frames.Next()
	for more && (strings.HasPrefix(frame.Function, "net/http.") || strings.HasPrefix(frame.Function, ownPackage)) {
		frame, more = frames.Next()
	}
	server, _ := r.request.passed.Context().Value(http.ServerContextKey).(*http.Server)
	printf := log.Printf
	if server != nil && server.ErrorLog != nil {
		printf = server.ErrorLog.Printf
	}
	printf("http: superfluous response.WriteHeader call from %s (%s:%d)", frame.Function, path.Base(frame.File), frame.Line)
}

// ownPackage is what the names of this package's functions start with.
const ownPackage = "github.com/ot2otel/ot2otel/compat."

func (r *http1Recorder) ReadFrom(src io.Reader) (int64, error) {
	n, err := r.connection.ReadFrom(src)
	r.request.read(n)
	return n, err
}

func (r *http1Recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := r.connection.Hijack()
	r.request.hijack(err)
	return conn, buffered, err
}

// http2Recorder is a recorder for a server of HTTP/2.
type http2Recorder struct {
	recorder
	http.Pusher
}

// newRecorder returns a writer that has the interfaces of w; nil where w has others
// than a server's.
func newRecorder(w http.ResponseWriter, req *request) http.ResponseWriter {
	server, ok := w.(serverWriter)
	if !ok {
		return nil
	}
	pusher, isPusher := w.(http.Pusher)
	if connection, ok := w.(connectionWriter); ok {
		if isPusher {
			return nil
		}
		return &http1Recorder{recorder{server, req}, connection}
	}
	_, isHijacker := w.(http.Hijacker)
	_, isReaderFrom := w.(io.ReaderFrom)
	if !isPusher || isHijacker || isReaderFrom {
		return nil
	}
	return &http2Recorder{recorder{server, req}, pusher}
}
