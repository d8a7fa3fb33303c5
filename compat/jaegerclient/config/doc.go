// SPDX-License-Identifier: Apache-2.0

// Package config is the twin of github.com/uber/jaeger-client-go/config: it makes the
// tracers of package jaeger beside it from fields, YAML, or the variables JAEGER_….
//
//	cfg, err := config.FromEnv()
//	…
//	closer, err := cfg.InitGlobalTracer("shop", config.Logger(logger))
//	…
//	defer closer.Close()
//
// The fields, their YAML names and the variables are those of Jaeger's client. Package
// jaeger says where spans go. A setting that can't be honoured is an error of
// [Configuration.NewTracer], or is named in the line that the tracer logs at start.
// [Configuration.OTelEnv] prints the variables of OpenTelemetry that stand for the same.
package config
