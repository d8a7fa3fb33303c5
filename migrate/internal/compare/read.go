// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// ReadFile reads a recording. Its errors name the file, the line and what to do.
func ReadFile(name string) (*Recording, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: run the program with OT2OTEL_RECORD=FILE, or its tests by go test -count=1: tests whose results are cached record nothing", err)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return Read(name, file)
}

// ReadFiles reads two recordings at the same time.
func ReadFiles(nameA, nameB string) (a, b *Recording, err error) {
	var errA, errB error
	var wg sync.WaitGroup
	wg.Go(func() { a, errA = ReadFile(nameA) })
	wg.Go(func() { b, errB = ReadFile(nameB) })
	wg.Wait()
	return a, b, errors.Join(errA, errB)
}

// Read reads a recording from r; name is that of the file, for messages. A recording has
// spans in one of two formats, which is told by the first line:
//
//   - JSON of stdouttrace, a span a line, as OT2OTEL_RECORD records it
//   - JSON of OTLP, a batch of spans a line, as the collector's file exporter and protojson
//     write it
//
// Objects that are indented over several lines are read, too. A recording without spans is
// an error, and so is every line that is not one of a recording: a comparison of a part
// would be worth nothing.
func Read(name string, from io.Reader) (*Recording, error) {
	r := &reader{
		recording: &Recording{Name: name},
		lines:     make(map[spanKey]int),
		resources: make(map[string]*Resource),
		scopes:    make(map[string]*Scope),
		tails:     make(map[string]*stubTail),
	}
	if err := r.read(bufio.NewReaderSize(from, 1<<16)); err != nil {
		return nil, err
	}
	if loop := r.recording.linked(); loop != nil {
		return nil, fmt.Errorf("%s:%d: span %q is its own ancestor: the recording is damaged, record again", name, loop.Line, loop.Name)
	}
	return r.recording, nil
}

type reader struct {
	recording *Recording
	line      int // of the file, from 1
	begin     int // the line where the object begins

	format      string // of the recording; "" before the first object
	formatBegin int

	lines     map[spanKey]int
	resources map[string]*Resource // by their JSON
	scopes    map[string]*Scope
	tails     map[string]*stubTail // by their bytes
}

// An object is what a line has: a span, or a batch of spans.
type object struct {
	stub
	ResourceSpans []otlpResourceSpans
	tail          *stubTail
}

const (
	formatStub = "stdouttrace"
	formatOTLP = "OTLP"
)

// readable says what compare reads, for errors.
const readable = "compare reads JSON lines of stdouttrace (OT2OTEL_RECORD=FILE writes them) and of OTLP (the collector's file exporter with format: json)"

func (r *reader) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: "+format, append([]any{r.recording.Name, r.begin}, args...)...)
}

func (r *reader) read(from *bufio.Reader) error {
	var object []byte // of several lines
	for ended := false; !ended; {
		line, err := readLine(from)
		switch {
		case errors.Is(err, io.EOF):
			ended = true
		case err != nil:
			return fmt.Errorf("%s: %w", r.recording.Name, err)
		}
		r.line++
		text := bytes.TrimSpace(line)
		switch {
		case object != nil:
			object = append(append(object, line...), '\n')
			if string(bytes.TrimRight(line, " \r\n")) != "}" {
				continue
			}
			text = object
		case len(text) == 0:
			continue
		case string(text) == "{":
			r.begin = r.line
			object = append([]byte(nil), line...)
			continue
		default:
			r.begin = r.line
		}
		if err := r.object(text, ended); err != nil {
			return err
		}
		object = nil
	}
	switch {
	case object != nil:
		return r.cut("unexpected end of JSON input")
	case r.format == "":
		r.begin = 1
		return r.errorf("the recording is empty: run the program with OT2OTEL_RECORD=FILE until its spans have ended, and record again")
	case len(r.recording.Spans) == 0:
		r.begin = 1
		return r.errorf("the recording has no spans: record again, and let the sampler record all")
	}
	return nil
}

// readLine returns a line with its end. Its bytes are good until the next call. A line
// may have any length, as a batch may.
func readLine(from *bufio.Reader) ([]byte, error) {
	line, err := from.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	whole := append([]byte(nil), line...)
	for errors.Is(err, bufio.ErrBufferFull) {
		line, err = from.ReadSlice('\n')
		whole = append(whole, line...)
	}
	return whole, err
}

func (r *reader) cut(why string) error {
	return r.errorf("the recording is cut short here (%s), as by a process that was killed: delete this line, or record again", why)
}

