// SPDX-License-Identifier: Apache-2.0

// Package groundtruth replays requests that were recorded from Flask-OpenTracing, by
// compat's HTTP layer, and compares the spans.
package groundtruth
