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

// firstPause is how long the first pause between two tries is, give or take half
// of it. The next ones are twice as long each.
const firstPause = time.Second

// retry calls send until it succeeds, is refused, or has no time left. The error
// is that of the last try to which somebody answered, if there is one.
func (e *exporter) retry(ctx context.Context, send func(context.Context) error) error {
	if e.settings.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, e.settings.timeout)
		defer cancel()
	}
	var answered error
	for pause := firstPause; ; pause *= 2 {
		err := send(ctx)
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
		if !e.wait(ctx, wait, outcome.Outcome) {
			if ctx.Err() != nil {
				return cutOff(err, ctx)
			}
			return err
		}
	}
}

// wait reports whether there is to be another try, in time.
func (e *exporter) wait(ctx context.Context, pause time.Duration, outcome delivery.Outcome) bool {
	var hurry <-chan struct{}
	if outcome == delivery.Unanswered {
		hurry = delivery.HintsOf(ctx).Hurry
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-hurry:
		return false
	default:
	}
	select {
	case <-timer.C:
		return true
	case <-hurry:
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
