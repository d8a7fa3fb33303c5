// SPDX-License-Identifier: Apache-2.0

// Package jaeger gives back what a user of Jaeger's client would lose with the
// OpenTelemetry SDK. So far that is [Priority], the sampler for the tag
// sampling.priority.
package jaeger
