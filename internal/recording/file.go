// SPDX-License-Identifier: Apache-2.0

package recording

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/internal/latekind"
	"github.com/ot2otel/ot2otel/internal/printable"
)

// Variable names the file of a recording where the program does not.
const Variable = "OT2OTEL_RECORD"

// A File is an exporter that appends spans to a file, as [Lines] writes them: one line and
// one Write a span, so a process that is killed leaves all spans that have ended.
type File struct {
	lines *Lines // writes to file
	file  *os.File
	of    string // the package that reports

	mu     sync.Mutex
	broken bool // a write has failed, and that was reported
	missed int64
	closed bool
}

// Open opens the file that spans are recorded in, for one more process to append to. Only
// its owner may read a new one: nothing is redacted in it. of is the package that errors
// name.
func Open(of, name string) (*File, error) {
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
	return &File{lines: NewLines(file), file: file, of: of}, nil
}

// Name returns the name of the file.
func (r *File) Name() string { return r.file.Name() }

// Destination names the file, and the variable that names it, for people.
func (r *File) Destination() string {
	return printable.Text(printable.Clip(r.file.Name())) + " (" + Variable + ")"
}

// endLine ends the last line of a file that a process left cut. Others may be writing to
// the file, so a line counts as cut only when nothing has been added to it for a while.
func endLine(file *os.File) error {
	const still, most = 3, 100 // looks, 2 ms apart
	unchanged, before := 0, int64(-1)
	for range most {
		info, err := file.Stat()
		if err != nil || info.Size() == 0 {
			return err
		}
		var last [1]byte
		if _, err := file.ReadAt(last[:], info.Size()-1); err != nil {
			return err
		}
		if last[0] == '\n' {
			return nil
		}
		if unchanged++; info.Size() != before {
			unchanged, before = 0, info.Size()
		}
		if unchanged == still {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	_, err := file.Write([]byte{'\n'})
	return err
}

// ExportSpans returns the first error of a write, and nil from then on: a full disk is
// reported once. Nothing is written after it, since the last line may be cut short.
func (r *File) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	if r.broken {
		r.missed += int64(len(spans))
		return nil
	}
	err := r.lines.ExportSpans(ctx, spans)
	if err == nil {
		return nil
	}
	r.broken = true
	r.missed += int64(len(spans))
	return printable.Error(fmt.Errorf("%s: cannot record spans, the recording ends here: %w", r.of, err))
}

// Shutdown closes the file, and says how many spans are not in it.
func (r *File) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	err := errors.Join(r.lines.Shutdown(ctx), r.file.Close())
	if r.missed > 0 {
		err = errors.Join(fmt.Errorf("%s not recorded in %s", printable.Spans(r.missed), r.file.Name()), err)
	}
	if err == nil {
		return nil
	}
	return printable.Error(fmt.Errorf("%s: %w", r.of, err))
}

// OfEnvironment opens the file that the environment names; nil for none.
func OfEnvironment(of string) (*File, error) {
	name := os.Getenv(Variable)
	if strings.TrimSpace(name) == "" {
		return nil, nil
	}
	file, err := Open(of, name)
	if err != nil {
		return nil, Unwritable(of, Variable, name, err)
	}
	return file, nil
}

// Unwritable is the error of a file that can't be recorded in, which a variable or a field
// names.
func Unwritable(of, source, name string, err error) error {
	return fmt.Errorf("%s: %s=%q: %w: name a file that can be written", of, source, printable.Clip(name), printable.Error(err))
}

// Processor returns a processor that records each sampled span as it ends, with its late kind.
func (r *File) Processor() sdktrace.SpanProcessor {
	return latekind.Processor(sdktrace.NewSimpleSpanProcessor(r))
}