// object adds the spans of a JSON object; last says that it is the last line and has no
// line end.
func (r *reader) object(text []byte, last bool) error {
	if text[0] != '{' {
		return r.foreign(text)
	}
	var of object
	err := r.unmarshal(text, &of)
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax) && (last || syntax.Offset >= int64(len(text))):
		return r.cut(err.Error())
	case errors.As(err, &syntax):
		return r.errorf("the line is damaged (%v), as by a process that was killed or by a second one that wrote to the same file: delete this line, or record again", err)
	case errors.As(err, &mistyped):
		return r.errorf("%s is a %s: not a span as stdouttrace or OTLP has it; %s", mistyped.Field, mistyped.Value, readable)
	case err != nil:
		return r.errorf("%v; %s", err, readable)
	}
	switch {
	case of.SpanContext != nil:
		if err = r.is(formatStub); err == nil {
			err = r.inLine(r.addStub(&of.stub, of.tail))
		}
	case of.ResourceSpans != nil:
		if err = r.is(formatOTLP); err == nil {
			err = r.inLine(r.addBatches(of.ResourceSpans))
		}
	default:
		err = r.foreignObject(text)
	}
	return err
}

// inLine says where an error is.
func (r *reader) inLine(err error) error {
	if err == nil {
		return nil
	}
	return r.errorf("%w", err)
}

// is says that the object has this format, as all before it must.
func (r *reader) is(format string) error {
	if r.format == "" {
		r.format, r.formatBegin = format, r.begin
	}
	if r.format != format {
		return r.errorf("the line is %s, but line %d is %s: record in two files, one for each format", format, r.formatBegin, r.format)
	}
	return nil
}

// foreign says what a line is that does not begin an object.
func (r *reader) foreign(text []byte) error {
	switch {
	case bytes.HasPrefix(text, []byte{0x1f, 0x8b}), bytes.HasPrefix(text, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return r.errorf("the file is compressed: decompress it first")
	case bytes.IndexByte(text, 0) >= 0:
		return r.errorf("the file is binary: %s", readable)
	case bytes.HasPrefix(text, []byte("\ufeff")):
		return r.errorf("the line begins with a byte order mark: remove these three bytes")
	case text[0] == '[':
		return r.errorf("the line is a JSON array, as Zipkin has it: %s", readable)
	}
	if json.Valid(text) {
		return r.errorf("the line is not a JSON object (%.40q): %s", text, readable)
	}
	return r.errorf("the line is not JSON (%.40q): keep other output out of the recording; %s", text, readable)
}

// foreignObject says what an object is that is not of a recording.
func (r *reader) foreignObject(text []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return r.errorf("%v", err)
	}
	for _, known := range []struct{ member, what string }{
		{"resourceMetrics", "has metrics, not spans: have the collector write traces to a file of their own"},
		{"resourceLogs", "has logs, not spans: have the collector write traces to a file of their own"},
		{"resource_spans", "is OTLP with the names of protobuf: leave UseProtoNames of protojson out"},
		{"data", "is not a recording but what Jaeger exports: " + readable},
		{"batches", "is not a recording but what Tempo exports: " + readable},
	} {
		if _, ok := members[known.member]; ok {
			return r.errorf("the line %s", known.what)
		}
	}
	return r.errorf("the line is JSON, but neither a span of stdouttrace nor a batch of OTLP: keep other output out of the recording; %s", readable)
}

// add adds a span.
func (r *reader) add(s *Span) error {
	if s.key.trace == (traceID{}) || s.key.span == (spanID{}) {
		return fmt.Errorf("span %q has no ID, so its place in the tree is unknown: record again", s.Name)
	}
	if line, twice := r.lines[s.key]; twice {
		return fmt.Errorf("span %q has the ID of the span in line %d: remove the file before you record again, and have one exporter write it", s.Name, line)
	}
	r.lines[s.key] = s.Line
	r.recording.Spans = append(r.recording.Spans, s)
	return nil
}

// decodeID decodes hex, as OTLP and stdouttrace have it, or base64, as protojson has it.
// "" is the ID of nothing.
func decodeID(id []byte, text string) error {
	var err error
	switch len(text) {
	case 0:
	case hex.EncodedLen(len(id)):
		_, err = hex.Decode(id, []byte(text))
	case base64.StdEncoding.EncodedLen(len(id)):
		var decoded []byte
		if decoded, err = base64.StdEncoding.DecodeString(text); err == nil && copy(id, decoded) != len(decoded) {
			err = errors.New("too long")
		}
	default:
		err = errors.New("not of its length")
	}
	if err != nil {
		return fmt.Errorf("%q is not the ID of a span or trace: record again", strings.ToValidUTF8(text, "?"))
	}
	return nil
}
