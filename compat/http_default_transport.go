// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
)

// defaultTransport is http.DefaultTransport as the base of a transport, looked up at
// each request, as http.Client does: tests replace it, and so does main after clients
// were made. What it is replaced by may have the transport itself in it, which must not
// send requests to itself for ever.
type defaultTransport struct {
	before  http.RoundTripper // what it was when the transport was made
	known   atomic.Pointer[knownDefault]
	closing atomic.Bool
}

// knownDefault is a default transport that was looked into.
type knownDefault struct {
	http.RoundTripper
	leadsBack bool
	unsure    bool // there are functions in it, which can't be looked into
}

// netTransport is net/http's own, whatever http.DefaultTransport becomes.
var netTransport = http.DefaultTransport

func newDefaultTransport() *defaultTransport {
	if http.DefaultTransport == nil {
		return &defaultTransport{before: netTransport}
	}
	return &defaultTransport{before: http.DefaultTransport}
}

// find returns what sends the requests of tr. Unsure is true where that may lead back
// to tr all the same.
func (d *defaultTransport) find(tr *transport) (next http.RoundTripper, unsure bool) {
	next = http.DefaultTransport
	switch next := next.(type) {
	case nil:
		return d.before, false
	case *http.Transport:
		return next, false
	}
	known := d.known.Load()
	if known == nil || !sameRoundTripper(known.RoundTripper, next) {
		known = &knownDefault{RoundTripper: next}
		known.leadsBack = known.holds(reflect.ValueOf(next), tr, 0)
		d.known.Store(known)
	}
	if known.leadsBack {
		return d.before, false
	}
	return next, known.unsure
}

// sameRoundTripper reports whether both are the same; functions, which can't be
// compared, where their code is.
func sameRoundTripper(a, b http.RoundTripper) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if x.Kind() == reflect.Func && y.Kind() == reflect.Func {
		return x.Pointer() == y.Pointer()
	}
	return x.Comparable() && y.Comparable() && a == b
}

// maxWrappers bounds how deep wrappers are looked into.
const maxWrappers = 16

var roundTripperType = reflect.TypeFor[http.RoundTripper]()

// holds reports whether v is tr or has it in it. It looks only at what can be a round
// tripper: other fields of a wrapper may change meanwhile.
func (k *knownDefault) holds(v reflect.Value, tr *transport, depth int) bool {
	if depth > maxWrappers {
		k.unsure = true
		return false
	}
	switch v.Kind() {
	case reflect.Interface:
		return !v.IsNil() && k.holds(v.Elem(), tr, depth+1)
	case reflect.Pointer:
		switch v.Type() {
		case reflect.TypeFor[*http.Transport]():
			return false
		case reflect.TypeFor[*transport]():
			if v.Pointer() == reflect.ValueOf(tr).Pointer() {
				return true
			}
		}
		return !v.IsNil() && k.holds(v.Elem(), tr, depth+1)
	case reflect.Struct:
		for _, field := range v.Fields() {
			if mayRoundTrip(field.Type()) && k.holds(field, tr, depth+1) {
				return true
			}
		}
		return false
	default:
		k.unsure = true
		return false
	}
}

// mayRoundTrip reports whether a field of this type can be what a wrapper sends its
// requests to.
func mayRoundTrip(t reflect.Type) bool {
	if t.Kind() == reflect.Interface && roundTripperType.Implements(t) {
		return true // http.RoundTripper, or a part of it
	}
	// One of ours that leads back sends to what was before.
	return t == reflect.TypeFor[*defaultTransport]() || t.Implements(roundTripperType) || t.Kind() == reflect.Func && t.NumIn() == 1 && t.In(0) == reflect.TypeFor[*http.Request]()
}

// insideKey is the key in the context of a request that d is sending by a default
// transport which it is not sure of.
type insideKey struct{ *defaultTransport }

func (d *defaultTransport) mark(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), insideKey{d}, true))
}

// hasLedBack reports whether r comes from the default transport that d has given a
// request to: then that one is not sent to any more.
func (d *defaultTransport) hasLedBack(r *http.Request) bool {
	if r.Context().Value(insideKey{d}) == nil && !isDeep() {
		return false
	}
	d.known.Store(&knownDefault{RoundTripper: http.DefaultTransport, leadsBack: true})
	return true
}

// isDeep reports whether round trips of this package are on the stack as often as no
// wrappers account for, as where one drops the context of its requests.
func isDeep() bool {
	var callers [8 * maxWrappers]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	trips := 0
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, "compat.(*transport).RoundTrip") {
			trips++
		}
		if !more {
			return trips > maxWrappers
		}
	}
}
