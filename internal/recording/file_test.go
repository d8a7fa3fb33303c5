// SPDX-License-Identifier: Apache-2.0

package recording

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// A disk that is full costs the recording, one report, and a word at the end. It can't be
// filled in a test, so the file is closed behind the recording's back.
func TestRecordWriteFails(t *testing.T) {
	var reported []string
	before := otel.GetErrorHandler()
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { reported = append(reported, err.Error()) }))
	t.Cleanup(func() { otel.SetErrorHandler(before) })
	file := filepath.Join(t.TempDir(), "spans.jsonl")
	r, err := Open("exporters", file)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.file.Close(); err != nil {
		t.Fatal(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(r.Processor()))
	for range 3 {
		_, span := provider.Tracer("t").Start(context.Background(), "op")
		span.End()
	}
	want := []string{"exporters: cannot record spans, the recording ends here: failed to encode span 0: write " + file + ": file already closed"}
	if diff := cmp.Diff(want, reported); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	err = provider.Shutdown(context.Background())
	if want := "exporters: 3 spans not recorded in " + file + `\nclose ` + file + ": file already closed"; err == nil || err.Error() != want {
		t.Errorf("Shutdown: %v\nwant %s", err, want)
	}
	if err := provider.Shutdown(context.Background()); err != nil {
		t.Errorf("the second Shutdown: %v", err)
	}
}
