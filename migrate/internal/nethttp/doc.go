// SPDX-License-Identifier: Apache-2.0

// Package nethttp moves code from go-stdlib's nethttp to compat.Tracing, which keeps the names
// of spans and attributes.
package nethttp
