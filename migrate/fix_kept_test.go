// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/ot2otel/ot2otel/migrate"
)

// fixModule runs the rewriter over a module that is written here, and returns the
// new texts of its files, by name, with its result.
func fixModule(t *testing.T, files string) (map[string]string, *migrate.Result) {
	t.Helper()
	return fixModuleWith(t, &migrate.FixOptions{}, files)
}

// fixModuleWith is fixModule with options.
func fixModuleWith(t *testing.T, opts *migrate.FixOptions, files string) (map[string]string, *migrate.Result) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := newGoldenModule(t, "kept", nil)
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(m.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		data = []byte(strings.ReplaceAll(string(data), "=> ../thirdparty", "=> "+filepath.Join(filepath.Dir(m.dir), "thirdparty")))
		writeFile(t, filepath.Join(dir, name), data)
	}
	for _, f := range txtar.Parse([]byte(files)).Files {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
	}
	opts.Dir, opts.Env, opts.DryRun = dir, m.env(), true
	result, err := migrate.Fix(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for path, text := range result.Files {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.ToSlash(name)] = string(text)
	}
	return texts, result
}

// A package that does not compile keeps what it uses as it is, and no more.
func TestFixBesideBroken(t *testing.T) {
	texts, result := fixModule(t, `
-- tracing/tracing.go --
package tracing

import (
	"context"

	"github.com/opentracing/opentracing-go"
)

// Used is called by code that does not compile.
func Used(ctx context.Context) opentracing.Span {
	span, _ := opentracing.StartSpanFromContext(ctx, "used")
	return span
}

// Free is not.
func Free(ctx context.Context) opentracing.Span {
	span, _ := opentracing.StartSpanFromContext(ctx, "free")
	return span
}
-- broken/broken.go --
package broken

import (
	"context"

	"golden.example/kept/tracing"
	"golden.example/kept/missing"
)

func Run(ctx context.Context) {
	span := tracing.Used(ctx)
	missing.Call(span)
}
`)
	got := texts["tracing/tracing.go"]
	for _, line := range []string{
		"func Used(ctx context.Context) opentracing.Span {",
		"func Free(ctx context.Context) trace.Span {",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("the rewritten file lacks %q:\n%s", line, got)
		}
	}
	if len(result.Skipped) != 1 || result.Skipped[0].Path != "golden.example/kept/broken" {
		t.Errorf("skipped %v, want the package that does not compile", result.Skipped)
	}
}

