// SPDX-License-Identifier: Apache-2.0

package jaeger

// ForgetReports makes the next report the first one.
func ForgetReports() {
	reports.count.Store(0)
	reports.seen.Clear()
}

// RememberedReports returns how many reports are remembered.
func RememberedReports() (n int) {
	reports.seen.Range(func(any, any) bool {
		n++
		return true
	})
	return n
}

// ParseFormats reads a value of OTEL_PROPAGATORS and of JAEGER_PROPAGATION.
func ParseFormats(value string) (formats []Format, errs []error) {
	for variable, known := range map[string][]namedFormats{otelVariable: otelFormats, jaegerVariable: jaegerFormats} {
		more, err := parseFormats(variable, value, known)
		formats, errs = append(formats, more...), append(errs, err)
	}
	return formats, errs
}
