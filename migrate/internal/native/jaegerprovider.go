// SPDX-License-Identifier: Apache-2.0

package native

import (
	"go/ast"
	"go/constant"
	"net"
	"net/url"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/syntax"
)

// check finds what of a configuration has no counterpart.
func (s *jaegerSetUp) check() {
	c := s.config
	for _, field := range []string{"BaggageRestrictions", "Throttler", "Sampler.Options"} {
		if e := c.fields[field]; e != nil {
			c.fail(e, "the field %s has no counterpart", field)
		}
	}
	if e := c.fields["Disabled"]; e != nil && !s.isFalse(c, "Disabled") {
		c.fail(e, "only the run time shows whether tracing is disabled; set OTEL_SDK_DISABLED instead")
	}
	if kind, known := s.constantText(c, "Sampler.Type"); !known {
		c.fail(c.fields["Sampler.Type"], "only the run time shows the type of the sampler; set exporters.Config.Sampler to one of compat/jaeger")
	} else if s.sampler == nil && c.fields["Sampler"] != nil || kind != "" {
		switch strings.ToLower(kind) {
		case "const", "probabilistic", "ratelimiting", "remote", "":
		default:
			c.fail(c.fields["Sampler.Type"], "there is no sampler of the type %q", kind)
		}
	}
	if e := s.sampler; e != nil {
		if kind, _ := s.samplerCall(); kind == "" {
			c.fail(e, "fix can't tell which sampler this is; set exporters.Config.Sampler to one of compat/jaeger")
		}
	}
	if e := c.fields["Reporter.CollectorEndpoint"]; e != nil {
		endpoint, known := s.constantText(c, "Reporter.CollectorEndpoint")
		if u, err := url.Parse(endpoint); known && (err != nil || u.User != nil || u.Host == "") {
			c.fail(e, "the endpoint is not a plain URL")
		} else if !known && c.fields["Reporter.LocalAgentHostPort"] != nil {
			c.fail(e, "only the run time shows whether spans go to a collector or an agent; give exporters.Config.OTLP the address")
		}
	}
	if e := c.fields["Tags"]; e != nil {
		s.tags(e)
	}
	if e := c.fields["Headers"]; e != nil {
		for field := range c.fields {
			if name, ok := strings.CutPrefix(field, "Headers."); ok && !strings.Contains(strings.Join(headerFields, " "), name) {
				c.fail(e, "the field %s has no counterpart", field)
			}
		}
	}
	for _, e := range c.fields {
		s.moves(e)
	}
	for _, e := range c.names {
		s.moves(e)
	}
	kind, _ := s.constantText(c, "Sampler.Type")
	if c.fields["ServiceName"] == nil && len(c.names) == 0 && (!c.environment || strings.EqualFold(kind, "remote")) {
		c.fail(s.call, "fix can't tell the name of the service")
	}
}

// moves makes sure that an expression means the same where the provider is made.
func (s *jaegerSetUp) moves(e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v := s.Variable(id); v != nil && !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope() && !s.isStable(id) {
				s.config.fail(e, "%s is assigned more than once", id.Name)
			}
		}
		return true
	})
}

// tags takes the tags of a configuration in, as attributes of the resource.
func (s *jaegerSetUp) tags(e ast.Expr) {
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		s.config.fail(e, "the tags are not a literal")
		return
	}
	for _, elt := range lit.Elts {
		tag, ok := syntax.LiteralFields(elt)
		if inner, is := elt.(*ast.CompositeLit); is && !ok && len(inner.Elts) == 2 {
			tag, ok = map[string]ast.Expr{"Key": inner.Elts[0], "Value": inner.Elts[1]}, true
		}
		if !ok || tag["Key"] == nil || tag["Value"] == nil {
			s.config.fail(elt, "the tags are not a literal")
			return
		}
		s.attributes = append(s.attributes, [2]ast.Expr{tag["Key"], tag["Value"]})
	}
}

// newProvider makes the provider.
func (s *jaegerSetUp) newProvider(r *edit.Renderer, sampler string) string {
	exporters := r.Pkg(opentelemetry.ExportersPath)
	var fields []string
	add := func(name, value string) {
		if value != "" {
			fields = append(fields, name+": "+value)
		}
	}
	add("ServiceName", s.serviceName(r))
	add("Resource", s.resource(r))
	add("Exporter", `"otlp"`)
	add("OTLP", s.otlp(r))
	add("Sampler", sampler)
	limit := "256"
	if s.limit != nil {
		limit = r.Text(s.limit)
	}
	add("Limits", "&"+r.Pkg(opentelemetry.SDKTracePath)+".SpanLimits{AttributeValueLengthLimit: "+limit+"}")
	add("Batch", s.batch(r))
	return exporters + ".NewProvider(" + r.Pkg("context") + ".Background(), &" + exporters + ".Config{\n" + strings.Join(fields, ",\n") + ",\n})"
}

// serviceName is the name of the service: the first one that is not empty. It is empty where
// the SDK finds it in the environment.
func (s *jaegerSetUp) serviceName(r *edit.Renderer) string {
	var names []string
	given := s.config.fields["ServiceName"]
	switch {
	case given == nil && s.config.environment && len(s.config.names) > 0:
		names = append(names, r.Pkg("os")+`.Getenv("OTEL_SERVICE_NAME")`)
	case given != nil && !(s.isConstant(given, `""`) && len(s.config.names) > 0):
		names = append(names, r.Text(given))
	}
	for _, e := range s.config.names {
		names = append(names, r.Text(e))
	}
	if len(names) > 1 {
		return r.Pkg("cmp") + ".Or(" + strings.Join(names, ", ") + ")"
	}
	return strings.Join(names, "")
}

