// SPDX-License-Identifier: Apache-2.0

package delivery

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"testing"
)

// What errors mean, of whoever's exporter.
func TestOf(t *testing.T) {
	inURL := func(err error) error { return &url.Error{Op: "Post", URL: "http://h", Err: err} }
	tests := []struct {
		explanation string
		err         error
		want        Outcome
		lasting     bool
	}{
		{"none", nil, Delivered, false},
		{"one of its own, wrapped", fmt.Errorf("x: %w", &Error{Outcome: Partial, Err: io.EOF}), Partial, false},
		{"anything", errors.New("no"), Refused, false},
		{"a refused connection", inURL(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), Unanswered, false},
		{"a connection that breaks", inURL(io.EOF), Unanswered, false},
		{"an answer that breaks off", io.ErrUnexpectedEOF, Unanswered, false},
		{"a reset", syscall.ECONNRESET, Unanswered, false},
		{"a timeout", inURL(context.DeadlineExceeded), Unanswered, false},
		{"the end of a context, wrapped", fmt.Errorf("x: %w", context.Canceled), Unanswered, false},
		{"a name that doesn't resolve", inURL(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "h"}}), Unanswered, false},
		{"a certificate", inURL(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), Unanswered, true},
		{"the name in a certificate", inURL(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "h"}), Unanswered, true},
		{"HTTP where TLS is spoken", inURL(http.ErrSchemeMismatch), Unanswered, true},
		{"what isn't TLS", inURL(tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}), Unanswered, true},
		{"an alert", inURL(&net.OpError{Op: "remote error", Err: tls.AlertError(42)}), Unanswered, true},
		{"what isn't HTTP", inURL(errors.New("malformed HTTP response")), Unanswered, true},
	}
	for _, tt := range tests {
		got := Of(tt.err)
		if got.Outcome != tt.want || got.Lasting != tt.lasting {
			t.Errorf("%s: %v: %d, lasting %t; want %d, %t", tt.explanation, tt.err, got.Outcome, got.Lasting, tt.want, tt.lasting)
		}
		if got.Err != tt.err {
			t.Errorf("%s: the error is %v", tt.explanation, got.Err)
		}
	}
}

// The tables of the OTLP specification.
func TestAnswers(t *testing.T) {
	for status := 300; status < 600; status++ {
		want := Refused
		if status == 429 || status == 502 || status == 503 || status == 504 {
			want = Later
		}
		if got := OfHTTP(status); got != want {
			t.Errorf("HTTP %d is %d, want %d", status, got, want)
		}
	}
	again := map[uint32]Outcome{0: Delivered, 1: Unanswered, 4: Unanswered, 8: Later, 10: Later, 11: Later, 14: Later, 15: Later}
	for code := range uint32(20) {
		if got := OfGRPC(code, true); got != again[code] && (again[code] != 0 || got != Refused) {
			t.Errorf("gRPC %d that says when is %d", code, got)
		}
	}
	if OfGRPC(8, false) != Refused || OfGRPC(14, false) != Unanswered {
		t.Errorf("gRPC 8 that doesn't say when is %d, 14 is %d", OfGRPC(8, false), OfGRPC(14, false))
	}
}
