// SPDX-License-Identifier: Apache-2.0

package httpapi

import (
	"fmt"
	"net/http"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	otlog "github.com/opentracing/opentracing-go/log"
)

// recoverPanics answers with a 500 where a handler panicked, and keeps the panic
// in the request's span.
func recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			reason := recover()
			if reason == nil {
				return
			}
			if span := opentracing.SpanFromContext(r.Context()); span != nil {
				ext.Error.Set(span, true)
				span.LogFields(
					otlog.String("event", "error"),
					otlog.String("error.kind", "panic"),
					otlog.Object("error.object", reason),
					otlog.String("message", fmt.Sprint(reason)),
				)
			}
			http.Error(w, "internal error", http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}
