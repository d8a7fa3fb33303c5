// SPDX-License-Identifier: Apache-2.0

package jaeger

import "fmt"

// Metrics stands for the metrics of Jaeger's client. Nothing is counted, which a tracer says
// at start: the SDK's own metrics take their place (OTEL_GO_X_OBSERVABILITY=true).
type Metrics struct{ factory string }

// nullFactory is jaeger-lib's factory of metrics that nobody reads.
const nullFactory = "metrics.nullFactory"

// NewMetrics accepts any factory of metrics, such as those of jaeger-lib, and the tags of
// its metrics. Neither is used.
func NewMetrics(factory any, _ map[string]string) *Metrics {
	name := fmt.Sprintf("%T", factory)
	if factory == nil || name == nullFactory {
		return NewNullMetrics()
	}
	return &Metrics{name}
}

// NewNullMetrics returns metrics of no factory.
func NewNullMetrics() *Metrics { return &Metrics{} }
