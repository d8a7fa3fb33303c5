// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"fmt"
	"slices"
	"strings"
)

// The variables that name formats of headers. The first has precedence.
const (
	propagatorsVariable = "OTEL_PROPAGATORS"
	propagationVariable = "JAEGER_PROPAGATION"
)

// judgePropagation looks at JAEGER_PROPAGATION where jaeger.NewFormats or the twin is in the
// build. They read it, and Jaeger's client for Go did not: a variable that did nothing turns
// headers off.
func (e *examiner) judgePropagation(set setting) {
	if there, ok := set.beside.lookup(propagatorsVariable); ok {
		e.find(KindVariable, set.file, set.line, fmt.Sprintf("%s is ignored: %s has precedence", propagationVariable, propagatorsVariable),
			fmt.Sprintf("remove it: line %d names the headers", there.line))
		return
	}
	const unread = "jaeger.NewFormats and the twin read it, and Jaeger's client for Go did not"
	formats, ok := formatsOf(set.value)
	if !set.known || !ok {
		e.find(KindVariable, set.file, set.line, fmt.Sprintf("%s names the headers: %s", propagationVariable, unread), "remove it")
		return
	}
	all := []string{"jaeger", "tracecontext", "baggage"}
	var off []string
	if !slices.Contains(formats, "jaeger") {
		off = append(off, "Jaeger's headers")
	}
	if !slices.Contains(formats, "tracecontext") {
		off = append(off, "W3C's headers")
	}
	if len(off) == 0 || len(formats) == 0 { // an empty variable counts as unset
		return
	}
	for _, format := range formats {
		if !slices.Contains(all, format) {
			all = append(all, format)
		}
	}
	e.find(KindVariable, set.file, set.line, fmt.Sprintf("%s turns off %s: %s", propagationVariable, strings.Join(off, " and "), unread),
		fmt.Sprintf("remove it, or replace it with %s=%s", propagatorsVariable, strings.Join(all, ",")))
}

// formatsOf returns the names that OpenTelemetry has for formats of JAEGER_PROPAGATION, false
// where one is unknown.
func formatsOf(value string) (all []string, ok bool) {
	for name := range strings.SplitSeq(value, ",") {
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "":
		case "jaeger":
			all = append(all, "jaeger")
		case "b3":
			all = append(all, "b3multi")
		case "w3c":
			all = append(all, "tracecontext", "baggage")
		default:
			return nil, false
		}
	}
	return all, true
}
