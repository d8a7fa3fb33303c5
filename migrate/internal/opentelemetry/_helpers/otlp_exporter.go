// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"
	"os"

	"github.com/ot2otel/ot2otel/exporters"
	"github.com/ot2otel/ot2otel/exporters/otlp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// otlpExporter makes an exporter to a URL, with headers. Where the environment names others,
// these come first.
func otlpExporter(url string, headers map[string]string) exporters.Factory {
	for _, prefix := range []string{"OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_OTLP_TRACES_"} {
		if os.Getenv(prefix+"ENDPOINT") != "" {
			url = ""
		}
		if os.Getenv(prefix+"HEADERS") != "" {
			headers = nil
		}
	}
	return func(ctx context.Context) (sdktrace.SpanExporter, error) {
		return otlp.New(ctx, &otlp.Options{Endpoint: url, Headers: headers})
	}
}
