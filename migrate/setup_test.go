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
	skipUndetected(t)
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
	const keeps = `
-- main.go --
package main

import (
	"context"
	"log"

	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	"github.com/uber/jaeger-client-go/config"
	"go.opentelemetry.io/otel"

	"golden.example/kept/work"
)

func main() {
	cfg, err := config.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	tracer, closer, err := cfg.NewTracer()
	if err != nil {
		log.Fatal(err)
	}
	defer closer.Close()
	BEFORE
	opentracing.SetGlobalTracer(tracer)
	AFTER
	_ = otel.GetTracerProvider
	_ = compat.ProviderOf
	work.New(tracer).Do(context.Background())
}
-- work/work.go --
package work

import (
	"context"

	"github.com/opentracing/opentracing-go"
)

type Worker struct{ tracer opentracing.Tracer }

func New(tracer opentracing.Tracer) *Worker { return &Worker{tracer} }

func (w *Worker) Do(ctx context.Context) {
	span := w.tracer.StartSpan("do")
	defer span.Finish()
	opentracing.SpanFromContext(ctx).SetTag("by", "worker")
}
`
	keep := func(before, after string) string {
		return strings.NewReplacer("BEFORE", before, "AFTER", after).Replace(keeps)
	}
	const globals = "otel.SetTracerProvider(compat.ProviderOf(opentracing.GlobalTracer()))"
	lost := []string{
		"main.go:20: config.Configuration.NewTracer, a tracer of github.com/uber/jaeger-client-go/config",
		"main.go:26: opentracing.SetGlobalTracer, a tracer of github.com/uber/jaeger-client-go/config",
	}
	const short = `
-- main.go --
package main

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	"github.com/uber/jaeger-client-go/config"
	"go.opentelemetry.io/otel"
)

func init() {
	_, _ = config.Configuration{}.InitGlobalTracer("app")
	set := opentracing.SetGlobalTracer
	set(own{opentracing.GlobalTracer()})
	opentracing.SetGlobalTracer(own{opentracing.GlobalTracer()})
}

type own struct{ opentracing.Tracer }

func (o own) StartSpan(name string, opts ...opentracing.StartSpanOption) opentracing.Span {
	return o.Tracer.StartSpan(name, opts...).SetTag("service", "shop")
}

func main() {
	otel.SetTracerProvider(compat.ProviderOf(opentracing.GlobalTracer()))
	span, _ := opentracing.StartSpanFromContext(context.Background(), "work")
	span.Finish()
}
`
	const two = `
-- main.go --
package main

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	"go.opentelemetry.io/otel"

	"golden.example/thirdparty/db"
)

func main() {
	tracer, other := db.PlainTracer(), db.PlainTracer()
	otel.SetTracerProvider(compat.ProviderOf(tracer))
	serve(tracer)
	serve(other)
	span, _ := opentracing.StartSpanFromContext(context.Background(), "work")
	span.Finish()
}

func serve(tracer opentracing.Tracer) { tracer.StartSpan("serve").Finish() }
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
		{"a tracer of a library that is only handed on", handed, nil},
		{"a tracer that is only handed on beside one of compat", handed + install, nil},
		{"a library without a set-up", library, nil},
		{"a package for tests", forTests, nil},
		{"a tracer that nothing hands to OpenTelemetry", keep("", ""), lost},
		{"a provider of the global tracer", keep("", globals), nil},
		{"a provider of the tracer", keep("otel.SetTracerProvider(compat.ProviderOf(tracer))", ""), nil},
		{"a provider in a variable", keep("", "provider := compat.ProviderOf(tracer); otel.SetTracerProvider(provider)"), nil},
		{"a provider of the global tracer that was before", keep(globals, ""), lost},
		{"a provider that nobody gets", keep("", "_ = compat.ProviderOf(tracer)"), lost},
		{"a provider of another tracer", keep("", "otel.SetTracerProvider(compat.ProviderOf(opentracing.NoopTracer{}))"), lost},
		{"a provider that another one replaces", keep("", "provider := compat.ProviderOf(tracer); provider = nil; otel.SetTracerProvider(provider)"), lost},
		{"a provider of what is set up without a variable", short, nil},
		{"a provider of one of two tracers", two, nil},
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

// Behind compat.ProviderOf, rewritten code is handed no other tracer than before, and does
// not find what OpenTracing code puts into contexts.
func TestFixBehindProviderOf(t *testing.T) {
	texts, result := fixModule(t, `
-- main.go --
package main

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	"go.opentelemetry.io/otel"

	"golden.example/thirdparty/db"
)

func main() {
	tracer := db.PlainTracer()
	otel.SetTracerProvider(compat.ProviderOf(tracer))
	otel.SetTextMapPropagator(compat.PropagatorOf(tracer))
	serve(context.Background(), tracer)
}

func serve(ctx context.Context, tracer opentracing.Tracer) {
	span := tracer.StartSpan("serve")
	defer span.Finish()
	tag(ctx)
}

func tag(ctx context.Context) { opentracing.SpanFromContext(ctx).SetTag("by", "serve") }
`)
	for _, want := range []string{"tracer := db.PlainTracer()\n", "compat.PropagatorOf(tracer)", "serve(context.Background(), otelTracer)", "trace.SpanFromContext(ctx)"} {
		if !strings.Contains(texts["main.go"], want) {
			t.Errorf("no %q in\n%s", want, texts["main.go"])
		}
	}
	var got []string
	for _, change := range result.TelemetryChanges {
		got = append(got, fmt.Sprintf("%d: %s", change.Pos.Line, change.Note))
	}
	want := []string{"26: behind compat.ProviderOf, this doesn't find a span that OpenTracing code puts into the context"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("telemetry changes (-want +got):\n%s", diff)
	}
}

// The spans of the Jaeger twin's tracer are OpenTelemetry's, so nothing is lost once it is
// the global one of both APIs.
func TestFixBehindTwin(t *testing.T) {
	texts, result := fixModule(t, `
-- main.go --
package main

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"github.com/ot2otel/ot2otel/compat"
	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
)

func main() {
	tracer, closer := jaeger.NewTracer("shop", jaeger.NewConstSampler(true), jaeger.NewNullReporter())
	defer closer.Close()
	compat.SetGlobalTracer(tracer)
	serve(context.Background(), tracer)
}

func serve(ctx context.Context, tracer opentracing.Tracer) {
	span := tracer.StartSpan("serve")
	defer span.Finish()
	tag(ctx)
}

func tag(ctx context.Context) { opentracing.SpanFromContext(ctx).SetTag("by", "serve") }
`)
	for _, want := range []string{"compat.SetGlobalTracer(tracer)", "serve(context.Background(), otelTracer)", "trace.SpanFromContext(ctx)"} {
		if !strings.Contains(texts["main.go"], want) {
			t.Errorf("no %q in\n%s", want, texts["main.go"])
		}
	}
	if len(result.ForeignTracers)+len(result.Refusals)+len(result.TelemetryChanges) > 0 {
		t.Errorf("foreign tracers %v, refusals %v, changes %v", result.ForeignTracers, result.Refusals, result.TelemetryChanges)
	}
}
