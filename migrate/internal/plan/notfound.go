// SPDX-License-Identifier: Apache-2.0

package plan

// An ErrorUse says what a site has to do with opentracing.ErrSpanContextNotFound.
type ErrorUse uint8

const (
	// ErrorTested: it is compared with what an Extract in the same function returned.
	ErrorTested ErrorUse = iota + 1
	// ErrorCompared: it is compared with an error from elsewhere.
	ErrorCompared
	// ErrorMade: it is handed on, or an error of Extract is, which may be it.
	ErrorMade
)
