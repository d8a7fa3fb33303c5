// SPDX-License-Identifier: Apache-2.0

// Package contexts has the rules for spans in contexts, and for tracers.
package contexts
