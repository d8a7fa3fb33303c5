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

// lateTimeout is what Shutdown gives the provider where its context has ended already,
// as after a server that took all the time: the SDK's provider does nothing then.
const lateTimeout = time.Second

// Shutdown shuts the provider down, once, which exports what it holds; ctx bounds how
// long that may take. Where ctx has ended already, it may take a second all the same,
// so that not all is lost. Later calls wait for the first one, or until their ctx ends,
// and return what it returned. Spans started later are no-ops that pass their parent's
// context on. Where the provider has no Shutdown, only the tracer ends.
//
// Shut a server down first, so that its last requests are exported too, and give each
// of the two a context of its own: a request that hangs must not take the tracer's time.
func (t *Tracer) Shutdown(ctx context.Context) error {
	first := false
	t.shutOnce.Do(func() {
		first = true
		t.closed.Store(true)
	})
	if t.provider == nil {
		return nil
	}
	if !first {
		select {
		case <-t.shut:
			return t.shutErr
		case <-ctx.Done():
			return fmt.Errorf("compat: shut down tracer: the first call has not returned: %w", ctx.Err())
		}
	}
	defer close(t.shut)
	stopper, ok := t.provider.records.(interface{ Shutdown(context.Context) error })
	if !ok {
		return nil
	}
	if ctx.Err() != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lateTimeout)
		defer cancel()
		ctx = late
	}
	if err := stopper.Shutdown(ctx); err != nil {
		t.shutErr = fmt.Errorf("compat: shut down tracer: %w", err)
	}
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
