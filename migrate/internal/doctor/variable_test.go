// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestVariablesOfDocument holds the table of variables to that of docs/jaeger.md, which is
// made by what the twin does: the names, what takes their place, and what the twin ignores.
func TestVariablesOfDocument(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "jaeger.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "<!-- variables: begin -->")
	table, _, _ = strings.Cut(table, "<!-- variables: end -->")
	var documented []string
	for row := range strings.Lines(table) {
		cells := strings.Split(row, " | ")
		if len(cells) != 5 || !strings.Contains(cells[0], "`JAEGER_") {
			continue
		}
		set := make(scope)
		for _, m := range regexp.MustCompile("`(JAEGER_[A-Z0-9_]+)=([^`]*)`").FindAllStringSubmatch(cells[0], -1) {
			documented = append(documented, m[1])
			set.set(m[1], m[2], true, 1, "")
		}
		for _, s := range set.settings() {
			v, _ := lookupVariable(s.name)
			prints := regexp.MustCompile("`(OTEL_[A-Z_]+)=([^`]*)`").FindStringSubmatch(cells[3])
			if ignored := strings.HasPrefix(cells[2], "ignored"); ignored && v.twin == "" {
				t.Errorf("%s: the document says that the twin ignores it", v.name)
			}
			if prints == nil || v.otel == "" || v.value == nil || strings.Contains(s.value, "${") {
				continue
			}
			name, value := strings.ReplaceAll(prints[1], "_OTLP_TRACES_", "_OTLP_"), strings.TrimSuffix(prints[2], "/v1/traces")
			if value = strings.TrimSuffix(value, "/v1/traces"); name == samplerVariable || name == samplerVariable+"_ARG" {
				continue // of the sampler remote: no variable of Go's SDK
			}
			if got := strings.TrimSuffix(v.instead(s), takesOTLP); got != "replace it with "+name+"="+value {
				t.Errorf("%s=%s: %s, the document has %s=%s", s.name, s.value, got, name, value)
			}
		}
	}
	var known []string
	for _, v := range variables() {
		if v.name != propagationVariable { // of other clients
			known = append(known, v.name)
		}
	}
	slices.Sort(documented)
	slices.Sort(known)
	if diff := cmp.Diff(documented, known); diff != "" {
		t.Errorf("names (-document +table):\n%s", diff)
	}
}