// resource describes the service.
func (s *jaegerSetUp) resource(r *edit.Renderer) string {
	resource := r.Pkg(opentelemetry.ResourcePath)
	options := []string{resource + ".WithHost()"}
	if len(s.attributes) > 0 {
		var list []string
		for _, tag := range s.attributes {
			list = append(list, s.attribute(r, tag[0], tag[1]))
		}
		options = append(options, edit.List(resource+".WithAttributes(", list, ")"))
	}
	return edit.List("[]"+resource+".Option{", options, "}")
}

// attribute makes an attribute of a tag of the process.
func (s *jaegerSetUp) attribute(r *edit.Renderer, key, value ast.Expr) string {
	kind := ""
	if t := s.Info.TypeOf(value); t != nil {
		kind = map[string]string{
			"string": "String", "untyped string": "String", "int": "Int", "untyped int": "Int", "int64": "Int64",
			"bool": "Bool", "untyped bool": "Bool", "float64": "Float64", "untyped float": "Float64",
		}[t.String()]
	}
	if kind == "" {
		return r.Attribute("String") + "(" + r.Text(key) + ", " + r.Pkg("fmt") + ".Sprint(" + r.Text(value) + "))"
	}
	return r.Attribute(kind) + "(" + r.Text(key) + ", " + r.Text(value) + ")"
}

// otlp says where spans go.
func (s *jaegerSetUp) otlp(r *edit.Renderer) string {
	fields := s.config.fields
	endpoint := ""
	switch agent, collector := fields["Reporter.LocalAgentHostPort"], fields["Reporter.CollectorEndpoint"]; {
	case collector != nil && s.Info.Types[collector].Value != nil && s.Constant(collector) != "":
		endpoint = edit.Quote(ofCollector(s.Constant(collector)))
	case collector != nil && s.Info.Types[collector].Value == nil:
		endpoint = r.Helper("collectorEndpoint") + "(" + r.Text(collector) + ")"
	case agent != nil && s.Info.Types[agent].Value != nil:
		endpoint = edit.Quote(ofAgent(s.Constant(agent)))
	case agent != nil:
		endpoint = r.Helper("agentEndpoint") + "(" + r.Text(agent) + ")"
	}
	headers := ""
	if fields["Reporter.CollectorEndpoint"] != nil {
		headers = s.headers(r)
	}
	if endpoint == "" && headers == "" {
		return r.Pkg(opentelemetry.OTLPPath) + ".FromEnv"
	}
	if headers == "" {
		headers = "nil"
	}
	return r.Helper("otlpExporter") + "(" + endpoint + ", " + headers + ")"
}

// headers are those that a collector is sent.
func (s *jaegerSetUp) headers(r *edit.Renderer) string {
	fields := s.config.fields
	user, password := fields["Reporter.User"], fields["Reporter.Password"]
	more := ""
	if e := fields["Reporter.HTTPHeaders"]; e != nil {
		more = r.Text(e)
	}
	if user == nil || password == nil {
		return more
	}
	if more == "" {
		more = "nil"
	}
	return r.Helper("basicAuth") + "(" + r.Text(user) + ", " + r.Text(password) + ", " + more + ")"
}

// batch says how spans wait.
func (s *jaegerSetUp) batch(r *edit.Renderer) string {
	sdk := r.Pkg(opentelemetry.SDKTracePath)
	var options []string
	if e := s.config.fields["Reporter.QueueSize"]; e != nil && !s.isZero(e) {
		options = append(options, sdk+".WithMaxQueueSize("+r.Text(e)+")")
	}
	if e := s.config.fields["Reporter.BufferFlushInterval"]; e != nil && !s.isZero(e) {
		options = append(options, sdk+".WithBatchTimeout("+r.Text(e)+")")
	}
	if options == nil {
		return ""
	}
	return edit.List("[]"+sdk+".BatchSpanProcessorOption{", options, "}")
}

func (f *file) isZero(e ast.Expr) bool {
	v := f.Info.Types[e].Value
	return v != nil && v.Kind() != constant.String && constant.Sign(v) == 0
}

// ofAgent returns the URL that takes OTLP on the host of an agent, as the twin does.
func ofAgent(hostPort string) string {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = hostPort
	}
	if host == "" {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, "4318") + "/v1/traces"
}

// ofCollector returns the URL that takes OTLP in the place of a collector's, as the twin does.
func ofCollector(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return endpoint // not reached
	}
	if u.Port() == "14268" {
		u.Host = net.JoinHostPort(u.Hostname(), "4318")
	}
	path := strings.TrimSuffix(u.Path, "/")
	if !strings.HasSuffix(path, "/v1/traces") {
		path = strings.TrimSuffix(path, "/api/traces") + "/v1/traces"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}).String()
}

// say lists what changes.
func (s *jaegerSetUp) say() {
	const what = "config.Configuration.NewTracer"
	s.change(s.call, what, "the resource loses hostname, ip and client-uuid; host.name stays")
	c := s.config
	if c.environment {
		s.leave(s.call, "the new set-up reads OTEL_… variables, not JAEGER_…: set them before the deploy; fmt.Print(cfg.OTelEnv()) in the code of the commit before prints yours")
		if s.sampler == nil && c.fields["Sampler.Type"] == nil {
			s.change(s.call, what, "OTEL_TRACES_SAMPLER decides what is sampled; root spans lose the attributes sampler.type and sampler.param; the tag sampling.priority and jaeger-debug-id have no effect, unless exporters.Config.Sampler is jaeger.Priority(…) of compat/jaeger")
		}
	}
	if e := c.fields["Reporter.LogSpans"]; e != nil && !s.isFalse(c, "Reporter.LogSpans") {
		s.leave(e, "LogSpans has no counterpart: to see spans, add exporters.Stdout(nil) to exporters.Config.SpanExporters")
	}
}
