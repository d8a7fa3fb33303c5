// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"

	"github.com/ot2otel/ot2otel/exporters"
)

// OT2OTEL_TREE asks for all, whatever made the tree; what it can't mean is reported.
func TestTreeVerboseEnvironment(t *testing.T) {
	const all, few = "   http.scheme=http\n", "  http.scheme=http  "
	for _, tt := range []struct {
		explanation, value string
		option             bool
		want               string
		reported           []string
	}{
		{"not set", "", false, few, nil},
		{"verbose", "verbose", false, all, nil},
		{"whatever the case", " Verbose ", false, all, nil},
		{"compact", "compact", false, few, nil},
		{"the option wins over compact", "compact", true, all, nil},
		{"unknown", "loud\x1b[2J", false, few, []string{`exporters: tree: OT2OTEL_TREE="loud\x1b[2J" is unknown: use verbose or compact`}},
	} {
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t)
			plainTerminal(t)
			t.Setenv("OT2OTEL_TREE", tt.value)
			var reported []string
			before := otel.GetErrorHandler()
			otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { reported = append(reported, err.Error()) }))
			t.Cleanup(func() { otel.SetErrorHandler(before) })

			var out sink
			provider, err := exporters.NewProvider(context.Background(), &exporters.Config{Output: &out, Quiet: true, Tree: &exporters.TreeOptions{Verbose: tt.option}})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, span := provider.Tracer("t").Start(context.Background(), "op")
				span.SetAttributes(attribute.String("http.scheme", "http"))
				span.End()
			}
			if err := provider.Shutdown(context.Background()); err != nil {
				t.Fatal(err)
			}
			if got := out.text(); strings.Count(got, tt.want) != 2 {
				t.Errorf("want twice %q in\n%s", tt.want, got)
			}
			if diff := cmp.Diff(tt.reported, reported); diff != "" {
				t.Errorf("reported (-want +got):\n%s", diff)
			}
		})
	}
}
