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

// FormatsFromEnv returns the formats that the environment names, which are those of
// [NewFormats] where the code names none: those of OTEL_PROPAGATORS, else of
// JAEGER_PROPAGATION, else the default ones. The note says which of the default ones a
// variable turns off, for people; it is empty where none does.
func FormatsFromEnv() (formats []Format, note string, err error) {
	named, err := chosenFormats()
	return slices.Clone(named.formats), named.note(), err
}

// chosen are formats, and the variable that names them; "" for none.
type chosen struct {
	formats  []Format
	variable string
}

// chosenFormats returns the formats that a variable names; OpenTelemetry's has precedence
// over Jaeger's.
func chosenFormats() (chosen, error) {
	for _, v := range []struct {
		name  string
		known []namedFormats
	}{{otelVariable, otelFormats}, {jaegerVariable, jaegerFormats}} {
		if value := os.Getenv(v.name); strings.TrimSpace(value) != "" {
			formats, err := parseFormats(v.name, value, v.known)
			return chosen{formats, v.name}, err
		}
	}
	return chosen{formats: defaultFormats}, nil
}

// note says which of the default formats are off. Jaeger's client for Go does not read
// JAEGER_PROPAGATION: who moves from it may not know that the variable is set.
func (c chosen) note() string {
	var off []string
	has := func(format Format) bool { return slices.Contains(c.formats, format) }
	if !has(FormatJaeger) {
		off = append(off, "Jaeger's headers")
	}
	switch context, baggage := has(FormatTraceContext), has(FormatBaggage); {
	case !context && !baggage:
		off = append(off, "W3C's headers")
	case !context:
		off = append(off, "W3C's trace context")
	case !baggage:
		off = append(off, "W3C's baggage")
	}
	if len(off) == 0 || c.variable == "" {
		return ""
	}
	note := c.variable + " turns off " + strings.Join(off, " and ")
	if c.variable == jaegerVariable {
		var all []string
		for _, format := range slices.Concat(defaultFormats, c.formats) {
			if !slices.Contains(all, string(format)) {
				all = append(all, string(format))
			}
		}
		note += ", and jaeger-client-go did not read it: " + otelVariable + "=" + strings.Join(all, ",") + " turns them on"
	}
	return note
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
