// SPDX-License-Identifier: Apache-2.0

package doctor_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
