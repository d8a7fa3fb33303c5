// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate"
)

// A test that brings a tracer of its own looks at what the code does with it, so the
// code that runs because of the test stays, and no more than that.
func TestFixBroughtTracers(t *testing.T) {
	skipUndetected(t)
	const code = `
-- server/server.go --
package server

import (
	"context"
	"net/http"

	"github.com/opentracing/opentracing-go"
)

type Server struct {
	Tracer opentracing.Tracer
}

func (s *Server) Serve() {
	span := s.Tracer.StartSpan("handed")
	defer span.Finish()
	span.SetTag("k", "v")
}

func Own(ctx context.Context) {
	span, _ := opentracing.StartSpanFromContext(ctx, "own")
	span.Finish()
}

type worker interface{ work(context.Context) }

type quick struct{}

func (quick) work(ctx context.Context) {
	span, _ := opentracing.StartSpanFromContext(ctx, "quick")
	span.Finish()
}

type slow struct{}

func (slow) work(ctx context.Context) {
	span, _ := opentracing.StartSpanFromContext(ctx, "slow")
	span.Finish()
}

func Work(ctx context.Context, w worker) { w.work(ctx) }

func Handler() http.Handler { return &handler{} }

type handler struct{}

func (*handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if span := opentracing.SpanFromContext(r.Context()); span != nil {
		span.SetTag("served", true)
	}
}
-- server/server_test.go --
package server

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
	"github.com/ot2otel/ot2otel/compat"
	twin "github.com/ot2otel/ot2otel/compat/jaegerclient/config"
	"github.com/uber/jaeger-client-go/config"
	"go.opentelemetry.io/otel"
	"golang.example/thirdparty/db"
)

var (
	_ = context.Background
	_ = httptest.NewRecorder
	_ opentracing.Tracer = mocktracer.New()
	_ = compat.NewTracer(otel.GetTracerProvider(), nil)
	_ = db.PlainTracer
	_ config.Configuration
	_ twin.Configuration
	_ *mocktracer.MockSpan
)

func TestServer(t *testing.T) {
	TEST
}

func TestOther(t *testing.T) { Own(context.Background()) }
`
	for name, test := range map[string]struct {
		test string
		more string
		// unseen tells that the tests don't look at mock spans.
		unseen bool
		// stay are the functions whose spans stay those of OpenTracing.
		stay []string
	}{
		"nothing":            {test: `Own(context.Background())`},
		"handed in":          {test: `(&Server{Tracer: db.PlainTracer()}).Serve()`},
		"kept and handed in": {test: "tracer, err := db.NewTracer(\"s\")\n\t_ = err\n\ts := Server{tracer}\n\ts.Serve()"},
		"mock handed in":     {test: `(&Server{Tracer: mocktracer.New()}).Serve()`, stay: []string{"handed"}},
		"noop handed in":     {test: `(&Server{Tracer: opentracing.NoopTracer{}}).Serve()`},
		"compat handed in": {
			test: `(&Server{Tracer: compat.NewTracer(otel.GetTracerProvider(), nil)}).Serve()`,
		},
		"global mock":       {test: "opentracing.SetGlobalTracer(mocktracer.New())\n\tWork(context.Background(), quick{})", stay: []string{"quick"}},
		"global of another": {test: "tracer := db.PlainTracer()\n\topentracing.SetGlobalTracer(tracer)\n\tOwn(context.Background())", stay: []string{"own"}},
		"global by a helper": {
			test: "install()\n\tOwn(context.Background())",
			more: "\nfunc install() { opentracing.SetGlobalTracer(mocktracer.New()) }\n",
			stay: []string{"own"},
		},
		"global for all tests": {
			test: "Work(context.Background(), slow{})",
			more: "\nfunc TestMain(m *testing.M) {\n\topentracing.SetGlobalTracer(mocktracer.New())\n\tm.Run()\n}\n",
			stay: []string{"own", "slow"},
		},
		"global by another library": {
			test: "closer, _ := config.Configuration{}.InitGlobalTracer(\"test\")\n\tdefer closer.Close()\n\tOwn(context.Background())",
			stay: []string{"own"},
		},
		"made by another library": {test: "tracer, closer, _ := config.Configuration{}.NewTracer()\n\t_, _ = tracer, closer\n\tOwn(context.Background())"},
		"global by a suite": {
			test: "run(&suite{})",
			more: "\ntype suite struct{}\n\nfunc (*suite) SetUp() { opentracing.SetGlobalTracer(mocktracer.New()) }\n\nfunc (*suite) TestSlow() { Work(context.Background(), slow{}) }\n\nfunc run(any) {}\n",
			stay: []string{"slow"},
		},
		"global and a promoted method": {
			test: "opentracing.SetGlobalTracer(mocktracer.New())\n\tWork(context.Background(), &outer{})",
			more: "\ntype outer struct{ slow }\n",
			stay: []string{"slow"},
		},
		"global and an alias": {
			test: "opentracing.SetGlobalTracer(mocktracer.New())\n\tWork(context.Background(), alias{})",
			more: "\ntype alias = slow\n",
			stay: []string{"slow"},
		},
		"global noop":     {test: "opentracing.SetGlobalTracer(opentracing.NoopTracer{})\n\tOwn(context.Background())"},
		"global restored": {test: "old := opentracing.GlobalTracer()\n\tdefer opentracing.SetGlobalTracer(old)\n\tOwn(context.Background())"},
		"in a context": {
			test: "span := mocktracer.New().StartSpan(\"parent\")\n\tr := httptest.NewRequest(\"GET\", \"/\", nil)\n\tHandler().ServeHTTP(httptest.NewRecorder(), r.WithContext(opentracing.ContextWithSpan(r.Context(), span)))",
			stay: []string{"served"},
		},
		"of the Jaeger twin in a context": {
			test: "tracer, closer, _ := twin.Configuration{}.NewTracer()\n\tdefer closer.Close()\n\tspan := tracer.StartSpan(\"parent\")\n\t_ = span.(interface{ SetOperationName(string) opentracing.Span })\n\tr := httptest.NewRequest(\"GET\", \"/\", nil)\n\tHandler().ServeHTTP(httptest.NewRecorder(), r.WithContext(opentracing.ContextWithSpan(r.Context(), span)))",
		},
		"of another library in a context": {
			test: "tracer, closer, _ := config.Configuration{}.NewTracer()\n\tdefer closer.Close()\n\tspan := tracer.StartSpan(\"parent\")\n\t_ = span.(interface{ SetOperationName(string) opentracing.Span })\n\tr := httptest.NewRequest(\"GET\", \"/\", nil)\n\tHandler().ServeHTTP(httptest.NewRecorder(), r.WithContext(opentracing.ContextWithSpan(r.Context(), span)))",
			stay: []string{"served"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := strings.Replace(code, "TEST", test.test, 1) + test.more
			files = strings.ReplaceAll(files, "golang.example", "golden.example")
			if test.unseen {
				files = strings.Replace(files, "\t_ *mocktracer.MockSpan\n", "", 1)
			}
			for _, broken := range []bool{false, true}[:min(2, 1+len(test.stay))] {
				texts, result := fixModuleWith(t, &migrate.FixOptions{BreakTests: broken}, files)
				if len(result.Skipped) > 0 {
					t.Fatalf("does not compile: %v", result.Skipped)
				}
				got := texts["server/server.go"]
				var stay []string
				for name, line := range map[string]string{
					"handed": `s.Tracer.StartSpan("handed")`,
					"own":    `opentracing.StartSpanFromContext(ctx, "own")`,
					"quick":  `opentracing.StartSpanFromContext(ctx, "quick")`,
					"slow":   `opentracing.StartSpanFromContext(ctx, "slow")`,
					"served": `opentracing.SpanFromContext(`,
				} {
					if strings.Contains(got, line) {
						stay = append(stay, name)
					}
				}
				slices.Sort(stay)
				want := test.stay
				if broken {
					want = nil
				}
				if diff := cmp.Diff(want, stay); diff != "" {
					t.Errorf("with BreakTests %t, what stays differs (-want +got):\n%s\nrefused %v", broken, diff, result.Refusals)
				}
			}
		})
	}
}
