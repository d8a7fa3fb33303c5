// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// Hiding returns why a span, or one of a tracer, is not seen by OpenTelemetry code
// when OpenTracing code puts it into a context, or nil.
func (g *Graph) Hiding(n *Node, pos token.Pos) *Pin {
	switch {
	case n == nil:
	case g.Foreign[n] != nil:
		return &Pin{RefusedForeignTracer, pos, "a span of a tracer of another library is put into a context here, where OpenTelemetry code can't see it"}
	case n.Origin&OriginMock != 0:
		return &Pin{g.Watched, pos, "a span of mocktracer is put into a context here, where OpenTelemetry code can't see it"}
	case n.Origin&OriginOwnSpan != 0:
		return &Pin{RefusedOwnSpan, pos, "a span of your own Span type is put into a context here, where OpenTelemetry code can't see it"}
	case n.Origin&OriginOwnTracer != 0:
		return &Pin{RefusedOwnTracer, pos, "a span of your own Tracer type is put into a context here, where OpenTelemetry code may not see it"}
	case n.Origin&OriginNoop != 0 && n.Origin&(OriginSome|OriginUnknown) == 0:
		return &Pin{RefusedNoopTracer, pos, "a span of NoopTracer is put into a context here, where OpenTelemetry code can't see it"}
	}
	return nil
}

// Facts are what the sites and nodes of a group have to know of each other: one
// place decides what another one becomes.
type Facts uint32

const (
	SetsErrorTrue Facts = 1 << iota // an error tag without a description
	SetsErrorText                   // with one
	SetsErrorFalse
	SetsErrorMaybe // true or false, by a value
	// fieldsOpen says that a field which is made apart from its log may name the
	// event, hold its error, or be nothing.
	FieldsOpen
	// fieldsRenamed says that such a field has another name in an exception.
	FieldsRenamed
	// nameError says that a tag's name may be "error".
	NameError
	// A tag that is kept in a variable is an option of a start, is set later, or may
	// be an option only: a kind, or one among options of other sorts.
	TagOption
	TagSet
	TagOnlyOption
	// kindText says that a kind may be a text which trace.SpanKind has not.
	KindText
	// tagsUnseen says that code which isn't seen may put tags into a set; tagsKind, that
	// a set of tags may have a kind among them.
	TagsUnseen
	TagsKind
	// tagFails says that a tag which is kept in a variable may be an error tag.
	TagFails
	// asksRemote says that a span context which was extracted is compared with nil: one
	// with baggage alone is not valid, and is not nil.
	AsksRemote

	SetsStatus = SetsErrorTrue | SetsErrorText | SetsErrorFalse | SetsErrorMaybe
)

func meet(a, b map[*Node]bool) bool {
	for n := range a {
		if b[n] {
			return true
		}
	}
	return false
}

func NameFacts(name string) Facts {
	if name == "error" {
		return NameError
	}
	return 0
}

// textFacts says what a text may be that becomes a name or a kind of package ext
// without a conversion.
func (w *walker) textFacts(value ast.Expr, dst types.Type) Facts {
	text, known := syntax.ConstantText(w.Info, value)
	if !known {
		return 0
	}
	switch name := opentracing.OpenTracingType(dst); {
	case name == "ext.SpanKindEnum":
		return KindText
	case strings.HasSuffix(name, "TagName"):
		return NameFacts(text)
	}
	return 0
}

const (
	// anyErrorTag is what an error tag may be of which nothing is known.
	AnyErrorTag = SetsErrorTrue | SetsErrorText | SetsErrorMaybe
	// anyTags is what a set of tags may have of which nothing is known.
	anyTags = AnyErrorTag | TagsKind
)
