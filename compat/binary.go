// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/propagation"
)

// The binary format: the two bytes of binaryMagic, the number of fields, then each
// field's key and value, both as a length and that many bytes. Numbers are
// unsigned varints. Neither specification defines a format, so it carries what
// the TextMap propagator writes.
const (
	binaryMagic     = "o\x01"
	binaryMaxFields = 128      // W3C baggage has at most 64 items; some formats have a field for each
	binaryMaxText   = 16 << 10 // W3C baggage is at most 8 KiB
)

// writeBinary writes fields in the order of their keys; nothing where there is more
// than readBinary takes.
func writeBinary(w io.Writer, fields propagation.MapCarrier) error {
	const fix = "set fewer or shorter baggage items"
	keys := fields.Keys()
	if len(keys) > binaryMaxFields {
		return fmt.Errorf("compat: inject: %d fields, the binary format has at most %d; %s", len(keys), binaryMaxFields, fix)
	}
	slices.Sort(keys)
	buffer := binary.AppendUvarint([]byte(binaryMagic), uint64(len(keys)))
	for _, key := range keys {
		for _, text := range []string{key, fields[key]} {
			if len(text) > binaryMaxText {
				return fmt.Errorf("compat: inject: field %.64q has %d bytes, the binary format at most %d; %s", key, len(text), binaryMaxText, fix)
			}
			buffer = binary.AppendUvarint(buffer, uint64(len(text)))
			buffer = append(buffer, text...)
		}
	}
	if _, err := w.Write(buffer); err != nil {
		return fmt.Errorf("compat: inject: %w", err)
	}
	return nil
}

// readBinary reads what writeBinary wrote, and no byte more.
func readBinary(r io.Reader) (propagation.TextMapCarrier, error) {
	in := binaryReader{r: r}
	magic := in.text(len(binaryMagic))
	if errors.Is(in.err, io.EOF) {
		return nil, opentracing.ErrSpanContextNotFound
	}
	if in.err == nil && magic != binaryMagic {
		return nil, fmt.Errorf("%w: binary format starts with %q, want %q", opentracing.ErrSpanContextCorrupted, magic, binaryMagic)
	}
	count := in.length(binaryMaxFields)
	var fields fieldCarrier
	for range count {
		key := in.text(in.length(binaryMaxText))
		value := in.text(in.length(binaryMaxText))
		fields = append(fields, field{key, value})
	}
	if in.failed {
		return nil, in.err
	}
	if in.err != nil {
		return nil, fmt.Errorf("%w: binary format: %w", opentracing.ErrSpanContextCorrupted, in.err)
	}
	return fields, nil
}

// binaryReader reads until the first error, which it keeps.
type binaryReader struct {
	r      io.Reader
	err    error
	failed bool // err is the reader's own, not what it read
}

func (b *binaryReader) read(p []byte) error {
	_, err := io.ReadFull(b.r, p)
	b.failed = err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
	return err
}

// ReadByte reads one byte; it makes the reader an io.ByteReader that never reads
// ahead.
func (b *binaryReader) ReadByte() (byte, error) {
	var one [1]byte
	err := b.read(one[:])
	return one[0], err
}

func (b *binaryReader) length(limit int) int {
	if b.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(b)
	if err == nil && n > uint64(limit) {
		err = fmt.Errorf("length %d is over the limit of %d", n, limit)
	}
	if err != nil {
		b.err = err
		return 0
	}
	return int(n)
}

func (b *binaryReader) text(length int) string {
	if b.err != nil {
		return ""
	}
	text := make([]byte, length)
	b.err = b.read(text)
	return string(text)
}
