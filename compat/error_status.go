// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"strings"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// errorStatus is what a span's error tags said last.
type errorStatus uint8

const (
	errorUntagged errorStatus = iota
	// errorFalse waits for the end of the span, because the SDK's Ok is final and
	// an error may still come.
	errorFalse
	// errorTrue is on the span already.
	errorTrue
	// errorWithdrawn is errorFalse after errorTrue.
	errorWithdrawn
)

// errorTag returns the status that the value of an error tag stands for: a bool
// or its text, else any value describes the error. Nil and an empty text are not a
// statement: they are what SetTag("error", err) leaves when all went well
// (OpenTelemetry specification, compatibility/opentracing.md, "Set Tag"; the
// values it doesn't name follow what users write).
func errorTag(value any) (status errorStatus, description string) {
	if failed, ok := value.(bool); ok {
		return boolStatus(failed), ""
	}
	if value == nil || isNilPointer(value) {
		return errorUntagged, ""
	}
	text := attributeOf(errorKey, value).Value.String()
	switch {
	case text == "":
		return errorUntagged, ""
	case strings.EqualFold(text, "true"):
		return errorTrue, ""
	case strings.EqualFold(text, "false"):
		return errorFalse, ""
	}
	return errorTrue, text
}

func boolStatus(failed bool) errorStatus {
	if failed {
		return errorTrue
	}
	return errorFalse
}

// setError records an error tag.
func (s *span) setError(value any) {
	status, description := errorTag(value)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case status == errorTrue:
		// A bare true says less than the description that is there already.
		known := description == "" && s.status != errorWithdrawn && (s.status == errorTrue || s.failed())
		s.status = errorTrue
		if !known {
			s.otel.SetStatus(codes.Error, description)
		}
	case status == errorFalse && (s.status == errorTrue || s.status == errorWithdrawn):
		s.status = errorWithdrawn
	case status == errorFalse:
		s.status = errorFalse
	}
}

// settleStatus sets the Ok that an error=false waits with until the span ends.
// An error that OpenTelemetry code recorded on the span stays.
func (s *span) settleStatus() {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.status {
	case errorFalse:
		if !s.failed() {
			s.otel.SetStatus(codes.Ok, "")
		}
	case errorWithdrawn:
		s.otel.SetStatus(codes.Ok, "")
	}
}

// failed reports whether the span has the status Error, where its SDK tells.
func (s *span) failed() bool {
	sdk, ok := s.otel.(sdktrace.ReadOnlySpan)
	return ok && sdk.Status().Code == codes.Error
}
