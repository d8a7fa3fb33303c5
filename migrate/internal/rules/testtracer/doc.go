// SPDX-License-Identifier: Apache-2.0

// Package testtracer holds code whose spans a test looks at by a tracer of its own.
package testtracer
