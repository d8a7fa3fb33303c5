// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"os"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/internal/recording"
)

// isSet reports whether a variable has a value. An empty one counts as unset.
func isSet(variable string) bool { return strings.TrimSpace(os.Getenv(variable)) != "" }

// otlpEndpoint returns the variable that has the endpoint of spans; "" for none.
func otlpEndpoint() string {
	for _, variable := range []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"} {
		if isSet(variable) {
			return variable
		}
	}
	return ""
}

// successors are the variables of jaeger-client-go, and what does their work here.
var successors = []struct{ instead, variables string }{
	{"OTEL_EXPORTER_OTLP_ENDPOINT", "JAEGER_ENDPOINT JAEGER_AGENT_HOST JAEGER_AGENT_PORT"},
	{"OTEL_EXPORTER_OTLP_HEADERS", "JAEGER_USER JAEGER_PASSWORD"},
	{"OTEL_SERVICE_NAME", "JAEGER_SERVICE_NAME"},
	{"OTEL_RESOURCE_ATTRIBUTES", "JAEGER_TAGS"},
	{"OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG", "JAEGER_SAMPLER_TYPE JAEGER_SAMPLER_PARAM"},
	{"Config.Sampler", "JAEGER_SAMPLING_ENDPOINT JAEGER_SAMPLER_MANAGER_HOST_PORT JAEGER_SAMPLER_MAX_OPERATIONS JAEGER_SAMPLER_REFRESH_INTERVAL"},
	{"OTEL_BSP_MAX_QUEUE_SIZE", "JAEGER_REPORTER_MAX_QUEUE_SIZE"},
	{"OTEL_BSP_SCHEDULE_DELAY", "JAEGER_REPORTER_FLUSH_INTERVAL"},
	{"OTEL_SDK_DISABLED", "JAEGER_DISABLED"},
}

// unused says which variables have no say, for the line at start: who sets one
// expects something of it. It says no values.
func (c *Config) unused(destinations []destination) string {
	var notes []string
	if variable := otlpEndpoint(); variable != "" && len(destinations) > 0 && !slices.ContainsFunc(destinations, destination.mayReadOTLP) {
		why := "no exporter is otlp"
		if c.OTLP == nil {
			why = "to send spans there, set exporters.Config{OTLP: otlp.FromEnv}"
		}
		notes = append(notes, variable+" ("+why+")")
	}
	for _, successor := range successors {
		var set []string
		for variable := range strings.FieldsSeq(successor.variables) {
			// Kubernetes sets such a port for a service that is named jaeger-agent.
			if isSet(variable) && !strings.Contains(os.Getenv(variable), "tcp://") {
				set = append(set, variable)
			}
		}
		if len(set) > 0 {
			notes = append(notes, strings.Join(set, ", ")+" (use "+successor.instead+")")
		}
	}
	text := ""
	if len(notes) > 0 {
		text = "; not used: " + strings.Join(notes, ", ")
	}
	return text + ofPropagators()
}

// ofPropagators says who reads the variables for propagators. Whether the program has such a
// propagator isn't known here.
func ofPropagators() string {
	var set []string
	for _, variable := range []string{"OTEL_PROPAGATORS", "JAEGER_PROPAGATION"} {
		if isSet(variable) {
			set = append(set, variable)
		}
	}
	if len(set) == 0 {
		return ""
	}
	return "; for a propagator in code, such as jaeger.NewFormats: " + strings.Join(set, ", ")
}

// mayReadOTLP reports whether the exporter may be one of OTLP, which reads the
// endpoint: all but those of this package may.
func (d destination) mayReadOTLP() bool {
	switch d.exporter.(type) {
	case *TreeExporter, *Memory, *recording.Lines, *recording.File:
		return false
	}
	return true
}
