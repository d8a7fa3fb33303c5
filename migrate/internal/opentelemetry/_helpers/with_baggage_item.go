// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
)

// withBaggageItem returns ctx with one item of baggage set. One that baggage can't
// hold is reported and dropped.
func withBaggageItem(ctx context.Context, key, value string) context.Context {
	bag := baggage.FromContext(ctx)
	member, err := baggage.NewMemberRaw(key, value)
	if err == nil {
		bag, err = bag.SetMember(member)
	}
	if err != nil {
		otel.Handle(err)
	}
	return baggage.ContextWithBaggage(ctx, bag)
}
