// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// The one baggage item that travels, with what is encoded in different ways.
const (
	itemKey   = "tenant"
	itemValue = "acme inc+50%"
)

// seen is what a service knows of a span context: as it sends one, or as it receives one.
type seen struct {
	Trace   string `json:"trace"` // 16 or 32 hexadecimal digits, or fewer
	Span    string `json:"span"`
	Sampled bool   `json:"sampled"`
	Debug   bool   `json:"debug"`
	Baggage string `json:"baggage"` // the item's value
	DebugID string `json:"debugID"` // the tag of the service's span
}

// peer is a service, in a process of its own or in this one, that speaks HTTP:
//
//	GET /send?target=URL&sampled=BOOL&debug=BOOL
//
// starts a span (of a new trace, or as the request's headers say) with the baggage item,
// sends a GET to the target with it, and answers what it sent, as a seen.
//
//	GET /receive
//
// answers what the request's headers say: the trace, the span that is the parent, and so
// on.
type peer struct {
	url  string
	stop func()

	trace64     bool              // its format has 64 bits of a trace ID
	debugHeader map[string]string // asks it for a debug trace, where a span can't
	// without says why the peer or its format has no such notion.
	without map[notion]string
}

// send has the peer send a request, asked for by a request with the headers.
func (p *peer) send(ctx context.Context, target string, sampled, debug bool, headers map[string]string) (seen, error) {
	query := url.Values{"target": {target}, "sampled": {strconv.FormatBool(sampled)}, "debug": {strconv.FormatBool(debug)}}
	return ask(ctx, p.url+"/send?"+query.Encode(), headers)
}

var client = &http.Client{Timeout: 30 * time.Second}

// ask sends a GET with headers, and returns the answer.
func ask(ctx context.Context, target string, headers map[string]string) (answer seen, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return seen{}, err
	}
	for key, value := range headers {
		r.Header.Set(key, value)
	}
	return answer, answerOf(client, r, &answer)
}

func answerOf(client *http.Client, r *http.Request, answer *seen) error {
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", r.URL, res.Status, body)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(body, answer)
}

// serve starts a server on a free port of the loopback interface.
func serve(handler http.Handler) (url string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // until stop
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

func writeSeen(w http.ResponseWriter, s seen) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s) // a client that is gone has no use for an error
}

// openTracingPeer is a peer of one OpenTracing tracer for sampled traces and one for
// others.
type openTracingPeer struct {
	sampled, unsampled opentracing.Tracer
	see                func(opentracing.SpanContext) seen
	// shortID, unless nil, is the parent of spans whose request names none.
	shortID func(sampled bool) opentracing.SpanContext
}

func (p *openTracingPeer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /send", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		tracer, sampled := p.sampled, query.Get("sampled") != "false"
		if !sampled {
			tracer = p.unsampled
		}
		var options []opentracing.StartSpanOption
		if parent, err := tracer.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header)); err == nil {
			options = append(options, opentracing.ChildOf(parent))
		} else if p.shortID != nil {
			options = append(options, opentracing.ChildOf(p.shortID(sampled)))
		}
		span := tracer.StartSpan("send", options...)
		defer span.Finish()
		if query.Get("debug") == "true" {
			ext.SamplingPriority.Set(span, 1)
		}
		span.SetBaggageItem(itemKey, itemValue)
		outgoing, err := http.NewRequestWithContext(r.Context(), http.MethodGet, query.Get("target"), nil)
		if err == nil {
			err = tracer.Inject(span.Context(), opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(outgoing.Header))
		}
		if err == nil {
			err = answerOf(client, outgoing, nil)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		writeSeen(w, p.see(span.Context()))
	})
	mux.HandleFunc("GET /receive", func(w http.ResponseWriter, r *http.Request) {
		sc, err := p.sampled.Extract(opentracing.HTTPHeaders, opentracing.HTTPHeadersCarrier(r.Header))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		writeSeen(w, p.see(sc))
	})
	return mux
}

// itemOf returns the baggage item of a context.
func itemOf(sc opentracing.SpanContext) (value string) {
	sc.ForeachBaggageItem(func(k, v string) bool {
		if k == itemKey {
			value = v
		}
		return k != itemKey
	})
	return value
}
