// SPDX-License-Identifier: Apache-2.0

// Package shop puts the shop's services together on loopback and plays a fixed
// set of requests through them.
package shop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"

	"example.com/legacy-shop/internal/audit"
	"example.com/legacy-shop/internal/httpapi"
	"example.com/legacy-shop/internal/orders"
	"example.com/legacy-shop/internal/payments"
	"example.com/legacy-shop/internal/store"
)

// The names under which the services reach each other. They are resolved by the
// shop's own network, so that URLs are the same in every run.
const (
	frontHost    = "shop.test"
	paymentsHost = "payments.test"
)

// Run starts the shop and its payment service on free loopback ports, makes the
// requests of the scenario one after the other, writes a line for each answer to
// out, and stops everything again. When Run returns every span that it caused is
// finished, also those of mails and of the audit queue.
//
// Spans go to opentracing.GlobalTracer(), which is read once, when Run starts.
func Run(ctx context.Context, out io.Writer) (err error) {
	tracer := opentracing.GlobalTracer()

	network := newNetwork()
	defer func() { err = errors.Join(err, network.Close()) }()

	var entries strings.Builder // the worker's until the queue is closed
	queue := audit.NewQueue(tracer, &entries, 16)
	mailer := orders.NewMailer(tracer)
	client := payments.NewClient(tracer, network.Transport(), "http://"+paymentsHost)
	service := orders.NewService(orders.Config{
		Tracer:   tracer,
		Store:    store.New(),
		Payments: client,
		Auditor:  queue,
		Mailer:   mailer,
	})

	if err := network.Serve(paymentsHost, payments.NewGateway(tracer).Handler()); err != nil {
		return err
	}
	if err := network.Serve(frontHost, httpapi.New(tracer, service).Handler()); err != nil {
		return err
	}

	user := &http.Client{Transport: network.Transport(), Timeout: 10 * time.Second}
	for _, request := range scenario {
		if err := request.play(ctx, user, out); err != nil {
			return fmt.Errorf("shop: %s: %w", request.title, err)
		}
	}

	// The mails and the audit entries of the requests above are still on their way.
	mailer.Close()
	if err := queue.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "audit log:\n%s", entries.String())
	return err
}
