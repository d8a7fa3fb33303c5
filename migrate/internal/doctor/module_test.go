// SPDX-License-Identifier: Apache-2.0

package doctor_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/doctor"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

func TestVersions(t *testing.T) {
	const bridge = "go.opentelemetry.io/otel/bridge/opentracing "
	get := func(version string, paths ...string) string {
		var command strings.Builder
		command.WriteString("go get")
		for _, path := range paths {
			command.WriteString(" go.opentelemetry.io/otel" + path + "@" + version)
		}
		return command.String()
	}
	for _, tt := range []struct {
		require     string // the first of them is line 5
		after       string
		want        []string
		explanation string
	}{
		{"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0\ngo.opentelemetry.io/otel/sdk v1.47.0", "", nil, "all at one version"},
		{
			"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.46.0", "",
			[]string{"go.mod:6: the bridge is at v1.46.0 and otel at v1.47.0: the bridge uses internals of otel, and is made for its own version only => " + get("v1.47.0", "", "/bridge/opentracing")},
			"otel was raised alone",
		},
		{
			"go.opentelemetry.io/otel v1.9.0 // indirect\ngo.opentelemetry.io/otel/trace v1.10.0\n" + bridge + "v1.10.0", "",
			[]string{"go.mod:7: the bridge is at v1.10.0 and otel at v1.9.0: the bridge uses internals of otel, and is made for its own version only => " + get("v1.10.0", "", "/trace", "/bridge/opentracing")},
			"the bridge was; versions are numbers, and indirect ones count",
		},
		{
			"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0\ngo.opentelemetry.io/otel/sdk v1.46.0", "",
			[]string{"go.mod:7: go.opentelemetry.io/otel/sdk is at v1.46.0 and others at v1.47.0: OpenTelemetry releases and tests these modules together => " + get("v1.47.0", "", "/bridge/opentracing", "/sdk")},
			"the SDK stayed behind",
		},
		{"go.opentelemetry.io/otel v1.47.0\ngo.opentelemetry.io/otel/sdk v1.46.0", "", nil, "without the bridge nothing ties them"},
		{
			"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0\ngo.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.60.0\ngo.opentelemetry.io/otel/log v0.3.0\ngo.opentelemetry.io/otel/exporters/jaeger v1.17.0\ngo.opentelemetry.io/otelx v1.0.0", "",
			nil, "contrib, modules at v0, and those that have no newer release have their own versions",
		},
		{
			"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0", "replace go.opentelemetry.io/otel => go.opentelemetry.io/otel v1.46.0",
			[]string{"go.mod:8: go.opentelemetry.io/otel is replaced by go.opentelemetry.io/otel v1.46.0, whatever version is required: the bridge v1.47.0 is made for the otel of its own version => go mod edit -dropreplace=go.opentelemetry.io/otel"},
			"go get does not change a replacement",
		},
		{
			"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0", "replace go.opentelemetry.io/otel v1.47.0 => ../otel",
			[]string{"go.mod:8: go.opentelemetry.io/otel is replaced by ../otel, whatever version is required: the bridge v1.47.0 is made for the otel of its own version => go mod edit -dropreplace=go.opentelemetry.io/otel@v1.47.0"},
			"a folder",
		},
		{"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0", "replace go.opentelemetry.io/otel v1.40.0 => ../otel", nil, "another version is replaced"},
	} {
		mod := "module example.com/shop\n\ngo 1.26\nrequire (\n" + tt.require + "\n)\n" + tt.after + "\n"
		if diff := cmp.Diff(tt.want, lines(examineFiles(t, map[string]string{"go.mod": mod}))); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", tt.explanation, diff)
		}
	}
}

