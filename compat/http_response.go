// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/felixge/httpsnoop"
)

// response is what is recorded of a response while it is written. Its fields are
// atomic because a hijacked connection, and a handler that outlives its request,
// may use the writer from elsewhere.
type response struct {
	status   atomic.Int32 // the first final status; zero: none was sent
	size     atomic.Int64 // bytes of the body
	hijacked atomic.Bool
}

// commit records a status that was sent. An informational one isn't final, except
// 101, and later ones are ignored by the server too.
func (res *response) commit(code int) {
	if code >= 100 && code < 200 && code != http.StatusSwitchingProtocols || res.hijacked.Load() {
		return
	}
	res.status.CompareAndSwap(0, int32(code)) //nolint:gosec // three digits, or WriteHeader has panicked
}

// wrote records a write, which sends the status 200 if none was sent.
func (res *response) wrote(n int64, err error) {
	res.size.Add(n)
	switch {
	case err == nil || n > 0:
		res.commit(http.StatusOK)
	case errors.Is(err, http.ErrHandlerTimeout):
		// An http.TimeoutHandler further out has answered in this handler's place.
		res.status.Store(http.StatusServiceUnavailable)
	case errors.Is(err, http.ErrHijacked):
	default:
		res.commit(http.StatusOK)
	}
}

// read records what was copied from a source. An empty one sends nothing, and its
// error isn't the writer's.
func (res *response) read(n int64) {
	if n > 0 {
		res.wrote(n, nil)
	}
}

// hijack records that the handler has taken the connection, unless that failed.
func (res *response) hijack(err error) {
	if err == nil {
		res.hijacked.Store(true)
	}
}

// responseHooks are the hooks that record a response to a writer of any kind. They
// are used only while a writer is being wrapped, so one set serves many requests:
// what they return is bound to the response, not to the set.
type responseHooks struct {
	response *response
	hooks    httpsnoop.Hooks
}

func newResponseHooks() *responseHooks {
	h := new(responseHooks)
	h.hooks = httpsnoop.Hooks{
		WriteHeader: func(next httpsnoop.WriteHeaderFunc) httpsnoop.WriteHeaderFunc {
			res := h.response
			return func(code int) {
				next(code)
				res.commit(code)
			}
		},
		Write: func(next httpsnoop.WriteFunc) httpsnoop.WriteFunc {
			res := h.response
			return func(b []byte) (int, error) {
				n, err := next(b)
				res.wrote(int64(n), err)
				return n, err
			}
		},
		WriteString: func(next httpsnoop.WriteStringFunc) httpsnoop.WriteStringFunc {
			res := h.response
			return func(s string) (int, error) {
				n, err := next(s)
				res.wrote(int64(n), err)
				return n, err
			}
		},
		ReadFrom: func(next httpsnoop.ReadFromFunc) httpsnoop.ReadFromFunc {
			res := h.response
			return func(src io.Reader) (int64, error) {
				n, err := next(src)
				res.read(n)
				return n, err
			}
		},
		Flush: func(next httpsnoop.FlushFunc) httpsnoop.FlushFunc {
			res := h.response
			return func() {
				next()
				res.commit(http.StatusOK)
			}
		},
		FlushError: func(next httpsnoop.FlushErrorFunc) httpsnoop.FlushErrorFunc {
			res := h.response
			return func() error {
				err := next()
				res.commit(http.StatusOK)
				return err
			}
		},
		Hijack: func(next httpsnoop.HijackFunc) httpsnoop.HijackFunc {
			res := h.response
			return func() (net.Conn, *bufio.ReadWriter, error) {
				conn, buffered, err := next()
				res.hijack(err)
				return conn, buffered, err
			}
		},
	}
	return h
}

// record returns a writer with the interfaces of w that records the response.
func (req *request) record(w http.ResponseWriter) http.ResponseWriter {
	if r := newRecorder(w, req); r != nil {
		return r
	}
	h, _ := req.tracing.hooks.Get().(*responseHooks)
	if h == nil {
		h = newResponseHooks()
	}
	h.response = &req.response
	wrapped := httpsnoop.Wrap(w, h.hooks)
	h.response = nil
	req.tracing.hooks.Put(h)
	return wrapped
}

// finalStatus returns the status that the client got, zero where there is none.
func (req *request) finalStatus(how outcome) int {
	if status := req.status.Load(); status != 0 {
		return int(status)
	}
	switch {
	case req.hijacked.Load():
		// The response was written to the connection itself. Where the client asked
		// for it, the protocol has been switched.
		if asksForUpgrade(req.passed.Header) {
			return http.StatusSwitchingProtocols
		}
		return 0
	case how == handlerReturned && req.Err() != nil:
		// Somebody further out answers, as http.TimeoutHandler does, or nobody is left
		// to be answered.
		return 0
	case how == handlerReturned:
		return http.StatusOK
	case how == handlerPanicked:
		return http.StatusInternalServerError
	}
	return 0
}