func TestInstead(t *testing.T) {
	for _, tt := range []struct {
		env         string // with spaces between
		name        string
		want        string
		explanation string
	}{
		{"JAEGER_AGENT_HOST=::1", "JAEGER_AGENT_HOST", "replace it with OTEL_EXPORTER_OTLP_ENDPOINT=http://[::1]:4318, or the address of another host that takes OTLP", "an IPv6 address"},
		{"JAEGER_AGENT_HOST=$HOST", "JAEGER_AGENT_HOST", "replace it with OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:4318, with its host, or the address of another host that takes OTLP", "a host that is said elsewhere"},
		{"JAEGER_AGENT_HOST=ada:secret@agent", "JAEGER_AGENT_HOST", "replace it with OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:4318, with its host, or the address of another host that takes OTLP", "not a host"},
		{"JAEGER_ENDPOINT=http://collector/api/traces", "JAEGER_ENDPOINT", "replace it with OTEL_EXPORTER_OTLP_ENDPOINT=http://collector, or the address of another host that takes OTLP", "no port"},
		{"JAEGER_ENDPOINT=collector:14268", "JAEGER_ENDPOINT", "replace it with OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:4318, with its host, or the address of another host that takes OTLP", "not a URL"},
		{"JAEGER_REPORTER_FLUSH_INTERVAL=soon", "JAEGER_REPORTER_FLUSH_INTERVAL", "replace it with OTEL_BSP_SCHEDULE_DELAY", "malformed"},
		{"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=x", "JAEGER_SAMPLER_TYPE", "replace it with OTEL_TRACES_SAMPLER", "a malformed parameter"},
		{"JAEGER_SAMPLER_TYPE=const JAEGER_SAMPLER_PARAM=0", "JAEGER_SAMPLER_TYPE", "replace it with OTEL_TRACES_SAMPLER=parentbased_always_off", "none"},
		{"JAEGER_SAMPLER_PARAM=0.5", "JAEGER_SAMPLER_PARAM", "replace it with OTEL_TRACES_SAMPLER, and OTEL_TRACES_SAMPLER_ARG where that has an argument", "the type is said elsewhere"},
		{"JAEGER_SAMPLER_TYPE=probabilistic JAEGER_SAMPLER_PARAM=2", "JAEGER_SAMPLER_PARAM", "replace it with OTEL_TRACES_SAMPLER_ARG", "not a share"},
		{"JAEGER_TAGS=a=${B:c}", "JAEGER_TAGS", "replace it with OTEL_RESOURCE_ATTRIBUTES", "only Jaeger's client looks it up"},
		{"JAEGER_TAGS=a", "JAEGER_TAGS", "replace it with OTEL_RESOURCE_ATTRIBUTES", "malformed"},
		{"JAEGER_PROPAGATION=jaeger", "JAEGER_PROPAGATION", "remove it: Jaeger's client for Go did not read it", "what did nothing is not to begin to"},
		{"JAEGER_AGENT_HOST=agent OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318", "JAEGER_AGENT_HOST", "remove it: line 2 says where spans go", "the address is said"},
		{"JAEGER_AGENT_HOST=agent JAEGER_ENDPOINT=http://a:14268 OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://b:4318/v1/traces", "JAEGER_AGENT_HOST", "remove it: line 3 says where spans go", "by the variable of traces"},
		{"JAEGER_ENDPOINT=http://a:14268 OTEL_EXPORTER_OTLP_ENDPOINT=http://b:4318", "JAEGER_ENDPOINT", "remove it: line 2 says where spans go", "in the place of a collector"},
		{"JAEGER_AGENT_HOST=agent OTEL_EXPORTER_OTLP_ENDPOINT=", "JAEGER_AGENT_HOST", "replace it with OTEL_EXPORTER_OTLP_ENDPOINT=http://agent:4318, or the address of another host that takes OTLP", "an empty variable is not set"},
		{"JAEGER_USER=ada OTEL_EXPORTER_OTLP_TRACES_HEADERS=a=b", "JAEGER_USER", "add Authorization=Basic%20…, with the base64 text of user:password to OTEL_EXPORTER_OTLP_TRACES_HEADERS in line 2", "a list of other headers"},
		{"JAEGER_USER=ada OTEL_EXPORTER_OTLP_HEADERS=a=b,Authorization=x", "JAEGER_USER", "remove it: line 2 sets OTEL_EXPORTER_OTLP_HEADERS", "the header is said"},
		{"OTEL_SERVICE_NAME=shop JAEGER_SERVICE_NAME=orders", "JAEGER_SERVICE_NAME", "remove it: line 1 sets OTEL_SERVICE_NAME", "the name is said"},
		{"OTEL_TRACES_SAMPLER=always_on JAEGER_SAMPLER_TYPE=remote", "JAEGER_SAMPLER_TYPE", "remove it: line 1 sets OTEL_TRACES_SAMPLER", "the sampler is said"},
		{"OTEL_TRACES_SAMPLER=always_on JAEGER_SAMPLER_PARAM=1", "JAEGER_SAMPLER_PARAM", "remove it: line 1 sets OTEL_TRACES_SAMPLER", "and so is its argument"},
		{"OTEL_TRACES_SAMPLER=always_on JAEGER_SAMPLING_ENDPOINT=http://a", "JAEGER_SAMPLING_ENDPOINT", "remove it: line 1 sets OTEL_TRACES_SAMPLER", "a server that nobody asks"},
		{"JAEGER_TAGS=a=b OTEL_RESOURCE_ATTRIBUTES=c=d", "JAEGER_TAGS", "add a=b to OTEL_RESOURCE_ATTRIBUTES in line 2", "a list, of which a second one would take the place"},
		{"JAEGER_TAGS=a=${B:c} OTEL_RESOURCE_ATTRIBUTES=c=d", "JAEGER_TAGS", "add it to OTEL_RESOURCE_ATTRIBUTES in line 2", "a value that is said elsewhere"},
	} {
		set := make(scope)
		for i, field := range strings.Fields(tt.env) {
			name, value, _ := strings.Cut(field, "=")
			set.set(name, value, true, i+1, "")
		}
		s := set[tt.name]
		s.beside = set
		v, ok := lookupVariable(tt.name)
		if got := v.instead(s); !ok || got != tt.want {
			t.Errorf("%s: %s: %s, want %s", tt.explanation, tt.env, got, tt.want)
		}
	}
}

func FuzzReaders(f *testing.F) {
	for _, seed := range []string{"ENV JAEGER_DISABLED=true \\\n#a\nA='b\n", "a: &a [*a]\n---\nJAEGER_TAGS: a=b", "ENV JAEGER_PASSWORD=a", "export JAEGER_ENDPOINT=\"http://a:14268\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range []string{"Dockerfile", "a.yaml", ".env"} {
			settings, _ := readerOf(name)(data) // an error, or not
			for _, set := range settings {
				if v, ok := lookupVariable(set.name); ok && (v.instead(set) == "" || v.beside(set) == "") {
					t.Errorf("%s: nothing to do about %+v", name, set)
				}
				if set.known && isSecret(set.name) {
					t.Errorf("%s: a value that is not to be shown: %+v", name, set)
				}
				if set.line < 1 {
					t.Errorf("%s: no line: %+v", name, set)
				}
			}
		}
	})
}
