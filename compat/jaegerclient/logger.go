// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"go.opentelemetry.io/otel"

	"github.com/ot2otel/ot2otel/compat/jaegerclient/log"
)

// Logger is what a tracer tells its user by. Any value with the methods Error(string)
// and Infof(string, ...any) is one.
type Logger = log.Logger

// StdLogger logs by the standard library's package log, in its default logger.
var StdLogger = log.StdLogger

// NullLogger logs nothing.
var NullLogger = log.NullLogger

// handle tells a logger of an error; where there is none, otel.Handle.
func handle(logger Logger, err error) {
	if logger == nil {
		otel.Handle(err)
		return
	}
	logger.Error(err.Error())
}
