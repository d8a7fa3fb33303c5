// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"fmt"
	"net/http"
	"reflect"
	"runtime"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"
)

// outcome is how a handler has left.
type outcome uint8

const (
	handlerReturned outcome = iota
	handlerPanicked
	handlerAborted // by http.ErrAbortHandler or runtime.Goexit: meant, and no response
)

func outcomeOf(recovered any) outcome {
	if recovered == nil || recovered == http.ErrAbortHandler { //nolint:errorlint // net/http compares so
		return handlerAborted
	}
	return handlerPanicked
}

// maxStack is as much of a stack as net/http prints.
const maxStack = 64 << 10

// fail marks the span as failed and logs the value of a panic that is under way,
// with its stack; once for a request, at the innermost traced handler. A value that
// holds a secret, as an error of a request that the handler has sent does, is logged
// without it.
func (req *request) fail(value any) {
	defer reportPanic("the tracer, at a panic of a handler")
	req.mu.Lock()
	again := req.failed
	req.failed = true
	req.mu.Unlock()
	if again || req.ended.Load() {
		return
	}
	ext.Error.Set(req.span, true)
	if s := spanOf(req.span); s != nil && !s.recording {
		return
	}
	err := req.tracing.redactError(panicAsError(readable(value)))
	stack := make([]byte, maxStack)
	stack = stack[:runtime.Stack(stack, false)]
	req.span.LogFields(
		log.Event("error"),
		log.Error(err),
		log.Message(textOf(err)),
		log.String("stack", string(stack)),
	)
}

// readable returns bytes as the text that they are, in which a secret can be told;
// printed as numbers they hide nothing. All other values stay.
func readable(value any) any {
	switch value.(type) {
	case error, fmt.Stringer:
		return value
	}
	if v := reflect.ValueOf(value); v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		return string(v.Bytes())
	}
	return value
}

// logError marks a span as failed, for a reason that isn't a panic.
func (t *Tracing) logError(sp opentracing.Span, err error) {
	ext.Error.Set(sp, true)
	if s := spanOf(sp); s != nil && !s.recording {
		return
	}
	err = t.redactError(err)
	sp.LogFields(log.Event("error"), log.Error(err), log.Message(textOf(err)))
}

// errorType names the kind of an error, for the attribute error.type.
func errorType(value any) string {
	t := reflect.TypeOf(value)
	if t == nil {
		return "_OTHER"
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() == "" || t.Name() == "" {
		return t.String()
	}
	return t.PkgPath() + "." + t.Name()
}

func (t *Tracing) skips(r *http.Request) bool {
	if t.options.Skip == nil {
		return false
	}
	defer reportPanic("TracingOptions.Skip")
	return t.options.Skip(r)
}

func (t *Tracing) isPublic(r *http.Request) bool {
	if t.options.PublicEndpoint == nil {
		return false
	}
	defer reportPanic("TracingOptions.PublicEndpoint")
	return t.options.PublicEndpoint(r)
}

func (t *Tracing) chosenName(r *http.Request) string {
	if t.options.OperationName == nil {
		return ""
	}
	defer reportPanic("TracingOptions.OperationName")
	return t.options.OperationName(r)
}

// clientOperationName calls the option of that name; "" where there is none, and where it
// panics.
func (t *Tracing) clientOperationName(r *http.Request) string {
	if t.options.ClientOperationName == nil {
		return ""
	}
	defer reportPanic("TracingOptions.ClientOperationName")
	return t.options.ClientOperationName(r)
}

func (t *Tracing) onStart(req *request) {
	if t.options.OnStart == nil {
		return
	}
	defer reportPanic("TracingOptions.OnStart")
	t.options.OnStart(req.span, req.passed)
}
