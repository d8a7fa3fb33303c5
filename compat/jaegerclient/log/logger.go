// SPDX-License-Identifier: Apache-2.0

// Package log is the twin of github.com/uber/jaeger-client-go/log.
package log

import (
	"bytes"
	"fmt"
	"log"
	"sync"
)

// Logger is what the packages beside this one log by. Any value with these two methods
// is one.
type Logger interface {
	// Error logs a message about a failure.
	Error(msg string)
	// Infof logs a message, formatted as by fmt.Sprintf.
	Infof(msg string, args ...any)
}

// DebugLogger is a Logger that has a level more.
type DebugLogger interface {
	Logger
	// Debugf logs a message for debugging, formatted as by fmt.Sprintf.
	Debugf(msg string, args ...any)
}

// StdLogger logs by the standard library's package log, in its default logger.
var StdLogger = &stdLogger{}

type stdLogger struct{}

func (*stdLogger) Error(msg string)               { log.Print("ERROR: " + msg) }
func (*stdLogger) Infof(msg string, args ...any)  { log.Printf(msg, args...) }
func (*stdLogger) Debugf(msg string, args ...any) { log.Printf("DEBUG: "+msg, args...) }

// NullLogger logs nothing.
var NullLogger = &nullLogger{}

type nullLogger struct{}

func (*nullLogger) Error(string)          {}
func (*nullLogger) Infof(string, ...any)  {}
func (*nullLogger) Debugf(string, ...any) {}

// BytesBufferLogger keeps what is logged in memory, a line for each message. The zero
// value is ready to use. It is safe for concurrent use.
type BytesBufferLogger struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Error appends a line that begins with "ERROR: ".
func (l *BytesBufferLogger) Error(msg string) { l.line("ERROR: %s", msg) }

// Infof appends a line that begins with "INFO: ".
func (l *BytesBufferLogger) Infof(msg string, args ...any) { l.line("INFO: "+msg, args...) }

// Debugf appends a line that begins with "DEBUG: ".
func (l *BytesBufferLogger) Debugf(msg string, args ...any) { l.line("DEBUG: "+msg, args...) }

func (l *BytesBufferLogger) line(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.buf, format+"\n", args...)
}

// String returns the lines.
func (l *BytesBufferLogger) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Flush forgets the lines.
func (l *BytesBufferLogger) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.Reset()
}

// DebugLogAdapter returns logger where it is a DebugLogger, else one that drops what is
// logged for debugging, and says so to logger. It returns nil for nil.
func DebugLogAdapter(logger Logger) DebugLogger {
	switch logger := logger.(type) {
	case nil:
		return nil
	case DebugLogger:
		return logger
	}
	logger.Infof("debug logging disabled")
	return withoutDebug{logger}
}

type withoutDebug struct{ Logger }

func (withoutDebug) Debugf(string, ...any) {}
