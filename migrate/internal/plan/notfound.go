// SPDX-License-Identifier: Apache-2.0

package plan

// errorUse says what a site has to do with opentracing.ErrSpanContextNotFound.
type errorUse uint8

const (
	// errorTested: it is compared with what an Extract in the same function returned.
	ErrorTested errorUse = iota + 1
	// errorCompared: it is compared with an error from elsewhere.
	ErrorCompared
	// errorMade: it is handed on, or an error of Extract is, which may be it.
	ErrorMade
)
