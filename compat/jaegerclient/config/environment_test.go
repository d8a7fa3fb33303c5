// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/opentracing/opentracing-go"

	"github.com/ot2otel/ot2otel/compat/jaegerclient/config"
)

// TestFromEnv has what jaeger-client-go can't be the oracle for: texts of errors, and what
// it panics of. Its own configurations are compared in interop/.
func TestFromEnv(t *testing.T) {
	for _, c := range []struct {
		explanation, variable, value, want string // want "": no error
	}{
		{"a tag without a value", "JAEGER_TAGS", "a=b,c", `config: JAEGER_TAGS="a=b,c" has the item "c" without "="`},
		{"a comma at the end", "JAEGER_TAGS", "a=b,", `config: JAEGER_TAGS="a=b," has the item "" without "="`},
		{"a variable without a default", "JAEGER_TAGS", "a=${X}", `has the item "a=${X}" without a default: write ${X:} for an empty one`},
		{"no boolean", "JAEGER_DISABLED", "yes", `config: JAEGER_DISABLED="yes" is not a boolean: use true or false`},
		{"no integer", "JAEGER_AGENT_PORT", "port", `config: JAEGER_AGENT_PORT="port" is not an integer`},
		{"no number", "JAEGER_SAMPLER_PARAM", "half", `config: JAEGER_SAMPLER_PARAM="half" is not a number`},
		{"no duration", "JAEGER_REPORTER_FLUSH_INTERVAL", "1", `config: JAEGER_REPORTER_FLUSH_INTERVAL="1" is not a duration: use one such as 500ms`},
		{"no URL", "JAEGER_ENDPOINT", "collector", `config: JAEGER_ENDPOINT="collector" is not a URL`},
		{"no URL, with a password", "JAEGER_ENDPOINT", "http://ada:secret@collector:port", `config: JAEGER_ENDPOINT="http://REDACTED@collector:port" is not a URL`},
		{"no URL, with a token", "JAEGER_ENDPOINT", "collector?token=hunter2", `config: JAEGER_ENDPOINT="collector?token=REDACTED" is not a URL`},
		{"a long value is cut", "JAEGER_DISABLED", strings.Repeat("x", 1000), `config: JAEGER_DISABLED="` + strings.Repeat("x", 200) + `" is not a boolean`},
	} {
		t.Run(c.explanation, func(t *testing.T) {
			t.Setenv(c.variable, c.value)
			cfg, err := config.FromEnv()
			if err == nil || cfg != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
	t.Run("a user without a password", func(t *testing.T) {
		t.Setenv("JAEGER_ENDPOINT", "http://collector:14268/api/traces")
		t.Setenv("JAEGER_USER", "ada")
		if _, err := config.FromEnv(); err == nil || !strings.Contains(err.Error(), "of JAEGER_USER and JAEGER_PASSWORD only one is set") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("the first error", func(t *testing.T) {
		t.Setenv("JAEGER_RPC_METRICS", "on")
		t.Setenv("JAEGER_AGENT_PORT", "port")
		if _, err := config.FromEnv(); err == nil || !strings.Contains(err.Error(), "JAEGER_RPC_METRICS") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("fields stay where no variable is set", func(t *testing.T) {
		t.Setenv("JAEGER_TAGS", "zone=${ZONE:none}, region = eu")
		t.Setenv("JAEGER_AGENT_HOST", "agent")
		start := config.Configuration{ServiceName: "shop", Sampler: &config.SamplerConfig{Param: 1}, Reporter: &config.ReporterConfig{QueueSize: 5}}
		cfg, err := start.FromEnv()
		if err != nil {
			t.Fatal(err)
		}
		want := &config.Configuration{
			ServiceName: "shop", Tags: []opentracing.Tag{{Key: "zone", Value: "none"}, {Key: "region", Value: "eu"}},
			Sampler:  &config.SamplerConfig{Param: 1, SamplingServerURL: "http://agent:5778/sampling"},
			Reporter: &config.ReporterConfig{QueueSize: 5, LocalAgentHostPort: "agent:6831"},
		}
		if diff := cmp.Diff(want, cfg); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// FuzzTags looks for a value by which FromEnv panics.
func FuzzTags(f *testing.F) {
	for _, seed := range []string{"a=b", "a=${X:y}", "a=${X}", ",", "a=${", "=${}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, tags string) {
		if strings.ContainsRune(tags, 0) {
			t.Skip("no variable has it")
		}
		t.Setenv("JAEGER_TAGS", tags)
		cfg, err := config.FromEnv()
		if err == nil && tags != "" && len(cfg.Tags) != strings.Count(tags, ",")+1 {
			t.Errorf("%q makes the tags %v", tags, cfg.Tags)
		}
	})
}
