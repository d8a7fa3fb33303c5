// SPDX-License-Identifier: Apache-2.0

package opentelemetry

import (
	"embed"
)

// stubs declare what rewritten code uses of the OpenTelemetry API. They take its
// place where the module that is rewritten does not require it yet.
//
//go:embed stubs
var StubFiles embed.FS
