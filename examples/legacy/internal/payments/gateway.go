// SPDX-License-Identifier: Apache-2.0

package payments

import (
	"errors"
	"fmt"
	"log"
	"net/http"

	ot "github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"
)

// Gateway is the payment service.
type Gateway struct {
	tracer ot.Tracer
}

// NewGateway returns the service.
func NewGateway(tracer ot.Tracer) *Gateway { return &Gateway{tracer: tracer} }

// tracedHandler is a handler that is given its request's span.
type tracedHandler func(w http.ResponseWriter, r *http.Request, span ot.Span)

// Handler returns the service's routes.
func (g *Gateway) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cards/{card}", g.trace("gateway.score", g.score))
	mux.HandleFunc("POST /charges", g.trace("gateway.charge", g.charge))
	return mux
}

// trace continues the caller's trace, the way it was done before there was a
// middleware for it.
func (g *Gateway) trace(name string, next tracedHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		wire, err := g.tracer.Extract(ot.HTTPHeaders, ot.HTTPHeadersCarrier(r.Header))
		if err != nil && !errors.Is(err, ot.ErrSpanContextNotFound) {
			log.Printf("payments: the caller's trace is lost: %v", err)
		}
		span := g.tracer.StartSpan(name, ext.RPCServerOption(wire))
		defer span.Finish()
		ext.HTTPMethod.Set(span, r.Method)
		next(w, r.WithContext(ot.ContextWithSpan(r.Context(), span)), span)
	}
}

func (g *Gateway) score(w http.ResponseWriter, r *http.Request, span ot.Span) {
	score := 3
	if span.BaggageItem("customer") == "eve" {
		score = 90
	}
	span.SetTag("card", r.PathValue("card")).SetTag("score", score)
	fmt.Fprintf(w, `{"Score": %d}`, score)
}

func (g *Gateway) charge(w http.ResponseWriter, r *http.Request, span ot.Span) {
	customer := span.BaggageItem("customer")
	ledger := g.tracer.StartSpan("ledger.append", ot.ChildOf(span.Context()), ot.Tags{
		string(ext.DBType):      "ledger",
		string(ext.DBInstance):  "charges",
		string(ext.DBStatement): "APPEND ?",
		string(ext.DBUser):      customer,
	})
	defer ledger.Finish()
	if customer == "eve" {
		err := errors.New("the card is blocked")
		ext.LogError(ledger, err)
		ext.HTTPStatusCode.Set(span, http.StatusPaymentRequired)
		http.Error(w, err.Error(), http.StatusPaymentRequired)
		return
	}
	ledger.LogFields(otlog.String("event", "appended"), otlog.String("cents", r.FormValue("cents")), otlog.Float64("fee", 0.3))
	ext.HTTPStatusCode.Set(span, http.StatusCreated)
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, "receipt-%s-%s", customer, r.FormValue("cents"))
}
