// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"encoding/binary"
	"io"

	"go.opentelemetry.io/otel/propagation"
)

// binaryCarrier reads what injectBinary wrote, and no byte more. It is empty where
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
