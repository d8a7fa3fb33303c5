// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// unknownUse is why a test stays whose use of a tag is none of those below.
const unknownUse = "fix can't tell what the code does with the value of the tag; integers are int64 in the SDK"

// tagValue plans what is done with the value of a tag. Integers are int64 in the SDK, kinds of
// spans are texts. seen are the variables on the way.
func (f mockFile) tagValue(e ast.Expr, seen []*types.Var) {
	if call, ok := e.(*ast.CallExpr); ok && len(seen) == 0 && f.Constant(call.Args[0]) == "sampling.priority" {
		f.hold(e, "sampling.priority is a tag in the SDK")
		return
	}
	switch parent := f.Parent[e].(type) {
	case *ast.ParenExpr:
		f.tagValue(parent, seen)
	case *ast.BinaryExpr:
		other := parent.X
		if other == e {
			other = parent.Y
		}
		f.tagOperand(e, other)
	case *ast.CallExpr:
		want, got := f.assertedPair(parent)
		switch {
		case f.onlyPrints(parent) || f.asksOnly(parent):
		case want == e:
			f.tagOperand(e, got)
		case got == e:
			f.tagOperand(e, want)
		default:
			f.hold(e, unknownUse)
		}
	case *ast.TypeAssertExpr:
		f.tagAssertion(e, parent)
	case *ast.AssignStmt:
		f.tagVariable(e, parent, seen)
	case *ast.ExprStmt:
	default:
		f.hold(e, unknownUse)
	}
}

// tagVariable plans what is done with a variable that has the value of a tag.
func (f mockFile) tagVariable(e ast.Expr, as *ast.AssignStmt, seen []*types.Var) {
	i := slices.Index(as.Rhs, e)
	if i < 0 || len(as.Lhs) != len(as.Rhs) {
		f.hold(e, unknownUse)
		return
	}
	if syntax.IsBlank(as.Lhs[i]) {
		return
	}
	v, fn := f.Variable(as.Lhs[i]), f.OutermostFunc(as)
	if v == nil || v.Kind() != types.LocalVar || slices.Contains(seen, v) || fn == nil || !syntax.IsAny(v.Type()) {
		f.hold(e, unknownUse)
		return
	}
	seen = append(seen, v)
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && f.Info.Uses[id] == v {
			if assigned, ok := f.Parent[id].(*ast.AssignStmt); !ok || !slices.Contains(assigned.Lhs, ast.Expr(id)) {
				f.tagValue(id, seen)
			}
		}
		return true
	})
}

// tagAssertion plans an assertion of the type of a tag.
func (f mockFile) tagAssertion(e ast.Expr, assertion *ast.TypeAssertExpr) {
	if assertion.Type == nil {
		f.hold(e, "the code switches on the type of a tag's value; integers are int64 in the SDK")
		return
	}
	t := f.Info.TypeOf(assertion.Type)
	switch {
	case isPlain(t):
		return
	case !isInteger(t):
	case isCommaOK(f.Info, assertion):
	default:
		f.replace(assertion, func(r *edit.Renderer) string {
			return r.Text(assertion.Type) + "(" + r.Text(e) + ".(int64))"
		})
		return
	}
	f.hold(e, "the value of the tag has another type in the SDK: integers are int64, span kinds are strings")
}

func isCommaOK(info *types.Info, e ast.Expr) bool {
	_, tuple := info.TypeOf(e).(*types.Tuple)
	return tuple
}

// isPlain tells whether values of a type are the same in the SDK.
func isPlain(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && (b.Kind() == types.String || b.Kind() == types.Bool || b.Kind() == types.Float64 ||
		b.Kind() == types.UntypedString || b.Kind() == types.UntypedBool || b.Kind() == types.UntypedFloat || b.Kind() == types.UntypedNil)
}

// isInteger tells whether a type is one of Go's integers.
func isInteger(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// tagOperand plans what the value of a tag is compared with.
func (f mockFile) tagOperand(tag, other ast.Expr) {
	t := f.Info.TypeOf(other)
	symbol := f.SymbolOf(other)
	switch {
	case f.IsNil(other) || isPlain(t):
	case strings.HasPrefix(symbol, "ext.SpanKind"):
		kind := strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(symbol, "ext.SpanKind"), "RPC"), "Enum"))
		f.take(other)
		f.replace(other, func(*edit.Renderer) string { return edit.Quote(kind) })
	case isInteger(t):
		f.replace(other, func(r *edit.Renderer) string { return "int64(" + f.inner(r, other) + ")" })
	case isSpanKind(t):
		f.replace(other, func(r *edit.Renderer) string { return "string(" + r.Text(other) + ")" })
	case f.alsoTag(other):
	default:
		f.hold(tag, "the value of the tag is compared with one whose type only the run time shows; integers are int64 in the SDK")
	}
}

