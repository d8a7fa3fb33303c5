// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel"
)

// closeTimeout is how long Close waits for the provider to export what it holds.
const closeTimeout = 10 * time.Second

// Close is [Tracer.Shutdown] with ten seconds' time. It implements io.Closer, as the
// closer of Jaeger's client does.
func (t *Tracer) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return t.Shutdown(ctx)
}

// Shutdown shuts the provider down, once, which exports what it holds; ctx bounds how
// long that may take. It returns what the provider's Shutdown returned, each time. Spans
// started later are no-ops that pass their parent's context on. Where the provider has
// no Shutdown, only the tracer ends.
//
// A server is shut down first, so that its last requests are exported too.
func (t *Tracer) Shutdown(ctx context.Context) error {
	t.shutOnce.Do(func() {
		t.closed.Store(true)
		if t.provider == nil {
			return
		}
		stopper, ok := t.provider.records.(interface{ Shutdown(context.Context) error })
		if !ok {
			return
		}
		if err := stopper.Shutdown(ctx); err != nil {
			t.shutErr = fmt.Errorf("compat: shut down tracer: %w", err)
		}
	})
	return t.shutErr
}

// ForceFlush exports the spans that have ended and returns when that is done or ctx
// ends. It returns the provider's error, and nil where the provider has no ForceFlush.
func (t *Tracer) ForceFlush(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	flusher, ok := t.provider.records.(interface{ ForceFlush(context.Context) error })
	if !ok {
		return nil
	}
	if err := flusher.ForceFlush(ctx); err != nil {
		return fmt.Errorf("compat: flush tracer: %w", err)
	}
	return nil
}

// checkInstalled reports, once, that the global provider is not the one that Install
// set, nor another tracer's of this package: spans of OpenTelemetry code are in traces of their own then.
func (t *Tracer) checkInstalled() {
	if _, ours := otel.GetTracerProvider().(*provider); ours || !t.installed.CompareAndSwap(true, false) || t.closed.Load() {
		return
	}
	otel.Handle(errors.New("compat: otel.SetTracerProvider was called after compat.Install: spans of OpenTelemetry code are missing in the traces of OpenTracing code; " +
		"remove that call, or pass its provider to compat.Install and call Install last"))
}
