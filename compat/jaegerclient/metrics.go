// SPDX-License-Identifier: Apache-2.0

package jaeger

// Metrics stands for the metrics of Jaeger's client. Nothing is counted: the SDK's own
// metrics take their place (OTEL_GO_X_OBSERVABILITY=true).
type Metrics struct{}

// NewMetrics accepts any factory of metrics, such as those of jaeger-lib, and the tags of
// its metrics. Neither is used.
func NewMetrics(_ any, _ map[string]string) *Metrics { return &Metrics{} }

// NewNullMetrics returns the same as NewMetrics.
func NewNullMetrics() *Metrics { return &Metrics{} }
