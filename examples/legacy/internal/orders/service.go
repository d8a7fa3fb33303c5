// SPDX-License-Identifier: Apache-2.0

package orders

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"

	"example.com/legacy-shop/internal/store"
)

// customerKey is the baggage item that carries the customer's name to every
// service behind the shop.
const customerKey = "customer"

// Charger takes money.
type Charger interface {
	// Score rates a card from 0 (fine) to 100.
	Score(ctx context.Context, card string) (int, error)
	// Charge takes cents from a card and returns the receipt. The charge belongs to parent.
	Charge(ctx context.Context, parent opentracing.Span, order, card string, cents int64) (string, error)
}

// Auditor keeps what happened, in its own time.
type Auditor interface {
	Publish(cause opentracing.SpanContext, kind, subject string) error
}

// Config is what a Service works with.
type Config struct {
	Tracer   opentracing.Tracer // nil: none
	Store    *store.Store
	Payments Charger
	Auditor  Auditor
	Mailer   *Mailer
}

// Service takes orders. It is safe for concurrent use.
type Service struct {
	tracer   opentracing.Tracer
	store    *store.Store
	payments Charger
	auditor  Auditor
	mailer   *Mailer

	mu     sync.Mutex
	last   uint64
	orders map[string]*Order
}

// NewService returns a service without orders.
func NewService(cfg Config) *Service {
	tracer := cfg.Tracer
	if tracer == nil {
		tracer = opentracing.NoopTracer{}
	}
	return &Service{
		tracer:   tracer,
		store:    cfg.Store,
		payments: cfg.Payments,
		auditor:  cfg.Auditor,
		mailer:   cfg.Mailer,
		orders:   make(map[string]*Order),
	}
}

// Product looks a product up.
func (s *Service) Product(ctx context.Context, id string) (*store.Product, error) {
	return s.store.Product(ctx, id)
}

// Find returns an order by its ID.
func (s *Service) Find(ctx context.Context, id string) (*Order, error) {
	span, _ := opentracing.StartSpanFromContext(ctx, "orders.find")
	defer span.Finish()
	s.mu.Lock()
	defer s.mu.Unlock()
	order, ok := s.orders[id]
	if !ok {
		return nil, fmt.Errorf("order %q: %w", id, store.ErrNotFound)
	}
	span.SetTag("order.total", order.Total)
	return order, nil
}

// All returns the paid orders, by ID.
func (s *Service) All(ctx context.Context) []*Order {
	span, _ := opentracing.StartSpanFromContext(ctx, "orders.all")
	defer span.Finish()
	s.mu.Lock()
	defer s.mu.Unlock()
	var paid []*Order
	for _, order := range s.orders {
		if order.Status == Paid {
			paid = append(paid, order)
		}
	}
	slices.SortFunc(paid, func(a, b *Order) int { return strings.Compare(a.ID, b.ID) })
	span.LogKV("rows", len(paid))
	return paid
}

// Place takes an order: price, reserve, charge, then audit and mail behind the
// customer's back.
func (s *Service) Place(ctx context.Context, request Request) (*Order, error) {
	span, ctx := opentracing.StartSpanFromContext(ctx, "orders.place", opentracing.Tags{
		"customer": request.Customer,
		"lines":    len(request.Lines),
	})
	defer span.Finish()
	span.SetBaggageItem(customerKey, request.Customer)

	if err := check(span, request); err != nil {
		return nil, err
	}
	order := s.add(request)
	span.SetTag("order.id", order.ID)
	defer func() { span.SetTag("order.status", order.Status) }()

	total, err := s.price(ctx, request)
	if err != nil {
		ext.LogError(span, err, otlog.String("coupon", request.Coupon))
		return nil, err
	}
	order.Total = total

	if err := s.reserve(ctx, span, order); err != nil {
		ext.LogError(span, err)
		return nil, err
	}
	if err := s.pay(ctx, span, order, request.Card); err != nil {
		s.release(ctx, order)
		return nil, err
	}

	if err := s.auditor.Publish(span.Context(), "order.paid", order.ID); err != nil {
		span.LogKV("event", "audit failed", "error", err)
	}
	s.mailer.Confirm(span, order)
	return order, nil
}

// check marks the span of an order that can't be taken.
func check(span opentracing.Span, request Request) error {
	if request.Customer != "" && len(request.Lines) > 0 {
		return nil
	}
	err := fmt.Errorf("%w: a customer and at least one line are needed", ErrInvalid)
	ext.Error.Set(span, true)
	span.SetTag("reason", err)
	return err
}

func (s *Service) add(request Request) *Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	order := &Order{ID: fmt.Sprintf("order-%d", s.last), Customer: request.Customer, Lines: request.Lines}
	s.orders[order.ID] = order
	return order
}

func (s *Service) pay(ctx context.Context, span opentracing.Span, order *Order, card string) error {
	score, err := s.payments.Score(ctx, card)
	if err != nil {
		ext.LogError(span, err)
		return err
	}
	span.LogFields(otlog.String("event", "scored"), otlog.Int("score", score), otlog.Bool("suspicious", score > 50))

	order.Receipt, err = s.payments.Charge(ctx, span, order.ID, card, int64(order.Total))
	if err != nil {
		order.Status = Declined
		ext.Error.Set(span, true)
		span.LogFields(otlog.String("event", "error"), otlog.Error(err), otlog.String("order.id", order.ID))
		return fmt.Errorf("%w: %w", ErrDeclined, err)
	}
	order.Status = Paid
	span.LogKV("event", "paid", "receipt", order.Receipt, "cents", int64(order.Total))
	return nil
}
