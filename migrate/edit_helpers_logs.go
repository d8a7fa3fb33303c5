// SPDX-License-Identifier: Apache-2.0

package migrate

// logHelpers are the helpers for logs whose fields are known at run time only.
func logHelpers() map[string]helper {
	return map[string]helper{
		"recordError": {
			signature: "func(span trace.Span, err error, options ...trace.EventOption)",
			imports:   []string{tracePath, attributePath},
			code: `// recordError records an exception, without a type if the error is nil.
func recordError(span trace.Span, err error, options ...trace.EventOption) {
	if err == nil {
		options = append(options, trace.WithAttributes(attribute.String("error.object", "<nil>")))
		span.AddEvent("exception", options...)
		return
	}
	span.RecordError(err, options...)
}
`,
		},
		"logError": {
			signature: "func(span trace.Span, err error, attributes ...attribute.KeyValue)",
			imports:   []string{tracePath, attributePath, codesPath},
			needs:     []string{"recordError"},
			code: `// logError records an exception and makes it the span's status.
func logError(span trace.Span, err error, attributes ...attribute.KeyValue) {
	recordError(span, err, trace.WithAttributes(attributes...))
	span.SetStatus(codes.Error, "")
}
`,
		},
		"addEvent": {
			signature: "func(span trace.Span, event string, options ...trace.EventOption)",
			imports:   []string{tracePath, attributePath, "fmt"},
			code: `// addEvent records an event whose name is known at run time only: "" is "log", and
// "error" is an exception without an error value.
func addEvent(span trace.Span, event string, options ...trace.EventOption) {
	if !span.IsRecording() {
		return
	}
	switch event {
	case "":
		options = append(options, trace.WithAttributes(attribute.String("event", "")))
		event = "log"
	case "error":
		config := trace.NewEventConfig(options...)
		attributes := config.Attributes()
		for i, a := range attributes {
			switch a.Key {
			case "error.kind":
				attributes[i] = attribute.String("exception.type", fmt.Sprint(a.Value.AsInterface()))
			case "message":
				attributes[i] = attribute.String("exception.message", fmt.Sprint(a.Value.AsInterface()))
			case "stack":
				attributes[i] = attribute.String("exception.stacktrace", fmt.Sprint(a.Value.AsInterface()))
			}
		}
		options = []trace.EventOption{trace.WithTimestamp(config.Timestamp()), trace.WithAttributes(attributes...)}
		event = "exception"
	}
	span.AddEvent(event, options...)
}
`,
		},
		"exceptionAttributes": {
			signature: "func(fields []attribute.KeyValue) []attribute.KeyValue",
			imports:   []string{attributePath, "fmt"},
			code: `// exceptionAttributes gives the fields of a log about an error the names that they
// have in an exception. The last error tells type and message, if there is one.
func exceptionAttributes(fields []attribute.KeyValue) []attribute.KeyValue {
	names := map[attribute.Key]string{
		"error.kind": "exception.type",
		"message":    "exception.message",
		"stack":      "exception.stacktrace",
	}
	last := -1
	for i, f := range fields {
		if f.Key == "error.object" && len(f.Value.AsStringSlice()) == 2 { // see errorField
			last = i
		}
	}
	var attributes []attribute.KeyValue
	for i, f := range fields {
		name := names[f.Key]
		switch {
		case i == last:
			of := f.Value.AsStringSlice()
			attributes = append(attributes, attribute.String("exception.type", of[0]), attribute.String("exception.message", of[1]))
		case name != "" && (last < 0 || f.Key == "stack"):
			attributes = append(attributes, attribute.String(name, fmt.Sprint(f.Value.AsInterface())))
		default:
			attributes = append(attributes, f)
		}
	}
	return attributes
}
`,
		},
		"logText": {
			signature: "func(span trace.Span, key string, text string)",
			imports:   []string{tracePath, attributePath},
			code: `// logText records a log of one key and its text. The key "event" names it.
func logText(span trace.Span, key, text string) {
	switch {
	case !span.IsRecording():
	case key != "event" || text == "":
		span.AddEvent("log", trace.WithAttributes(attribute.String(key, text)))
	case text == "error":
		span.AddEvent("exception")
	default:
		span.AddEvent(text)
	}
}
`,
		},
		"logFields": {
			signature: "func(span trace.Span, fields ...attribute.KeyValue)",
			imports:   []string{tracePath, attributePath},
			needs:     []string{"exceptionAttributes"},
			code: `// logFields records a log whose fields are known at run time only: the field "event"
// names it, and "error" makes it an exception.
func logFields(span trace.Span, fields ...attribute.KeyValue) {
	if !span.IsRecording() {
		return
	}
	event := "log"
	var attributes []attribute.KeyValue
	for _, f := range fields {
		switch {
		case !f.Valid(): // no field at all
		case f.Key == "event" && f.Value.Type() == attribute.STRING && f.Value.AsString() != "":
			event = f.Value.AsString()
		default:
			attributes = append(attributes, f)
		}
	}
	if event == "error" {
		event, attributes = "exception", exceptionAttributes(attributes)
	}
	for i, f := range attributes {
		if texts := f.Value.AsStringSlice(); len(texts) > 0 { // see errorField and logField
			attributes[i] = attribute.String(string(f.Key), texts[len(texts)-1])
		}
	}
	span.AddEvent(event, trace.WithAttributes(attributes...))
}
`,
		},
		"errorField": {
			signature: "func(err error) attribute.KeyValue",
			imports:   []string{attributePath, "fmt", "reflect"},
			code: `// errorField returns the field of an error for logFields: its type and its message.
func errorField(err error) attribute.KeyValue {
	v := reflect.ValueOf(err)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return attribute.String("error.object", "<nil>")
	}
	name := v.Type().String()
	if path := v.Type().PkgPath(); path != "" {
		name = path + "." + v.Type().Name()
	}
	return attribute.StringSlice("error.object", []string{name, fmt.Sprint(err)})
}
`,
		},
		"logField": {
			signature: "func(key string, value any) attribute.KeyValue",
			imports:   []string{attributePath},
			needs:     []string{"attributeOf", "errorField"},
			code: `// logField returns the field of a value for logFields.
func logField(key string, value any) attribute.KeyValue {
	if err, ok := value.(error); ok && key == "error.object" {
		return errorField(err)
	}
	a := attributeOf(key, value)
	if _, isText := value.(string); key == "event" && !isText && a.Value.Type() == attribute.STRING {
		return attribute.StringSlice(key, []string{a.Value.AsString()}) // not the event's name
	}
	return a
}
`,
		},
		"interleavedFields": {
			signature: "func(pairs ...any) ([]attribute.KeyValue, error)",
			imports:   []string{attributePath, "fmt", "reflect"},
			needs:     []string{"attributeOf"},
			code: `// interleavedFields returns the fields of alternating keys and values for logFields.
// What has no type of an attribute becomes text.
func interleavedFields(pairs ...any) ([]attribute.KeyValue, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("non-even keyValues len: %d", len(pairs))
	}
	fields := make([]attribute.KeyValue, len(pairs)/2)
	for i := range fields {
		key, isText := pairs[2*i].(string)
		if !isText {
			return nil, fmt.Errorf("non-string key (pair #%d): %T", i, pairs[2*i])
		}
		switch value := pairs[2*i+1].(type) {
		case bool, string, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
			fields[i] = attributeOf(key, value)
		default:
			if v := reflect.ValueOf(value); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
				value = "nil"
			}
			fields[i] = attribute.String(key, fmt.Sprint(value))
		}
	}
	return fields, nil
}
`,
		},
		"logKV": {
			signature: "func(span trace.Span, pairs ...any)",
			imports:   []string{tracePath, attributePath, "errors", "fmt"},
			needs:     []string{"logField", "logFields"},
			code: `// logKV records a log of alternating keys and values. What is no pair is recorded
// beside an error that says so.
func logKV(span trace.Span, pairs ...any) {
	if !span.IsRecording() {
		return
	}
	var fields []attribute.KeyValue
	var malformed error
	for i := 0; i < len(pairs); i += 2 {
		key, isText := pairs[i].(string)
		switch {
		case i+1 == len(pairs):
			malformed = errors.Join(malformed, fmt.Errorf("key %v has no value", pairs[i]))
			fields = append(fields, logField(fmt.Sprint("argument ", i), pairs[i]))
		case !isText:
			malformed = errors.Join(malformed, fmt.Errorf("key %v is a %T, not a string", pairs[i], pairs[i]))
			fields = append(fields, logField(fmt.Sprint(pairs[i]), pairs[i+1]))
		default:
			fields = append(fields, logField(key, pairs[i+1]))
		}
	}
	if malformed != nil {
		fields = append(fields, attribute.String("error", "LogKV: "+malformed.Error()), attribute.String("function", "LogKV"))
	}
	logFields(span, fields...)
}
`,
		},
		"logPayload": {
			signature: "func(span trace.Span, event string, payload any)",
			imports:   []string{tracePath, attributePath},
			needs:     []string{"attributeOf", "logFields"},
			code: `// logPayload records a log with a payload, unless that is nil.
func logPayload(span trace.Span, event string, payload any) {
	if !span.IsRecording() {
		return
	}
	fields := []attribute.KeyValue{attribute.String("event", event)}
	if payload != nil {
		fields = append(fields, attributeOf("payload", payload))
	}
	logFields(span, fields...)
}
`,
		},
	}
}
