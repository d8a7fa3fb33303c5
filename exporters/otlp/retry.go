// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
)

const (
	// firstPause is how long the first pause between two tries is, give or take
	// half of it. The next ones are twice as long each.
	firstPause = time.Second
	// shortPause is the one before the last try where somebody waits, also give
	// or take half: long enough for a connection that broke, and nobody minds.
	shortPause = 200 * time.Millisecond
	// longest is how long a batch may take if its context has no deadline.
	longest = time.Minute
)

// retry calls send until it succeeds, is refused, or has no time left. The error
// is that of the last try to which somebody answered, if there is one.
func (e *exporter) retry(ctx context.Context, send func(context.Context) error) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, longest)
		defer cancel()
	}
	hurry := delivery.HintsOf(ctx).Hurry
	var answered error
	last := false // try where nobody answers
	for pause := firstPause; ; pause *= 2 {
		inTime, err := e.try(ctx, send)
		outcome := delivery.Of(err)
		switch outcome.Outcome {
		case delivery.Later:
			answered = err
		case delivery.Unanswered:
			if answered != nil && ctx.Err() != nil {
				return cutOff(answered, ctx)
			}
		default:
			return err
		}
		if ctx.Err() != nil || outcome.Lasting {
			return err
		}
		wait := max(pause/2+rand.N(pause), outcome.After)
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
			return err // nothing comes after the wait
		}
		switch {
		case outcome.Outcome == delivery.Later:
			waits(ctx, wait, nil)
		case last:
			return err
		default:
			if last = waits(ctx, wait, hurry); last && !inTime {
				return err // it would cost another timeout
			}
			if last {
				waits(ctx, shortPause/2+rand.N(shortPause), nil)
			}
		}
		if ctx.Err() != nil {
			return cutOff(err, ctx)
		}
	}
}

// try calls send once, and reports whether that was within the timeout.
func (e *exporter) try(ctx context.Context, send func(context.Context) error) (inTime bool, err error) {
	if e.settings.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, e.settings.timeout)
		defer cancel()
	}
	err = send(ctx)
	return ctx.Err() == nil, err
}

// waits ends with the pause, with the context, or with a hurry, which it reports.
func waits(ctx context.Context, pause time.Duration, hurry <-chan struct{}) (hurried bool) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-hurry:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// cutOff says what an endpoint answered last to a batch that then ran out of time.
func cutOff(answered error, ctx context.Context) error {
	outcome := delivery.Of(answered)
	if errors.Is(answered, ctx.Err()) {
		return answered
	}
	return &delivery.Error{Outcome: outcome.Outcome, Err: fmt.Errorf("%w (%w)", answered, ctx.Err())}
}
