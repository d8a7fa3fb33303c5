// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// marshalJSON writes a request as the OTLP specification has it ("JSON Protobuf
// Encoding"): as the JSON of Protobuf, but with enumerations as numbers and with
// the IDs of traces and spans in hexadecimal.
func marshalJSON(message proto.Message) ([]byte, error) {
	plain, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(plain))
	decoder.UseNumber()
	var request map[string]any
	if err := decoder.Decode(&request); err != nil {
		return nil, err
	}
	for _, resource := range objects(request["resourceSpans"]) {
		for _, scope := range objects(resource["scopeSpans"]) {
			for _, span := range objects(scope["spans"]) {
				idsInHex(span)
				for _, link := range objects(span["links"]) {
					idsInHex(link)
				}
			}
		}
	}
	return json.Marshal(request)
}

func objects(list any) []map[string]any {
	var found []map[string]any
	values, _ := list.([]any)
	for _, value := range values {
		if object, ok := value.(map[string]any); ok {
			found = append(found, object)
		}
	}
	return found
}

func idsInHex(object map[string]any) {
	for _, name := range []string{"traceId", "spanId", "parentSpanId"} {
		if text, ok := object[name].(string); ok {
			if id, err := base64.StdEncoding.DecodeString(text); err == nil {
				object[name] = strings.ToUpper(hex.EncodeToString(id)) // as OpenTelemetry's exporter does
			}
		}
	}
}
