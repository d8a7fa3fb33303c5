// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

// samplerCall returns the type and the parameter of a sampler that is an option, made by a
// function of the twin.
func (s *jaegerSetUp) samplerCall() (kind string, param ast.Expr) {
	call, ok := ast.Unparen(s.onlyValue(s.sampler)).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return "", nil
	}
	switch s.calls(call) {
	case opentelemetry.JaegerTwinPath + ".NewConstSampler":
		return "const", call.Args[0]
	case opentelemetry.JaegerTwinPath + ".NewRateLimitingSampler":
		return "ratelimiting", call.Args[0]
	}
	return "", nil
}

// samplerText returns the sampler, empty for that of the environment, and whether what makes
// it returns an error, too.
func (s *jaegerSetUp) samplerText(r *edit.Renderer) (sampler string, mayFail bool) {
	fields := s.config.fields
	jaeger := opentelemetry.JaegerPath
	priority := func(inner string) string { return r.Pkg(jaeger) + ".Priority(" + inner + ")" }
	if s.sampler != nil {
		kind, param := s.samplerCall()
		if kind == "const" {
			return priority(r.Pkg(jaeger) + ".NewConstSampler(" + r.Text(param) + ")"), false
		}
		return priority(r.Pkg(jaeger) + ".NewRateLimitingSampler(" + r.Text(param) + ")"), false
	}
	kind, _ := s.constantText(s.config, "Sampler.Type")
	if kind == "" && s.config.environment {
		return "", false
	}
	param := fields["Sampler.Param"]
	text := "0"
	if param != nil {
		text = r.Text(param)
	}
	switch strings.ToLower(kind) {
	case "const":
		switch {
		case param == nil || s.isZero(param):
			text = "false"
		case s.Info.Types[param].Value != nil:
			text = "true"
		default:
			text = r.Operand(param) + " != 0"
		}
		return priority(r.Pkg(jaeger) + ".NewConstSampler(" + text + ")"), false
	case "probabilistic":
		return r.Pkg(jaeger) + ".NewProbabilisticSampler(" + text + ")", true
	case "ratelimiting":
		return priority(r.Pkg(jaeger) + ".NewRateLimitingSampler(" + text + ")"), false
	}
	return priority(s.remote(r, text)), false
}

// remote is the sampler that asks a server.
func (s *jaegerSetUp) remote(r *edit.Renderer, initial string) string {
	fields, remote, sdk := s.config.fields, r.Pkg(opentelemetry.RemotePath), r.Pkg(opentelemetry.SDKTracePath)
	if fields["Sampler"] == nil {
		initial = "0.001"
	}
	server := edit.Quote("http://127.0.0.1:5778/sampling")
	if e := fields["Sampler.SamplingServerURL"]; e != nil {
		server = r.Text(e)
	}
	options := []string{remote + ".WithSamplingServerURL(" + server + ")"}
	if e := fields["Sampler.SamplingRefreshInterval"]; e != nil && !s.isZero(e) {
		options = append(options, remote+".WithSamplingRefreshInterval("+r.Text(e)+")")
	}
	operations := "2000"
	if e := fields["Sampler.MaxOperations"]; e != nil && !s.isZero(e) {
		operations = r.Text(e)
	}
	options = append(options,
		remote+".WithMaxOperations("+operations+")",
		remote+".WithInitialSampler("+sdk+".TraceIDRatioBased("+initial+"))")
	return sdk + ".ParentBased(" + remote + ".New(\n" + strings.Join(append([]string{s.serviceName(r)}, options...), ",\n") + ",\n))"
}
