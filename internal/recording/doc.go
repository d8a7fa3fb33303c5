// SPDX-License-Identifier: Apache-2.0

// Package recording writes spans to a file, for ot2otel compare.
package recording
