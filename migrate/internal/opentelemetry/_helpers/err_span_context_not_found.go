// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"errors"
)

// errSpanContextNotFound says that a carrier had nothing to extract.
var errSpanContextNotFound = errors.New("opentracing: SpanContext not found in Extract carrier")
