// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Tracers that spans of rewritten code do not get to are named by the places where
// they are made or become the global one, and nothing is written.
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
	set := opentracing.SetGlobalTracer
	set(tracer)
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
	const paths = `
-- main.go --
package main

import (
	"context"
	"log"
	"os"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go/config"
	"go.opentelemetry.io/otel"
	bridge "go.opentelemetry.io/otel/bridge/opentracing"
)

func setUp() {
	switch os.Getenv("TRACING") {
	case "otel":
		tracer, provider := bridge.NewTracerPair(otel.Tracer("app"))
		otel.SetTracerProvider(provider)
		opentracing.SetGlobalTracer(tracer)
	case "config":
		cfg, err := config.FromEnv()
		if err != nil {
			log.Fatal(err)
		}
		tracer, _, err := cfg.NewTracer()
		if err != nil {
			log.Fatal(err)
		}
		install(tracer)
	case "short":
		_, _ = config.Configuration{}.InitGlobalTracer("app")
	case "none":
		install(opentracing.NoopTracer{})
	}
}

func install(tracer opentracing.Tracer) { opentracing.SetGlobalTracer(tracer) }

func main() {
	setUp()
	before := opentracing.GlobalTracer()
	defer opentracing.SetGlobalTracer(before)
	span, _ := opentracing.StartSpanFromContext(context.Background(), "work")
	span.Finish()
}
`
	const own = `
-- main.go --
package main

import (
	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
)

type tagging struct{ opentracing.Tracer }

func (t *tagging) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	return t.Tracer.StartSpan(name, opts...).SetTag("service", "shop")
}

func main() {
	tracer := compat.Install(nil, nil)
	defer tracer.Close()
	opentracing.SetGlobalTracer(&tagging{tracer})
	opentracing.StartSpan("main").Finish()
}
`
	const handed = `
-- server/server.go --
package server

import (
	"github.com/opentracing/opentracing-go"

	"golden.example/thirdparty/db"
)

type Server struct{ tracer opentracing.Tracer }

func New() *Server { return &Server{db.PlainTracer()} }

func (s *Server) Serve() { s.tracer.StartSpan("serve").Finish() }
`
	const library = `
-- server/server.go --
package server

import "github.com/opentracing/opentracing-go"

type Server struct{ Tracer opentracing.Tracer }

func New(tracer opentracing.Tracer) *Server { return &Server{tracer} }

func (s *Server) Serve() { s.Tracer.StartSpan("serve").Finish() }
`
	const forTests = `
-- tracetest/tracetest.go --
package tracetest

import (
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
)

func Install(*testing.T) { opentracing.SetGlobalTracer(mocktracer.New()) }

func Start() { opentracing.StartSpan("test").Finish() }
`
	const mock = "main.go:15: opentracing.SetGlobalTracer, a tracer of github.com/opentracing/opentracing-go/mocktracer"
	for _, test := range []struct {
		name, files string
		want        []string
	}{
		{"a tracer of unknown sort", program, []string{"main.go:12: opentracing.SetGlobalTracer", "main.go:13: opentracing.InitGlobalTracer", mock, "main.go:19: opentracing.SetGlobalTracer"}},
		{"a tracer of compat in another package", program + install, []string{mock}},
		{"a tracer of compat in a package that does not compile", program + broken, []string{mock}},
		{"another tracer on other paths than the bridge", paths, []string{
			"main.go:25: config.Configuration.NewTracer, a tracer of github.com/uber/jaeger-client-go/config",
			"main.go:31: config.Configuration.InitGlobalTracer, a tracer of github.com/uber/jaeger-client-go/config",
			"main.go:37: opentracing.SetGlobalTracer, a tracer of github.com/uber/jaeger-client-go/config",
		}},
		{"an own tracer around one of compat", own, []string{"main.go:17: opentracing.SetGlobalTracer, a tracer of golden.example/kept.tagging"}},
		{"a tracer of a library that is only handed on", handed, []string{"server.go:11: db.PlainTracer, a tracer of golden.example/thirdparty/db"}},
		{"a tracer that is only handed on beside one of compat", handed + install, nil},
		{"a library without a set-up", library, nil},
		{"a package for tests", forTests, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, result := fixModule(t, test.files)
			var got []string
			for _, f := range result.ForeignTracers {
				got = append(got, fmt.Sprintf("%s:%d: %s", filepath.Base(f.Pos.Filename), f.Pos.Line, f))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("foreign tracers (-want +got):\n%s", diff)
			}
			if len(result.Skipped) > 0 && !strings.Contains(test.files, "missing") {
				t.Errorf("does not compile: %v", result.Skipped)
			}
			if result.Withheld != (len(test.want) > 0) {
				t.Errorf("withheld is %t", result.Withheld)
			}
		})
	}
}
