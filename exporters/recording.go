// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/exporters/internal/printable"
)

// recordVariable names the file of a recording where Config.Record does not.
const recordVariable = "OT2OTEL_RECORD"

// recording appends spans to a file, as [Stdout] writes them: one line and one Write a
// span, so a process that is killed leaves all spans that have ended.
type recording struct {
	sdktrace.SpanExporter // writes to file
	file                  *os.File

	mu     sync.Mutex
	broken bool // a write has failed, and that was reported
	missed int64
	closed bool
}

// openRecording opens the file that spans are recorded in, for one more process to
// append to. Only its owner may read a new one: nothing is redacted in it.
func openRecording(name string) (*recording, error) {
	// Opening a named pipe would wait for a reader.
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := endLine(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &recording{SpanExporter: Stdout(file), file: file}, nil
}

// endLine ends the last line of the file, which a process that was killed may have cut
// short: the line is damaged, the next one must not be.
func endLine(file *os.File) error {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	var last [1]byte
	if _, err := file.ReadAt(last[:], info.Size()-1); err != nil {
		return err
	}
	if last[0] != '\n' {
		_, err = file.Write([]byte{'\n'})
	}
	return err
}

// ExportSpans returns the first error of a write, and nil from then on: a full disk is
// reported once. Nothing is written after it, since the last line may be cut short.
func (r *recording) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	if r.broken {
		r.missed += int64(len(spans))
		return nil
	}
	err := r.SpanExporter.ExportSpans(ctx, spans)
	if err == nil {
		return nil
	}
	r.broken = true
	r.missed += int64(len(spans))
	return printable.Error(fmt.Errorf("exporters: cannot record spans, the recording ends here: %w", err))
}

// Shutdown closes the file, and says how many spans are not in it.
func (r *recording) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	err := errors.Join(r.SpanExporter.Shutdown(ctx), r.file.Close())
	if r.missed > 0 {
		err = errors.Join(fmt.Errorf("%s not recorded in %s", spanCount(r.missed), r.file.Name()), err)
	}
	if err == nil {
		return nil
	}
	return printable.Error(fmt.Errorf("exporters: %w", err))
}

// recordDestination makes the recording that Config.Record or the environment asks for;
// false for none.
func (c *Config) recordDestination() (d destination, ok bool, err error) {
	name, source, via := c.Record, "Config.Record", "record"
	if name == "" {
		if !isSet(recordVariable) {
			return d, false, nil
		}
		name, source, via = os.Getenv(recordVariable), recordVariable, "record ("+recordVariable+")"
	}
	exporter, err := openRecording(name)
	if err != nil {
		return d, false, fmt.Errorf("exporters: %s=%q: %w: name a file that can be written", source, printable.Clip(name), printable.Error(err))
	}
	return destination{exporter: exporter, own: true, to: outputName(exporter.file), via: via}, true, nil
}
