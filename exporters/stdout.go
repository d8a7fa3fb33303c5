// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"io"
	"os"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/internal/recording"
)

// Stdout returns an exporter that writes every span to w as one line of JSON,
// in the format of OpenTelemetry's stdouttrace, when it is exported. A nil w
// is standard output. It is made for machines: jq, log collectors, diffs;
// people read [Tree].
//
// Numbers that JSON cannot hold (NaN and the infinities), for which
// stdouttrace would drop the whole span, are written as the texts NaN,
// Infinity and -Infinity. Their types stay FLOAT64 and FLOAT64SLICE.
//
// Nothing is redacted: names, attributes, events, links and the resource are
// written whole, with the passwords and tokens that a service put into them.
//
// A failed write is the error of ExportSpans; the SDK hands it to the error
// handler. The exporter may be shared by several providers and goroutines; w
// sees one Write a span and never two at once. After Shutdown, spans are
// ignored.
func Stdout(w io.Writer) sdktrace.SpanExporter {
	if w == nil {
		w = os.Stdout
	}
	return recording.NewLines(w)
}
