// SPDX-License-Identifier: Apache-2.0

package transport_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/compat/jaegerclient/transport"
)

// refusing is the way to a collector that refuses all.
type refusing struct{ requests chan *http.Request }

func (r refusing) RoundTrip(request *http.Request) (*http.Response, error) {
	r.requests <- request
	return nil, errors.New("refused")
}

// finished returns a span that has ended.
func finished(t *testing.T) *jaeger.Span {
	t.Helper()
	reporter := jaeger.NewInMemoryReporter()
	tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(true), reporter, jaeger.TracerOptions.Logger(jaeger.NullLogger))
	tracer.StartSpan("sent").Finish()
	span := reporter.GetSpans()[0].(*jaeger.Span)
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	return span
}

func TestHTTPTransport(t *testing.T) {
	to := refusing{make(chan *http.Request, 1)}
	sender := transport.NewHTTPTransport("http://ada:old@collector:14268/api/traces", transport.HTTPRoundTripper(to), transport.HTTPTimeout(time.Second),
		transport.HTTPBatchSize(2), transport.HTTPBasicAuth("ada", "secret"), transport.HTTPHeaders(map[string]string{"X-Tenant": "books"}))
	if where, err := sender.Destination(); err != nil || where != "http://collector:4318/v1/traces by OTLP, in the place of http://REDACTED@collector:14268/api/traces by Thrift" {
		t.Errorf("%q, %v", where, err)
	}
	span := finished(t)
	if n, err := sender.Append(span); n != 0 || err != nil {
		t.Errorf("the first of a batch: %d, %v", n, err)
	}
	n, err := sender.Append(span)
	if n != 2 || err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("the last of a batch: %d, %v", n, err)
	}
	request := <-to.requests
	if got := request.Header; request.URL.String() != "http://collector:4318/v1/traces" || got.Get("Authorization") != "Basic YWRhOnNlY3JldA==" || got.Get("X-Tenant") != "books" {
		t.Errorf("sent to %v with %v", request.URL, got)
	}
	if n, err := sender.Flush(); n != 0 || err != nil {
		t.Errorf("flush nothing: %d, %v", n, err)
	}
	if _, err := sender.Append(span); err != nil {
		t.Error(err)
	}
	if err := sender.Shutdown(context.Background()); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("shut down: %v, want what happened to the span that was left", err)
	}
	<-to.requests
}

func TestHTTPTransportWithoutDestination(t *testing.T) {
	sender := transport.NewHTTPTransport("collector")
	_, err := sender.Destination()
	if err == nil || !strings.Contains(err.Error(), "is not a URL of http or https") {
		t.Errorf("destination: %v", err)
	}
	if _, err := sender.Append(finished(t)); err != nil {
		t.Error(err)
	}
	if n, err := sender.Flush(); n != 1 || err == nil || !strings.Contains(err.Error(), "1 spans are not sent: jaeger: collector endpoint") {
		t.Errorf("flush: %d, %v", n, err)
	}
	if err := sender.Close(); err != nil {
		t.Error(err)
	}
}
