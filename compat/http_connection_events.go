// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"net/textproto"

	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
)

// withEvents adds logs of what the connection does to the span of a round trip.
// The events, their fields and the two tags are those of go-stdlib's nethttp, whose
// ClosedBody is the body's, and TLSHandshakeStart, TLSHandshakeDone and
// Got1xxResponse. Other client traces of the context are called too.
func (trip *roundTrip) withEvents(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(hostPort string) { trip.event("GetConn", log.String("hostPort", trip.hidden(hostPort))) },
		GotConn: func(info httptrace.GotConnInfo) {
			trip.tag("net/http.reused", info.Reused)
			trip.tag("net/http.was_idle", info.WasIdle)
			trip.event("GotConn")
		},
		PutIdleConn:          func(error) { trip.event("PutIdleConn") },
		GotFirstResponseByte: func() { trip.event("GotFirstResponseByte") },
		Got100Continue:       func() { trip.event("Got100Continue") },
		Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
			trip.event("Got1xxResponse", log.Int("code", code))
			return nil
		},
		DNSStart: func(info httptrace.DNSStartInfo) { trip.event("DNSStart", log.String("host", trip.hidden(info.Host))) },
		DNSDone: func(info httptrace.DNSDoneInfo) {
			fields := make([]log.Field, 0, len(info.Addrs)+1)
			for _, addr := range info.Addrs {
				fields = append(fields, log.String("addr", addr.String()))
			}
			trip.outcome("DNSDone", info.Err, fields...)
		},
		ConnectStart: func(network, addr string) {
			trip.event("ConnectStart", log.String("network", network), log.String("addr", trip.hidden(addr)))
		},
		ConnectDone: func(network, addr string, err error) {
			trip.outcome("ConnectDone", err, log.String("network", network), log.String("addr", trip.hidden(addr)))
		},
		TLSHandshakeStart: func() { trip.event("TLSHandshakeStart") },
		TLSHandshakeDone:  func(_ tls.ConnectionState, err error) { trip.outcome("TLSHandshakeDone", err) },
		WroteHeaders:      func() { trip.event("WroteHeaders") },
		Wait100Continue:   func() { trip.event("Wait100Continue") },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err != nil {
				ext.Error.Set(trip.span, true)
			}
			trip.outcome("WroteRequest", info.Err)
		},
	})
}

// hidden returns what a hook leaves of a host that is connected to.
func (trip *roundTrip) hidden(host string) string {
	return trip.tracing.redactHost(trip.given.URL.Scheme, host)
}

// event logs what has happened. A connection may still tell things when the
// request is long over: those are dropped.
func (trip *roundTrip) event(name string, fields ...log.Field) {
	if trip.done.Load() {
		return
	}
	defer reportPanic("the tracer, at an event of a connection")
	trip.span.LogFields(append([]log.Field{log.Event(name)}, fields...)...)
}

// outcome logs a step that may have failed; then the event is an error and the
// message names the step.
func (trip *roundTrip) outcome(step string, err error, fields ...log.Field) {
	if err == nil {
		trip.event(step, fields...)
		return
	}
	trip.event("error", append(fields, log.Message(step), log.Error(trip.tracing.redactError(err)))...)
}

func (trip *roundTrip) tag(key string, value any) {
	if trip.done.Load() {
		return
	}
	defer reportPanic("the tracer, at an event of a connection")
	trip.span.SetTag(key, value)
}
