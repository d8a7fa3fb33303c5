// SPDX-License-Identifier: Apache-2.0

package orders

import (
	"context"
	"sync"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
)

// mail is a message on its way, with the span that follows it.
type mail struct {
	span  opentracing.Span
	to    string
	order string
}

// Mailer sends mails after the requests that caused them have been answered.
type Mailer struct {
	tracer opentracing.Tracer
	window chan struct{} // closed when the mail server takes mails
	sent   sync.WaitGroup
}

// NewMailer returns a mailer that holds its mails until Close.
func NewMailer(tracer opentracing.Tracer) *Mailer {
	return &Mailer{tracer: tracer, window: make(chan struct{})}
}

// Confirm mails the customer. It returns at once; the mail's span outlives cause.
func (m *Mailer) Confirm(cause opentracing.Span, order *Order) {
	message := &mail{to: order.Customer, order: order.ID}
	message.span = m.tracer.StartSpan("mail.confirm", opentracing.FollowsFrom(cause.Context()))
	message.span.SetTag("order.id", message.order)
	m.sent.Go(func() {
		defer message.span.Finish()
		<-m.window
		m.send(opentracing.ContextWithSpan(context.Background(), message.span), message)
	})
}

// Close sends what waits and returns when everything is sent.
func (m *Mailer) Close() {
	close(m.window)
	m.sent.Wait()
}

func (m *Mailer) send(ctx context.Context, message *mail) {
	span, _ := opentracing.StartSpanFromContext(ctx, "smtp.send", ext.SpanKindRPCClient)
	defer span.Finish()
	ext.PeerHostname.Set(span, "mail.test")
	ext.PeerPort.Set(span, 25)
	span.SetTag("to", message.to)
	message.span.LogKV("event", "sent", "customer", span.BaggageItem(customerKey))
}
