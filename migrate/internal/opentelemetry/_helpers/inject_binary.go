// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"
	"encoding/binary"
	"io"
	"slices"

	"go.opentelemetry.io/otel/propagation"
)

// injectBinary writes what a propagator knows of the context: a mark, the number of
// fields, and each field's key and value behind their lengths.
func injectBinary(ctx context.Context, propagator propagation.TextMapPropagator, w io.Writer) error {
	fields := propagation.MapCarrier{}
	propagator.Inject(ctx, fields)
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
