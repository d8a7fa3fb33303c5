// SPDX-License-Identifier: Apache-2.0

package doctor_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/doctor"
)

// fixes returns the places of findings on variables with what to do.
func fixes(d *doctor.Diagnosis) (all []string) {
	for _, f := range d.Findings {
		if f.Kind == doctor.KindVariable {
			all = append(all, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Fix))
		}
	}
	return all
}

// wantFixes returns what the comments in files say. In a Dockerfile they are in the line
// after that of the variable.
func wantFixes(files map[string]string) (want []string) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		n := 0
		for line := range strings.Lines(files[name]) {
			n++
			if _, fix, ok := strings.Cut(line, "# fix "); ok {
				want = append(want, fmt.Sprintf("%s:%d %s", name, n, strings.TrimSpace(fix)))
			}
			if _, fix, ok := strings.Cut(line, "#fix "); ok {
				want = append(want, fmt.Sprintf("%s:%d %s", name, n-1, strings.TrimSpace(fix)))
			}
		}
	}
	return want
}

func TestVariables(t *testing.T) {
	files := archive(t, "plain.txtar")
	d := examine(t, files)
	if diff := cmp.Diff(wantFixes(files), fixes(d)); diff != "" {
		t.Errorf("fixes (-want +got):\n%s", diff)
	}
	if !d.Complete() || len(d.Gaps) > 0 {
		t.Errorf("not looked at: %+v", d.Gaps)
	}
	for _, line := range lines(d) {
		if strings.Contains(line, "hunter2") || strings.Contains(line, "ada:secret") {
			t.Errorf("a secret is printed: %s", line)
		}
	}
}

// stubs are Jaeger's client and its twin, which read the variables.
func stubs(path string) map[string]string {
	module, folder, _ := strings.Cut(path, "|")
	return map[string]string{
		"go.mod":                         "module example.com/shop\n\ngo 1.26\n\nrequire " + module + " v0.0.0\n\nreplace " + module + " => ./stub\n",
		"main.go":                        "package main\n\nimport _ \"" + module + folder + "\"\n\nfunc main() {}\n",
		"stub/go.mod":                    "module " + module + "\n",
		"stub" + folder + "/variable.go": "package config\n\nconst names = \"JAEGER_SERVICE_NAME\" + \"JAEGER_PROPAGATION\"\n",
	}
}

func TestVariablesOfClientAndTwin(t *testing.T) {
	const compose = `environment:
  JAEGER_SERVICE_NAME: shop
  JAEGER_AGENT_HOST: agent
  JAEGER_AGENT_PORT: 6831
  JAEGER_SAMPLER_TYPE: const
  JAEGER_SAMPLER_PARAM: 1
  JAEGER_RPC_METRICS: true
`
	for _, tt := range []struct {
		module, compose string
		want            []string
		explanation     string
	}{
		{"github.com/uber/jaeger-client-go|/config", compose, nil, "Jaeger's client reads them"},
		{"github.com/ot2otel/ot2otel|/compat/jaegerclient/config", compose, []string{
			"compose.yml:3 add OTEL_EXPORTER_OTLP_ENDPOINT=http://agent:4318, or the address of another host that takes OTLP; it has precedence",
			"compose.yml:4 remove it: OTLP has a port of its own, 4318",
			"compose.yml:7 remove it: otelhttp and otelgrpc have metrics",
		}, "the twin reads them, and some mean something else"},
		{
			"github.com/ot2otel/ot2otel|/compat/jaegerclient/config", "- JAEGER_AGENT_HOST=agent\n- OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318\n",
			nil, "the endpoint is said by a variable that has precedence",
		},
		{"github.com/uber/jaeger-client-go|/config", "JAEGER_PROPAGATION: jaeger\n", []string{
			"compose.yml:1 remove it: Jaeger's client for Go did not read it",
		}, "Jaeger's client does not read this one, and what comes after it does"},
		{"github.com/ot2otel/ot2otel|/compat/jaegerclient/config", "JAEGER_PROPAGATION: jaeger\n", []string{
			"compose.yml:1 remove it, or replace it with OTEL_PROPAGATORS=jaeger,tracecontext,baggage",
		}, "the twin reads it"},
		{"github.com/ot2otel/ot2otel|/compat/jaeger", "JAEGER_PROPAGATION: b3\n", []string{
			"compose.yml:1 remove it, or replace it with OTEL_PROPAGATORS=jaeger,tracecontext,baggage,b3multi",
		}, "and so does jaeger.NewFormats, whose package names it"},
		{"github.com/ot2otel/ot2otel|/compat/jaeger", "JAEGER_PROPAGATION: $FORMATS\n", []string{"compose.yml:1 remove it"}, "a value that is said elsewhere"},
		{"github.com/ot2otel/ot2otel|/compat/jaeger", "JAEGER_PROPAGATION: w3c, Jaeger\n", nil, "it turns nothing off"},
		{"github.com/ot2otel/ot2otel|/compat/jaeger", "- JAEGER_PROPAGATION=jaeger\n- OTEL_PROPAGATORS=jaeger,tracecontext,baggage\n", []string{
			"compose.yml:1 remove it: line 2 names the headers",
		}, "the headers are said by a variable that has precedence"},
		{"github.com/ot2otel/ot2otel|/exporters", "JAEGER_SERVICE_NAME: shop\nJAEGER_PROPAGATION: jaeger\n", []string{
			"compose.yml:1 replace it with OTEL_SERVICE_NAME=shop",
			"compose.yml:2 remove it: Jaeger's client for Go did not read it",
		}, "exporters names variables to say that they are not used"},
		{"example.com/ours|/config", "JAEGER_SERVICE_NAME: shop\n", nil, "a library names the variable"},
		{"example.com/ours|/config", "JAEGER_DISABLED: true\n", []string{
			"compose.yml:1 remove it: Go's SDK has no variable that turns it off; install no provider there",
		}, "it does not name this one"},
	} {
		files := stubs(tt.module)
		files["compose.yml"] = tt.compose
		if diff := cmp.Diff(tt.want, fixes(examine(t, files))); diff != "" {
			t.Errorf("%s: fixes (-want +got):\n%s", tt.explanation, diff)
		}
	}
}

