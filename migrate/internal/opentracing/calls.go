// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"go/types"
)

// Refers tells whether a function of the API makes a reference to a span context, or
// injects it.
func Refers(f *types.Func) bool {
	switch f.FullName() {
	case OpenTracingPath + ".ChildOf", "(" + OpenTracingPath + ".Tracer).Inject", OpenTracingPath + ".FollowsFrom", ExtPath + ".RPCServerOption":
		return true
	}
	return false
}

// Starts tells whether a function of the API starts a span.
func Starts(f *types.Func) bool {
	switch f.Name() {
	case "StartSpan", "StartSpanFromContext", "StartSpanFromContextWithTracer":
		return f.Pkg().Path() == OpenTracingPath
	}
	return false
}

// Separate tells whether what a method of a span, or LogError, is given stays apart from
// the span: where one of the two can't change, the call is kept by an adapter. The site
// of the call joins them otherwise.
func Separate(f *types.Func) bool {
	if f.Pkg() == nil || !IsOpenTracing(f.Pkg().Path()) {
		return false
	}
	switch f.FullName() {
	case "(" + OpenTracingPath + ".Span).LogFields", "(" + OpenTracingPath + ".Span).FinishWithOptions",
		"(" + OpenTracingPath + ".Span).Log", ExtPath + ".LogError":
		return true
	}
	return false
}
