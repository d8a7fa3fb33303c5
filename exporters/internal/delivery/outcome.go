// SPDX-License-Identifier: Apache-2.0

// Package delivery says what became of a batch of spans.
package delivery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"syscall"
	"time"
)

// Outcome is what became of a batch.
type Outcome int

const (
	// Delivered means that the receiver took the batch.
	Delivered Outcome = iota
	// Partial means that it took the batch and rejected some of its spans, or
	// took all and has something to say.
	Partial
	// Refused means that it answered and doesn't want the batch, now or later.
	Refused
	// Later means that it answered and may take the batch another time.
	Later
	// Unanswered means that nobody has answered: refused connections, timeouts,
	// names that don't resolve, TLS that doesn't match.
	Unanswered
)

// Error is a batch that wasn't delivered, or not whole.
type Error struct {
	Outcome  Outcome
	After    time.Duration // when the receiver asks to be tried again; 0: it doesn't say
	Rejected int64         // how many spans of a partial success
	Lasting  bool          // nobody has answered, and trying again soon doesn't help
	Err      error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Of tells what an exporter's error means: an [Error], one of OpenTelemetry's OTLP
// exporters, of the network, or of TLS. Any other is that of a receiver which
// refuses the batch. nil is Delivered.
func Of(err error) Error {
	if err == nil {
		return Error{}
	}
	var own *Error
	if errors.As(err, &own) {
		return Error{Outcome: own.Outcome, After: own.After, Rejected: own.Rejected, Lasting: own.Lasting, Err: err}
	}
	found := Error{Outcome: Refused, Err: err}
	inURL := (*url.Error)(nil)
	switch {
	case isTLS(err):
		found.Outcome, found.Lasting = Unanswered, true
	case isNetwork(err):
		found.Outcome = Unanswered
	case errors.As(err, &inURL): // what answers doesn't speak HTTP
		found.Outcome, found.Lasting = Unanswered, true
	}
	walk(err, func(err error) bool { return found.foreign(err) })
	return found
}

// isNetwork reports whether err is one of a connection.
func isNetwork(err error) bool {
	var inNet net.Error
	var errno syscall.Errno
	if inURL := (*url.Error)(nil); errors.As(err, &inURL) { // which is a net.Error, whatever is in it
		err = inURL.Err
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &inNet) || errors.As(err, &errno)
}

// isTLS reports whether the two sides can't agree on TLS, or don't both speak it.
func isTLS(err error) bool {
	var (
		record      tls.RecordHeaderError
		alert       tls.AlertError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		host        x509.HostnameError
		invalid     x509.CertificateInvalidError
	)
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &certificate) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

// foreign looks at an error of a type that can't be imported: OpenTelemetry's
// exporters have theirs in internal packages, and gRPC isn't to be linked here.
func (e *Error) foreign(err error) (found bool) {
	value := reflect.ValueOf(err)
	if value.Kind() == reflect.Pointer && value.IsNil() {
		return false // its methods may not expect that
	}
	if value.Kind() == reflect.Struct {
		switch value.Type().Name() {
		case "PartialSuccess":
			if rejected := value.FieldByName("RejectedItems"); rejected.IsValid() && rejected.CanInt() {
				e.Outcome, e.Rejected = Partial, max(rejected.Int(), 0)
				return true
			}
		case "retryableError": // of HTTP: the last one, after all retries
			e.Outcome = Later
			return true
		}
	}
	if status := result(value.MethodByName("GRPCStatus")); status.IsValid() && !(status.Kind() == reflect.Pointer && status.IsNil()) {
		if code := result(status.MethodByName("Code")); code.IsValid() && code.CanUint() {
			e.Outcome = OfGRPC(uint32(code.Uint()), false)
			return true
		}
	}
	return false
}

// result calls a method without parameters that has one result.
func result(method reflect.Value) reflect.Value {
	if !method.IsValid() || method.Type().NumIn() != 0 || method.Type().NumOut() != 1 {
		return reflect.Value{}
	}
	return method.Call(nil)[0]
}

// walk calls f for err and what it wraps, until f returns true.
func walk(err error, f func(error) bool) bool {
	if err == nil {
		return false
	}
	if f(err) {
		return true
	}
	switch wrapping := err.(type) {
	case interface{ Unwrap() error }:
		return walk(wrapping.Unwrap(), f)
	case interface{ Unwrap() []error }:
		for _, err := range wrapping.Unwrap() {
			if walk(err, f) {
				return true
			}
		}
	}
	return false
}

// OfGRPC follows the OTLP specification ("OTLP/gRPC Response", "Failures"). A
// receiver that is exhausted may be tried again only if it says when.
func OfGRPC(code uint32, saysWhen bool) Outcome {
	const (
		ok, canceled, deadlineExceeded, resourceExhausted = 0, 1, 4, 8
		aborted, outOfRange, unavailable, dataLoss        = 10, 11, 14, 15
	)
	switch code {
	case ok:
		return Delivered
	case canceled, deadlineExceeded:
		return Unanswered
	case unavailable:
		if saysWhen {
			return Later
		}
		return Unanswered // what gRPC says too where it can't connect
	case aborted, outOfRange, dataLoss:
		return Later
	case resourceExhausted:
		if saysWhen {
			return Later
		}
	}
	return Refused
}

// OfHTTP follows the OTLP specification ("OTLP/HTTP Response", "Retryable Response
// Codes") for a status that is not of success.
func OfHTTP(status int) Outcome {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return Later
	}
	return Refused
}
