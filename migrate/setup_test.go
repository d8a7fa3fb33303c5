// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Tracers that spans of rewritten code do not get to are named by the places where
// they are made the global one, unless the module makes a tracer of compat.
func TestForeignTracers(t *testing.T) {
	const program = `
-- main.go --
package main

import (
	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"github.com/ot2otel/ot2otel/compat"
)

var tracer opentracing.Tracer // of whatever sort

func main() {
	opentracing.SetGlobalTracer(tracer)
	defer opentracing.InitGlobalTracer(tracer)
	opentracing.SetGlobalTracer(opentracing.NoopTracer{})
	opentracing.SetGlobalTracer(mocktracer.New())
	span := opentracing.StartSpan("main")
	defer span.Finish()
	compat.OTelSpan(span).SetName("other") // makes no tracer
}
-- main_test.go --
package main

import (
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
)

func TestMain(m *testing.M) {
	opentracing.SetGlobalTracer(tracer)
	compat.Install(nil, nil)
}
`
	const install = `
-- tracing/tracing.go --
package tracing

import "github.com/ot2otel/ot2otel/compat"

func Start() { compat.Install(nil, nil) }
`
	const broken = `
-- tracing/tracing.go --
package tracing

import "github.com/ot2otel/ot2otel/compat"

func Start() { compat.Install(nil, missing) }
`
	for _, test := range []struct {
		name, files string
		want        []string
	}{
		{"a tracer of unknown sort", program, []string{"main.go:12: opentracing.SetGlobalTracer", "main.go:13: opentracing.InitGlobalTracer"}},
		{"a tracer of compat in another package", program + install, nil},
		{"a tracer of compat in a package that does not compile", program + broken, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, result := fixModule(t, test.files)
			var got []string
			for _, f := range result.ForeignTracers {
				got = append(got, fmt.Sprintf("%s:%d: %s", filepath.Base(f.Pos.Filename), f.Pos.Line, f.Function))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("foreign tracers (-want +got):\n%s", diff)
			}
		})
	}
}
