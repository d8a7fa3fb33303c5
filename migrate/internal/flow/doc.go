// SPDX-License-Identifier: Apache-2.0

// Package flow makes the flow graph: which places of a program have values of one type of the
// OpenTracing API, and where these come from.
package flow
