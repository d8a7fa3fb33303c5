// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// The variables that name formats.
const (
	otelVariable   = "OTEL_PROPAGATORS"
	jaegerVariable = "JAEGER_PROPAGATION"
)

// formatsOfEnvironment returns the formats that a variable names; OpenTelemetry's has
// precedence over Jaeger's.
func formatsOfEnvironment() ([]Format, error) {
	if value := os.Getenv(otelVariable); strings.TrimSpace(value) != "" {
		return parseFormats(otelVariable, value, otelFormats)
	}
	if value := os.Getenv(jaegerVariable); strings.TrimSpace(value) != "" {
		return parseFormats(jaegerVariable, value, jaegerFormats)
	}
	return defaultFormats, nil
}

// otelFormats are the values of OTEL_PROPAGATORS (OpenTelemetry specification,
// configuration/sdk-environment-variables.md, "General SDK Configuration").
var otelFormats = []namedFormats{
	{"tracecontext", []Format{FormatTraceContext}},
	{"baggage", []Format{FormatBaggage}},
	{"jaeger", []Format{FormatJaeger}},
	{"b3", []Format{FormatB3}},
	{"b3multi", []Format{FormatB3Multi}},
	{"ottrace", []Format{FormatOT}},
	{"none", nil},
}

// jaegerFormats are the values of JAEGER_PROPAGATION, as Jaeger's Java client has them.
var jaegerFormats = []namedFormats{
	{"jaeger", []Format{FormatJaeger}},
	{"b3", []Format{FormatB3Multi}},
	{"w3c", []Format{FormatTraceContext, FormatBaggage}},
}

type namedFormats struct {
	name    string
	formats []Format
}

// parseFormats reads a list of names, in any case.
func parseFormats(variable, value string, known []namedFormats) ([]Format, error) {
	formats := []Format{}
	var none bool
	for name := range strings.SplitSeq(value, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		at := slices.IndexFunc(known, func(n namedFormats) bool { return strings.EqualFold(n.name, name) })
		if at < 0 {
			names := make([]string, len(known))
			for i, n := range known {
				names[i] = n.name
			}
			return nil, fmt.Errorf("jaeger: %s=%q: %q is not a known format; use a list of %s", variable, value, name, strings.Join(names, ", "))
		}
		none = none || known[at].formats == nil
		for _, format := range known[at].formats {
			if !slices.Contains(formats, format) {
				formats = append(formats, format)
			}
		}
	}
	if none && len(formats) > 0 {
		return nil, fmt.Errorf("jaeger: %s=%q: none stands alone; remove it, or the formats beside it", variable, value)
	}
	return formats, nil
}
