// SPDX-License-Identifier: Apache-2.0

// Package opentracing knows the OpenTracing API: its symbols, its types, and the libraries that are
// built on it.
package opentracing
