// SPDX-License-Identifier: Apache-2.0

// Package orders takes orders: it prices them, reserves the stock, has them paid
// and tells the customer.
package orders

import (
	"errors"
	"fmt"
)

// Errors that callers tell apart.
var (
	ErrInvalid  = errors.New("orders: invalid order")
	ErrDeclined = errors.New("orders: payment declined")
	errCoupon   = errors.New("orders: unknown coupon")
)

// Money is an amount in cents.
type Money int64

// String writes the amount in euros.
func (m Money) String() string { return fmt.Sprintf("%d.%02d EUR", int64(m)/100, int64(m)%100) }

// Status says how far an order has come.
type Status uint8

// The life of an order.
const (
	Pending Status = iota
	Paid
	Declined
)

// String returns the status in lower case.
func (s Status) String() string {
	switch s {
	case Paid:
		return "paid"
	case Declined:
		return "declined"
	default:
		return "pending"
	}
}

// Line is a product and how often it is wanted.
type Line struct {
	Product  string `json:"product"`
	Quantity uint16 `json:"quantity"`
}

// Request is what a customer sends.
type Request struct {
	Customer string  `json:"customer"`
	Card     string  `json:"card"`
	Coupon   string  `json:"coupon"`
	Gift     bool    `json:"gift"`
	Discount float64 `json:"discount"`
	Lines    []Line  `json:"lines"`
}

// Order is an order that was taken.
type Order struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Lines    []Line `json:"lines"`
	Total    Money  `json:"total"`
	Status   Status `json:"status"`
	Receipt  string `json:"receipt"`
}