// Files that do not parse are named, and the others are read.
func TestHostileManifests(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [JAEGER_DISABLED=true]\n")
	for i := range 40 {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d,", i), 9))
	}
	for _, tt := range []struct {
		name, text  string
		want        string // the reason why it was not looked at
		fails       bool
		explanation string
	}{
		{"a.yaml", "a: [JAEGER_DISABLED=true", "it does not parse", true, "an open bracket"},
		{"a.yaml", "a:\n\t- b\n", "it does not parse", true, "a tab"},
		{"a.yaml", "a: {{ if .Values.jaeger }}\n- name: JAEGER_DISABLED\n{{ end }}\n", "look at JAEGER_DISABLED by hand", false, "a template"},
		{"a.yaml", strings.Repeat("[", 1<<19), "it does not parse", true, "deeper than anybody writes"},
		{"a.yaml", strings.Repeat("a: 'b'\n", 1<<18), "larger than 1 MiB", false, "large"},
		{"a.yaml", bomb.String(), "", false, "aliases of aliases"},
		{"a.yaml", "a: &a [*a]\n", "", false, "an alias of itself"},
		{"a.yaml", "? [a, b]\n: c\n? {JAEGER_DISABLED: 1}\n: d\n", "", false, "keys that are not texts"},
		{"a.yaml", "", "", false, "nothing"},
		{"Dockerfile", "ENV JAEGER_DISABLED=\x00\n", "it is not text", true, "binary"},
		{"Dockerfile", "ENV JAEGER_DISABLED=\xff\n", "it is not text", true, "not UTF-8"},
		{"Dockerfile", "ENV\nENV  \nENV =\nENV \\\nRUN <<\nENV \"", "", false, "malformed instructions"},
		{".env", "=\n==\nexport\nJAEGER_DISABLED\n'=\"\nA='\n", "", false, "malformed lines"},
	} {
		d := examineFiles(t, map[string]string{"go.mod": "module example.com/shop\n", tt.name: tt.text, "z.yaml": "a: b\n"})
		if tt.want == "" {
			if len(d.Gaps) > 0 {
				t.Errorf("%s: not looked at: %+v", tt.explanation, d.Gaps)
			}
			continue
		}
		if len(d.Gaps) != 1 || d.Gaps[0].File != tt.name || !strings.Contains(d.Gaps[0].Reason, tt.want) {
			t.Errorf("%s: not looked at: %+v, want %s: %s", tt.explanation, d.Gaps, tt.name, tt.want)
		}
		if d.Complete() == tt.fails {
			t.Errorf("%s: complete is %t", tt.explanation, d.Complete())
		}
		if d.Files != 2 {
			t.Errorf("%s: %d files were looked at, want go.mod and z.yaml", tt.explanation, d.Files)
		}
	}
}

func TestHostileFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("names and links are those of Unix")
	}
	outside := filepath.Join(t.TempDir(), "secret.env")
	if err := os.WriteFile(outside, []byte("JAEGER_DISABLED=true\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	dir := unpack(t, map[string]string{
		"go.mod":                         "module example.com/shop\n",
		"\x1b[31m\n.yaml":                "a: [",
		"folder.yaml/inner/Dockerfile.x": "ENV A=1\n",
	})
	for _, link := range []struct{ to, name string }{
		{outside, "link.env"}, {filepath.Dir(outside), "linked"}, {"link.yaml", "link.yaml"},
	} {
		if err := os.Symlink(link.to, filepath.Join(dir, link.name)); err != nil {
			t.Skip(err)
		}
	}
	d := examineFolder(t, dir)
	var gaps []string
	for _, g := range d.Gaps {
		gaps = append(gaps, fmt.Sprintf("%q %t %.25s", g.File, g.Note, g.Reason))
	}
	want := []string{
		`"\x1b[31m\n.yaml" false it does not parse: line 1`,
		`"link.env" true it is a symbolic link`,
		`"link.yaml" true it is a symbolic link`,
	}
	if diff := cmp.Diff(want, gaps); diff != "" {
		t.Errorf("not looked at (-want +got):\n%s", diff)
	}
	if d.Files != 2 {
		t.Errorf("%d files were looked at, want go.mod and the Dockerfile", d.Files)
	}
	var out strings.Builder
	if err := d.WriteText(&out); err != nil || strings.Contains(out.String(), "\x1b") {
		t.Errorf("printed %q, %v", out.String(), err)
	}
	out.Reset()
	if err := d.WriteJSON(&out); err != nil || strings.Contains(out.String(), "\x1b") || !strings.Contains(out.String(), `"findings": []`) {
		t.Errorf("printed %q, %v", out.String(), err)
	}
}
