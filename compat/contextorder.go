// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"context"
	"reflect"
	"sync"
)

// activation says which API's span was put into a context last.
type activation int

const (
	unknownActivation activation = iota // the context can't be looked into
	bothActivated                       // by a context of this package
	openTracingActivated
	otelActivated
)

// lastActivated looks into a context that has a span of each API. Both are found by
// Value alone, which doesn't tell the order, so that the contexts that it is made of are
// looked through from the last one on: those of package context, and structs that embed
// the context which they are made of.
func lastActivated(ctx context.Context) activation {
	if !contextKeys.learnt {
		return unknownActivation
	}
	for c := reflect.ValueOf(ctx); c.IsValid(); {
		layout := layoutOf(c.Type())
		if layout.both {
			return bothActivated
		}
		if c.Kind() == reflect.Pointer {
			c = c.Elem()
		}
		if !c.IsValid() || layout.outer == nil {
			break
		}
		if layout.key != nil {
			switch key := c.FieldByIndex(layout.key).Elem(); {
			case !key.IsValid():
			case key.Type() == openTracingKeyType:
				return openTracingActivated
			case key.Type() == otelSpanKeyType && key.Equal(reflect.ValueOf(contextKeys.otelSpan)):
				return otelActivated
			}
		}
		c = c.FieldByIndex(layout.outer).Elem()
	}
	return unknownActivation
}

var openTracingKeyType, otelSpanKeyType = reflect.TypeOf(contextKeys.openTracing), reflect.TypeOf(contextKeys.otelSpan)

// contextLayout says where a type of contexts has the context that it is made of, and its
// key. Fields that it doesn't have are nil.
type contextLayout struct {
	outer, key []int
	both       bool // it answers the keys of both APIs
}

var contextLayouts sync.Map // of reflect.Type: contextLayout

func layoutOf(kind reflect.Type) contextLayout {
	if known, ok := contextLayouts.Load(kind); ok {
		return known.(contextLayout)
	}
	layout := newContextLayout(kind)
	contextLayouts.Store(kind, layout)
	return layout
}

func newContextLayout(kind reflect.Type) (layout contextLayout) {
	switch kind {
	case reflect.TypeFor[*legacyContext](), reflect.TypeFor[*activeContext](), reflect.TypeFor[*referredContext]():
		return contextLayout{both: true}
	}
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if kind.Kind() != reflect.Struct {
		return contextLayout{}
	}
	standard := kind.PkgPath() == "context"
	for _, field := range reflect.VisibleFields(kind) {
		switch {
		case throughPointer(kind, field.Index):
		case field.Type == reflect.TypeFor[context.Context]() && (standard || field.Anonymous) && layout.outer == nil:
			layout.outer = field.Index
		case standard && field.Name == "key" && field.Type.Kind() == reflect.Interface:
			layout.key = field.Index
		}
	}
	return layout
}

// throughPointer reports whether a field is in a struct that another one points to, which
// may be nil.
func throughPointer(kind reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if kind = kind.Field(i).Type; kind.Kind() != reflect.Struct {
			return true
		}
	}
	return false
}