// A test that starts spans follows the code that it tests: a mock may compare the
// contexts of both.
func TestFixTestsFollow(t *testing.T) {
	const files = `
-- all/all.go --
package all

import (
	"context"

	"github.com/opentracing/opentracing-go"
)

func Run(ctx context.Context, next func(context.Context)) {
	span, ctx := opentracing.StartSpanFromContext(ctx, "all")
	defer span.Finish()
	next(ctx)
}
-- all/all_test.go --
package all

import (
	"context"
	"testing"

	"github.com/opentracing/opentracing-go"
)

func TestRun(t *testing.T) {
	span, want := opentracing.StartSpanFromContext(context.Background(), "all")
	defer span.Finish()
	Run(context.Background(), func(got context.Context) {
		if got != want {
			t.Log("another context")
		}
	})
}
`
	texts, _ := fixModule(t, files)
	if got := texts["all/all_test.go"]; !strings.Contains(got, "want, span := tracer.Start(") {
		t.Errorf("the test of rewritten code starts its span otherwise:\n%s", got)
	}
	// StartSpanOptions stays, and so does the test of the package that has it.
	texts, result := fixModule(t, strings.Replace(files, "\nfunc Run(", "\nfunc Look(*opentracing.StartSpanOptions) {}\n\nfunc Run(", 1))
	if got := texts["all/all_test.go"]; got != "" {
		t.Errorf("the test of code that stays in part is rewritten:\n%s", got)
	}
	if diff := cmp.Diff(map[string]int{"not-selected": 2, "start-span-options": 1}, result.Counts.Refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
}

// Lines that are not rewritten keep their spacing and their ends.
func TestFixKeepsLayout(t *testing.T) {
	const loose = `package loose

import "context"
import "github.com/opentracing/opentracing-go"

func  Work( ctx context.Context , n int )  {
  span,ctx:=opentracing.StartSpanFromContext( ctx,"work" )
  defer   span . Finish ( ) // always
  span.LogFields()
      x:=map[string]int{ "a":1,  "bcd" : 2 }
  /* two
  lines */
  span.SetTag( "x",x["a"] )
 _ = ctx
}
`
	const want = `package loose

import "context"
import (
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
)

var tracer = otel.Tracer("golden.example/kept/loose")

func  Work( ctx context.Context , n int )  {
	ctx, span := tracer.Start(ctx, "work")
	defer span.End() // always
	span.AddEvent("log")
      x:=map[string]int{ "a":1,  "bcd" : 2 }
  /* two
  lines */
	span.SetAttributes(attribute.Int("x", x["a"]))
 _ = ctx
}
`
	for name, end := range map[string]string{"unix": "\n", "windows": "\r\n"} {
		t.Run(name, func(t *testing.T) {
			texts, _ := fixModule(t, "-- loose/loose.go --\n"+strings.ReplaceAll(loose, "\n", end))
			if diff := cmp.Diff(strings.ReplaceAll(want, "\n", end), texts["loose/loose.go"]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A tracer that is not OpenTelemetry's and is handed to rewritten code records its spans
// behind compat.ProviderOf, so that the telemetry is the same.
func TestFixForeignTracer(t *testing.T) {
	texts, result := fixModule(t, `
-- own/own.go --
package own

import (
	"github.com/opentracing/opentracing-go"

	"golden.example/thirdparty/db"
)

type service struct{ tracer opentracing.Tracer }

func newService() (*service, error) {
	t, err := db.NewTracer("service")
	return &service{tracer: t}, err
}

func (s *service) serve() { s.tracer.StartSpan("serve").Finish() }
`)
	if got := texts["own/own.go"]; !strings.Contains(got, `compat.ProviderOf(t).Tracer("golden.example/kept/own")`) {
		t.Errorf("the tracer is handed on otherwise:\n%s", got)
	}
	if len(result.TelemetryChanges) != 0 || len(result.Providers) != 1 {
		t.Errorf("telemetry changes are %v and providers %v, want none and one", result.TelemetryChanges, result.Providers)
	}
}

// A test looks at what runs because of it, also by code in between that has nothing to
// do with OpenTracing.
func TestFixWatchedFromAfar(t *testing.T) {
	_, result := fixModule(t, `
-- far/far.go --
package far

import "github.com/opentracing/opentracing-go"

func Run() { opentracing.StartSpan("far").Finish() }

func Free() { opentracing.StartSpan("free").Finish() }
-- between/between.go --
package between

import "golden.example/kept/far"

func Run() { far.Run() }
-- near/near.go --
package near

import "golden.example/kept/between"

func Run() { between.Run() }
-- near/near_test.go --
package near

import (
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/mocktracer"
)

func TestRun(t *testing.T) {
	tracer := mocktracer.New()
	opentracing.SetGlobalTracer(tracer)
	Run()
	if len(tracer.FinishedSpans()) != 1 {
		t.Error("no span")
	}
}
`)
	var far []string
	for _, r := range result.Refusals {
		if strings.HasSuffix(r.Pos.Filename, "far.go") {
			far = append(far, fmt.Sprintf("%d %s", r.Pos.Line, r.Category))
		}
	}
	if diff := cmp.Diff([]string{"5 test-tracer", "5 test-tracer"}, far); diff != "" {
		t.Errorf("what stays of far.go (-want +got):\n%s", diff)
	}
}

// Line directives are for compilers. They change neither what is rewritten nor where.
func TestFixLineDirectives(t *testing.T) {
	const source = `
-- m.go --
package m

import (
	"context"

	"github.com/opentracing/opentracing-go"
)

DIRECTIVE
func put(ctx context.Context) context.Context {
	parent := opentracing.SpanFromContext(ctx)
	_ = parent
	span := opentracing.StartSpan("put")
	// A comment that stays.
	ctx = opentracing.ContextWithSpan(ctx, span)
	return ctx
}

func work(ctx context.Context) {
	span, ctx := opentracing.StartSpanFromContext(ctx, "work")
	defer span.Finish()
	DIRECTIVE
	span.SetTag("a", "b").SetTag("c", 1)
	span.LogKV("event", "x") // of this line
	_ = ctx
}
`
	plain, _ := fixModule(t, strings.ReplaceAll(source, "DIRECTIVE", "// comment"))
	if strings.Contains(plain["m.go"], "opentracing") {
		t.Errorf("without directives, not all is rewritten:\n%s", plain["m.go"])
	}
	for _, directive := range []string{"//line other.y:1", "//line m.go:1", "//line /etc/passwd:7", "//line m.go:1000000"} {
		texts, result := fixModule(t, strings.ReplaceAll(source, "DIRECTIVE", directive))
		if diff := cmp.Diff(plain["m.go"], strings.ReplaceAll(texts["m.go"], directive, "// comment")); diff != "" {
			t.Errorf("with %s (-without +with):\n%s\n%v", directive, diff, result.Refusals)
		}
	}
}
