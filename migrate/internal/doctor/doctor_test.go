// SPDX-License-Identifier: Apache-2.0

package doctor_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/ot2otel/ot2otel/migrate/internal/doctor"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// unpack writes files, and the hashes of modules that this one has, to a folder.
func unpack(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	sums, err := os.ReadFile(filepath.Join("..", "..", "..", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	files = maps.Clone(files)
	files["go.sum"] = string(sums)
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func archive(t *testing.T, name string) map[string]string {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", "modules", name))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, f := range a.Files {
		files[f.Name] = string(f.Data)
	}
	return files
}

// examine examines a module with its packages.
func examine(t *testing.T, files map[string]string) *doctor.Diagnosis {
	t.Helper()
	dir := unpack(t, files)
	opts := &source.LoadOptions{Dir: dir, Tests: true, Env: []string{"GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off"}}
	p, err := source.Load(t.Context(), opts, flow.Concerns)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range p.Broken {
		t.Errorf("%s does not compile: %v", b.Path, b.Texts(p))
	}
	d, err := doctor.Examine(t.Context(), dir, p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// examineFiles examines a module without its packages.
func examineFiles(t *testing.T, files map[string]string) *doctor.Diagnosis {
	t.Helper()
	return examineFolder(t, unpack(t, files))
}

func examineFolder(t *testing.T, dir string) *doctor.Diagnosis {
	t.Helper()
	d, err := doctor.Examine(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// kinds returns the places of findings with their kinds.
func kinds(d *doctor.Diagnosis) (all []string) {
	for _, f := range d.Findings {
		all = append(all, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Kind))
	}
	return all
}

// lines returns findings as they are printed.
func lines(d *doctor.Diagnosis) (all []string) {
	for _, f := range d.Findings {
		all = append(all, fmt.Sprintf("%s:%d: %s => %s", f.File, f.Line, f.Reason, f.Fix))
	}
	return all
}

func TestCode(t *testing.T) {
	files := archive(t, "code.txtar")
	var want []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		n := 0
		for line := range strings.Lines(files[name]) {
			n++
			if _, kind, ok := strings.Cut(line, "// want "); ok {
				want = append(want, fmt.Sprintf("%s:%d %s", name, n, strings.TrimSpace(kind)))
			}
		}
	}
	d := examine(t, files)
	if diff := cmp.Diff(want, kinds(d)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for _, want := range []string{
		"tracer/tracer.go:11: config.Configuration.NewTracer makes a tracer of github.com/uber/jaeger-client-go/config: spans of OpenTelemetry code do not get there => ot2otel fix -stage 1",
		"doubled/http.go:13: otelhttp.NewHandler is around nethttp.Middleware: each request has two spans => remove nethttp.Middleware in line 13, and keep otelhttp.NewHandler",
		"doubled/http.go:17: nethttp.Middleware is around otelhttp.NewHandler of line 18: each request has two spans => remove nethttp.Middleware in line 17, and keep otelhttp.NewHandler",
		"doubled/routers.go:23: compat's Tracing.TraceAll is around otelhttp.NewHandler of line 25: each request has two spans => remove compat's Tracing.TraceAll in line 23, and keep otelhttp.NewHandler",
		"doubled/routers.go:31: compat's Tracing.TraceAll is around otelhttp.NewMiddleware of line 36: each request has two spans => remove otelhttp.NewMiddleware in line 36, and keep compat's Tracing.TraceAll",
		"doubled/grpc.go:11: grpc.NewServer gets otgrpc.OpenTracingServerInterceptor and otelgrpc.NewServerHandler: each call has two spans => remove otgrpc.OpenTracingServerInterceptor in line 12, and the one for streams, and keep otelgrpc.NewServerHandler",
	} {
		if !slices.Contains(lines(d), want) {
			t.Errorf("no finding\n%s\nin\n%s", want, strings.Join(lines(d), "\n"))
		}
	}
}
