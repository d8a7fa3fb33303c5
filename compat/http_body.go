// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/opentracing/opentracing-go"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// bodyEnd is what ends the span of a round trip, once.
type bodyEnd struct {
	done     atomic.Bool
	closing  atomic.Bool  // the caller has closed the body
	size     atomic.Int64 // bytes read of the body
	header   time.Time    // when the headers of the response were there
	unpacked bool         // net/http has decompressed the body; its size on the wire isn't known
	dropped  runtime.Cleanup
}

// finish ends the span, unless it has ended.
func (trip *roundTrip) finish() {
	if trip.done.Swap(true) {
		return
	}
	defer reportPanic("the tracer, at the end of an outgoing request")
	if size := trip.size.Load(); size > 0 && !trip.unpacked && trip.tracing.options.Conventions.semconv() {
		trip.span.SetTag(string(semconv.HTTPResponseBodySizeKey), int(size))
	}
	trip.span.Finish()
}

// isBodyless reports whether there is nothing to read of a response. HTTP/2 has no
// http.NoBody; a length of zero tells it there, while other round trippers may
// just not have set one.
func isBodyless(method string, res *http.Response) bool {
	switch {
	case res.Body == nil || res.Body == http.NoBody:
		return true
	case method == http.MethodHead || res.StatusCode == http.StatusNoContent || res.StatusCode == http.StatusNotModified:
		return true
	}
	return res.ProtoMajor >= 2 && res.ContentLength == 0
}

// watch returns a body that ends the span at its end, when it is closed or breaks
// off, or when the caller has dropped it. The body of a switched protocol can be
// written to, and stays so.
func (trip *roundTrip) watch(body io.ReadCloser) io.ReadCloser {
	trip.header = time.Now()
	watched := &responseBody{ReadCloser: body, trip: trip}
	trip.dropped = runtime.AddCleanup(watched, (*roundTrip).drop, trip)
	switch body := body.(type) {
	case halfCloser:
		return struct {
			*responseBody
			halfCloser
		}{watched, body}
	case io.Writer:
		return struct {
			*responseBody
			io.Writer
		}{watched, body}
	}
	return watched
}

// halfCloser is what net/http's body of a switched protocol can do beside reading:
// httputil.ReverseProxy passes on that one side is done while the other still talks.
type halfCloser interface {
	io.Writer
	CloseWrite() error
}

// drop ends the span of a body that was neither read to its end nor closed. Its
// round trip was over, for the caller, at the response's headers.
func (trip *roundTrip) drop() {
	if trip.done.Swap(true) {
		return
	}
	defer reportPanic("the tracer, at the end of an outgoing request")
	trip.span.FinishWithOptions(opentracing.FinishOptions{FinishTime: trip.header})
}

// responseBody is the body of a response.
type responseBody struct {
	io.ReadCloser
	trip *roundTrip
}

func (b *responseBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	trip := b.trip
	trip.size.Add(int64(n))
	if err != nil && !trip.done.Load() {
		if !errors.Is(err, io.EOF) && !trip.closing.Load() {
			trip.broke(err)
		}
		b.end()
	}
	return n, err
}

func (b *responseBody) Close() error {
	b.trip.closing.Store(true) // what this interrupts in Read is not a failure
	err := b.ReadCloser.Close()
	if b.trip.tracing.options.ConnectionEvents {
		b.trip.event("ClosedBody")
	}
	b.end()
	return err
}

func (b *responseBody) end() {
	b.trip.dropped.Stop()
	b.trip.finish()
}

// broke records that the body has ended before its end.
func (trip *roundTrip) broke(err error) {
	defer reportPanic("the tracer, at the body of a response")
	trip.fail(err)
}
