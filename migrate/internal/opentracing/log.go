// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"slices"
)

// logSymbols is the table of package log: the fields of a span's logs.
func logSymbols() []Symbol {
	const p = LogPath
	return slices.Concat(
		rows(p, KindFunc, AreaLog,
			"Bool", "Event", "Float32", "Float64", "Int", "Int32", "Int64", "InterleavedKVToFields",
			"Lazy", "Message", "Noop", "Object", "String", "Uint32", "Uint64"),
		rows(p, KindFunc, AreaError, "Error"),
		rows(p, KindType, AreaLog, "Encoder", "Field", "LazyLogger"),
		rows(p, KindMethod, AreaLog,
			"Field.Key", "Field.Marshal", "Field.String", "Field.Value",
			"Encoder.EmitBool", "Encoder.EmitFloat32", "Encoder.EmitFloat64", "Encoder.EmitInt",
			"Encoder.EmitInt32", "Encoder.EmitInt64", "Encoder.EmitLazyLogger", "Encoder.EmitObject",
			"Encoder.EmitString", "Encoder.EmitUint32", "Encoder.EmitUint64"),
	)
}
