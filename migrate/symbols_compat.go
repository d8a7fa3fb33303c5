// SPDX-License-Identifier: Apache-2.0

package migrate

import "go/types"

// standIn returns the function of the OpenTracing API whose place a function of compat
// takes, with the same signature; any other object is itself.
func standIn(obj types.Object) types.Object {
	f, ok := obj.(*types.Func)
	if !ok || f.Name() != "SpanFromContext" || f.Pkg() == nil || f.Pkg().Path() != compatPath {
		return obj
	}
	span := namedOf(f.Signature().Results().At(0).Type())
	if span == nil || span.Obj().Pkg() == nil {
		return obj
	}
	if api := span.Obj().Pkg().Scope().Lookup(f.Name()); api != nil {
		return api
	}
	return obj
}
