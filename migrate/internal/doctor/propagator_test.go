// SPDX-License-Identifier: Apache-2.0

package doctor_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/doctor"
)

func TestPropagators(t *testing.T) {
	const head = "package main\n\nimport (\n\t\"github.com/ot2otel/ot2otel/compat\"\n\tapi \"go.opentelemetry.io/otel\"\n\t\"go.opentelemetry.io/otel/propagation\"\n)\n\nvar _, _, _ = compat.Install, api.SetTextMapPropagator, propagation.Baggage{}\n\nfunc main() {\n\t"
	const jaegers = "JAEGER_AGENT_HOST in a.env:1 is of Jaeger's client"
	for _, tt := range []struct {
		code, env   string
		want        string // "" for no finding, else what shows that peers have other headers
		explanation string
	}{
		{"compat.Install(nil, nil)", "JAEGER_AGENT_HOST=agent\n", jaegers, "the default headers"},
		{"compat.Install(nil, &compat.Options{Name: \"a\"})", "JAEGER_AGENT_HOST=agent\n", jaegers, "other options"},
		{"compat.Install(nil, &compat.Options{TextMap: nil})", "JAEGER_AGENT_HOST=agent\n", "", "headers are said, and not looked at"},
		{"compat.Install(nil, &compat.Options{\"a\", nil})", "JAEGER_AGENT_HOST=agent\n", "", "so are these"},
		{"var opts *compat.Options; compat.Install(nil, opts)", "JAEGER_AGENT_HOST=agent\n", "", "options that are not seen"},
		{"compat.Install(nil, nil)", "A=agent\n", "", "nothing shows other peers"},
		{"compat.Install(nil, nil)", "OTEL_PROPAGATORS=tracecontext,baggage\n", "", "W3C's"},
		{"compat.Install(nil, nil)", "A=1\nOTEL_PROPAGATORS=tracecontext,b3\n", "a.env:2 has OTEL_PROPAGATORS=tracecontext,b3", "a variable that nothing reads"},
		{"compat.Install(nil, nil)", "JAEGER_AGENT_HOST=agent\nJAEGER_PROPAGATION=b3\n", "a.env:2 has JAEGER_PROPAGATION=b3", "what names headers says more"},
		{"api.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))", "JAEGER_AGENT_HOST=agent\n", jaegers, "of code that is rewritten"},
		{"api.SetTextMapPropagator(ours{})", "JAEGER_AGENT_HOST=agent\n", "", "an own propagator"},
		{"api := ours{}; api.SetTextMapPropagator(propagation.TraceContext{})", "JAEGER_AGENT_HOST=agent\n", "", "a variable of the same name"},
	} {
		files := map[string]string{
			"go.mod": "module example.com/shop\n\ngo 1.26\n\nrequire (\n\tgithub.com/ot2otel/ot2otel v0.0.0\n\tgo.opentelemetry.io/otel v0.0.0\n)\n\n" +
				"replace github.com/ot2otel/ot2otel => ./compat\n\nreplace go.opentelemetry.io/otel => ./otel\n",
			"main.go":                         head + tt.code + "\n}\n\ntype ours struct{}\n\nfunc (ours) SetTextMapPropagator(any) {}\n",
			"a.env":                           tt.env,
			"compat/go.mod":                   "module github.com/ot2otel/ot2otel\n",
			"compat/compat/compat.go":         "package compat\n\ntype Options struct {\n\tName    string\n\tTextMap any\n}\n\nfunc Install(any, *Options) {}\n",
			"otel/go.mod":                     "module go.opentelemetry.io/otel\n",
			"otel/otel.go":                    "package otel\n\nfunc SetTextMapPropagator(any) {}\n",
			"otel/propagation/propagation.go": "package propagation\n\ntype (\n\tTraceContext struct{}\n\tBaggage struct{}\n)\n\nfunc NewCompositeTextMapPropagator(...any) any { return nil }\n",
		}
		check := func(files map[string]string, want string, explanation string) {
			t.Helper()
			var found, wanted []string
			for _, f := range examine(t, files).Findings {
				if f.Kind == doctor.KindPropagators {
					found = append(found, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Reason))
				}
			}
			if want != "" {
				wanted = []string{"main.go:12 it reads and writes W3C's headers alone: a request of a peer with other headers starts a new trace, and " + want}
			}
			if diff := cmp.Diff(wanted, found); diff != "" {
				t.Errorf("%s: findings (-want +got):\n%s", explanation, diff)
			}
		}
		check(files, tt.want, tt.explanation)
		if tt.explanation == "the default headers" {
			files["compat/compat/jaeger/jaeger.go"] = "package jaeger\n"
			files["formats/formats.go"] = "package formats\n\nimport _ \"github.com/ot2otel/ot2otel/compat/jaeger\"\n"
			check(files, "", "a package of the module knows more formats")
		}
	}
}
