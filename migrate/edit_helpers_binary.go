// SPDX-License-Identifier: Apache-2.0

package migrate

// binaryHelpers are the helpers for opentracing.Binary, for which OpenTelemetry has
// nothing: they write and read the very bytes that package compat does.
func binaryHelpers() map[string]helper {
	return map[string]helper{
		"injectBinary": {
			signature: "func(ctx context.Context, w io.Writer) error",
			imports:   []string{otelPath, propagationPath, "context", "encoding/binary", "io", "slices"},
			code: `// injectBinary writes what the propagator knows of the context: a mark, the number
// of fields, and each field's key and value behind their lengths.
func injectBinary(ctx context.Context, w io.Writer) error {
	fields := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, fields)
	keys := fields.Keys()
	slices.Sort(keys)
	buffer := binary.AppendUvarint([]byte("o\x01"), uint64(len(keys)))
	for _, key := range keys {
		for _, text := range []string{key, fields[key]} {
			buffer = append(binary.AppendUvarint(buffer, uint64(len(text))), text...)
		}
	}
	_, err := w.Write(buffer)
	return err
}
`,
		},
		"binaryCarrier": {
			signature: "func(r io.Reader) propagation.MapCarrier",
			imports:   []string{propagationPath, "encoding/binary", "io"},
			code: `// binaryCarrier reads what injectBinary wrote, and no byte more. It is empty where
// that is malformed.
func binaryCarrier(r io.Reader) propagation.MapCarrier {
	const maxFields, maxText = 64, 16 << 10
	in := byteReader{r}
	text := func(length uint64) (string, error) {
		buffer := make([]byte, min(length, maxText))
		_, err := io.ReadFull(r, buffer)
		return string(buffer), err
	}
	if mark, err := text(2); err != nil || mark != "o\x01" {
		return nil
	}
	count, err := binary.ReadUvarint(in)
	if err != nil || count > maxFields {
		return nil
	}
	fields := propagation.MapCarrier{}
	for range count {
		var pair [2]string
		for i := range pair {
			length, err := binary.ReadUvarint(in)
			if err != nil || length > maxText {
				return nil
			}
			if pair[i], err = text(length); err != nil {
				return nil
			}
		}
		fields[pair[0]] = pair[1]
	}
	return fields
}

// A byteReader reads bytes one by one, and none ahead.
type byteReader struct{ io.Reader }

func (r byteReader) ReadByte() (byte, error) {
	var one [1]byte
	_, err := io.ReadFull(r.Reader, one[:])
	return one[0], err
}
`,
		},
	}
}