// A workspace builds its modules with the highest versions that any of them requires, and
// with the replacements of go.work.
func TestVersionsOfWorkspace(t *testing.T) {
	const bridge = "go.opentelemetry.io/otel/bridge/opentracing "
	mod := func(path, require string) string {
		return "module example.com/" + path + "\n\ngo 1.26\nrequire (\n" + require + "\n)\n"
	}
	const lock = "the bridge uses internals of otel, and is made for its own version only"
	for _, tt := range []struct {
		a, b, work  string
		want        []string
		explanation string
	}{
		{"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0", "go.opentelemetry.io/otel v1.47.0", "", nil, "all at one version"},
		{
			"go.opentelemetry.io/otel v1.46.0\n" + bridge + "v1.46.0", "go.opentelemetry.io/otel v1.47.0\ngo.opentelemetry.io/otel/sdk v1.47.0", "",
			[]string{"a/go.mod:6: the workspace builds the bridge v1.46.0 of a/go.mod with otel v1.47.0 of b/go.mod: " + lock + " => go -C a get go.opentelemetry.io/otel/bridge/opentracing@v1.47.0"},
			"another module raises otel",
		},
		{
			"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0", "go.opentelemetry.io/otel v1.46.0\ngo.opentelemetry.io/otel/sdk v1.46.0", "",
			[]string{"b/go.mod:6: the workspace builds go.opentelemetry.io/otel/sdk v1.46.0 with others at v1.47.0: OpenTelemetry releases and tests these modules together => go -C b get go.opentelemetry.io/otel/sdk@v1.47.0"},
			"another module has an old SDK",
		},
		{"go.opentelemetry.io/otel v1.46.0", "go.opentelemetry.io/otel/sdk v1.47.0", "replace go.opentelemetry.io/otel => ../otel", nil, "without the bridge nothing ties them"},
		{
			"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0", "", "replace go.opentelemetry.io/otel => go.opentelemetry.io/otel v1.46.0",
			[]string{"go.work:7: go.opentelemetry.io/otel is replaced by go.opentelemetry.io/otel v1.46.0, whatever version is required: the bridge v1.47.0 is made for the otel of its own version => go work edit -dropreplace=go.opentelemetry.io/otel"},
			"go.work replaces",
		},
		{
			"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.47.0", "go.opentelemetry.io/otel v1.47.0\n)\nreplace (\n\tgo.opentelemetry.io/otel v1.47.0 => ../otel", "",
			[]string{"b/go.mod:8: go.opentelemetry.io/otel is replaced by ../otel, whatever version is required: the bridge v1.47.0 is made for the otel of its own version => go -C b mod edit -dropreplace=go.opentelemetry.io/otel@v1.47.0"},
			"a module without the bridge replaces for all",
		},
		{
			"go.opentelemetry.io/otel v1.47.0\n" + bridge + "v1.46.0", "go.opentelemetry.io/otel v1.47.0", "",
			[]string{"a/go.mod:6: the bridge is at v1.46.0 and otel at v1.47.0: " + lock + " => go get go.opentelemetry.io/otel@v1.47.0 go.opentelemetry.io/otel/bridge/opentracing@v1.47.0"},
			"a module that is wrong by itself comes first",
		},
	} {
		dir := unpack(t, map[string]string{
			"a/go.mod": mod("a", tt.a), "b/go.mod": mod("b", tt.b),
			"go.work": "go 1.26\n\nuse (\n\t./a\n\t./b\n)\n" + tt.work + "\n",
		})
		got := lines(examineFolder(t, filepath.Join(dir, "a")))
		for i := range got { // without its packages, a module's files are relative to it
			switch {
			case strings.HasPrefix(got[i], "go.mod:"):
				got[i] = "a/" + got[i]
			default:
				got[i] = strings.TrimPrefix(got[i], "../")
			}
			got[i] = strings.NewReplacer(" of go.mod ", " of a/go.mod ", " of ../", " of ").Replace(got[i])
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", tt.explanation, diff)
		}
	}
}

// With its packages, all files are relative to the workspace.
func TestWorkspaceWithPackages(t *testing.T) {
	const bridge = "go.opentelemetry.io/otel/bridge/opentracing"
	dir := unpack(t, map[string]string{
		"a/go.mod":      "module example.com/a\n\ngo 1.26\n\nrequire " + bridge + " v1.46.0\n",
		"a/a.go":        "package a\n",
		"b/go.mod":      "module example.com/b\n\ngo 1.26\n\nrequire go.opentelemetry.io/otel v1.47.0\n",
		"b/b.go":        "package b\n",
		"bridge/go.mod": "module " + bridge + "\n",
		"otel/go.mod":   "module go.opentelemetry.io/otel\n",
		"go.work":       "go 1.26\n\nuse (\n\t./a\n\t./b\n)\n\nreplace (\n\t" + bridge + " => ./bridge\n\tgo.opentelemetry.io/otel => ./otel\n)\n",
	})
	for _, from := range []string{"a", "."} {
		opts := &source.LoadOptions{Dir: filepath.Join(dir, from), Tests: true, Env: []string{"GOFLAGS=", "GOPROXY=off", "GOWORK="}}
		p, err := source.Load(t.Context(), opts, flow.Concerns)
		if err != nil {
			t.Fatal(err)
		}
		d, err := doctor.Examine(t.Context(), opts.Dir, p)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"a/go.mod:5 versions", "go.work:9 replace", "go.work:10 replace"}
		if diff := cmp.Diff(want, kinds(d)); diff != "" || len(d.Gaps) > 0 {
			t.Errorf("from %s: findings (-want +got):\n%s%+v", from, diff, d.Gaps)
		}
	}
}

// The repository's own modules are all released together, as its go.mod has them.
func TestVersionsOfRepository(t *testing.T) {
	for _, name := range []string{"", "examples/legacy", "examples/routers"} {
		d := examineFolder(t, filepath.Join("..", "..", "..", filepath.FromSlash(name)))
		for _, line := range lines(d) {
			if strings.HasPrefix(line, "go.mod:") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}

func TestBrokenModule(t *testing.T) {
	d := examineFiles(t, map[string]string{
		"go.mod":     "module example.com/shop\n\nrequire (\n",
		"deploy.yml": "a: b\n",
	})
	if d.Complete() || len(d.Gaps) != 1 || d.Gaps[0].File != "go.mod" || !strings.Contains(d.Gaps[0].Reason, "does not parse") {
		t.Errorf("gaps: %+v", d.Gaps)
	}
	if d.Files != 1 {
		t.Errorf("%d files were looked at, want deploy.yml", d.Files)
	}
}
