// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// rateLimiter is a token bucket: it fills by perSecond up to burst, and a sampled trace
// takes one.
type rateLimiter struct {
	perSecond, burst float64

	mu     sync.Mutex
	tokens float64
	filled time.Time // when tokens was right
}

func newRateLimiter(perSecond float64) *rateLimiter {
	if !(perSecond > 0) { // also NaN
		perSecond = 0
	}
	burst := max(perSecond, 1)
	return &rateLimiter{perSecond: perSecond, burst: burst, tokens: burst, filled: time.Now()}
}

func (l *rateLimiter) sample(trace.TraceID) bool {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if elapsed := now.Sub(l.filled); elapsed > 0 { // a goroutine may come later than its now
		l.tokens = min(l.burst, l.tokens+elapsed.Seconds()*l.perSecond)
		l.filled = now
	}
	if l.tokens < 1 {
		return false
	}
	l.tokens--
	return true
}