// inner is the text of an integer without a conversion around it.
func (f mockFile) inner(r *edit.Renderer, e ast.Expr) string {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && len(call.Args) == 1 && f.Info.Types[call.Fun].IsType() && f.Info.Types[call.Args[0]].Value != nil {
		return r.Text(call.Args[0])
	}
	return r.Text(e)
}

func isSpanKind(t types.Type) bool {
	named := opentracing.NamedOf(t)
	return named != nil && opentracing.SymbolText(named.Obj()) == opentracing.SpanKindEnum
}

// alsoTag tells whether an expression is the value of another tag.
func (f mockFile) alsoTag(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn := f.Callee(call)
	return fn != nil && fn.Signature().Recv() != nil && memberOf(fn.Signature().Recv().Type(), fn.Name()) == "MockSpan.Tag"
}

// tags plans what is done with all tags of a span.
func (f mockFile) tags(call *ast.CallExpr) {
	switch parent := f.Parent[call].(type) {
	case *ast.IndexExpr:
		if parent.X == call {
			f.tagValue(parent, []*types.Var{nil})
			return
		}
	case *ast.CallExpr:
		if id, ok := ast.Unparen(parent.Fun).(*ast.Ident); ok && id.Name == "len" || f.onlyPrints(parent) {
			return
		}
		want, got := f.assertedPair(parent)
		if want == call {
			want = got
		}
		if lit, ok := ast.Unparen(want).(*ast.CompositeLit); ok {
			f.tagLiteral(call, lit)
			return
		}
	}
	f.hold(call, "fix can't tell what the code does with the tags; integers are int64 in the SDK")
}

// tagLiteral plans a literal of tags.
func (f mockFile) tagLiteral(call *ast.CallExpr, lit *ast.CompositeLit) {
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			f.tagOperand(call, kv.Value)
		}
	}
}

// assertedPair returns the two values that a call compares, nil for any other call.
func (f mockFile) assertedPair(call *ast.CallExpr) (want, got ast.Expr) {
	fn := f.Callee(call)
	if fn == nil || fn.Pkg() == nil {
		return nil, nil
	}
	args := call.Args
	switch path := fn.Pkg().Path(); {
	case path == "reflect" && fn.Name() == "DeepEqual", path == "github.com/google/go-cmp/cmp" && (fn.Name() == "Equal" || fn.Name() == "Diff"):
	case strings.HasSuffix(path, "testify/assert"), strings.HasSuffix(path, "testify/require"):
		if !slices.Contains([]string{"Equal", "NotEqual", "Equalf", "NotEqualf"}, fn.Name()) {
			return nil, nil
		}
		if fn.Signature().Recv() == nil && len(args) > 0 {
			args = args[1:] // the test
		}
	default:
		return nil, nil
	}
	if len(args) < 2 {
		return nil, nil
	}
	return args[0], args[1]
}

// asksOnly tells whether a call of an assertion asks for nothing that is other in the SDK.
func (f mockFile) asksOnly(call *ast.CallExpr) bool {
	fn := f.Callee(call)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	path := fn.Pkg().Path()
	return (strings.HasSuffix(path, "testify/assert") || strings.HasSuffix(path, "testify/require")) &&
		slices.Contains([]string{"Nil", "NotNil", "Nilf", "NotNilf"}, fn.Name())
}

// onlyPrints tells whether a call only writes its arguments.
func (f mockFile) onlyPrints(call *ast.CallExpr) bool {
	fn := f.Callee(call)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "testing", "log":
		return true
	case "fmt":
		return !strings.HasPrefix(fn.Name(), "S") || f.printed(call)
	}
	return false
}

// printed tells whether the text that a call makes is itself only written.
func (f mockFile) printed(call *ast.CallExpr) bool {
	outer, ok := f.Parent[call].(*ast.CallExpr)
	return ok && f.onlyPrints(outer)
}
