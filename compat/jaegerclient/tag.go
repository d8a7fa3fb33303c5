// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
)

// Tag is a key and a value, as samplers return them.
type Tag struct {
	key   string
	value any
}

// NewTag returns a tag.
func NewTag(key string, value any) Tag { return Tag{key, value} }

// attribute returns the tag as an attribute. A value of any type but a boolean, a number or
// a text is its text.
func (t Tag) attribute() attribute.KeyValue {
	key := attribute.Key(strings.ToValidUTF8(t.key, "\uFFFD"))
	switch v := t.value.(type) {
	case bool:
		return key.Bool(v)
	case int:
		return key.Int(v)
	case int8:
		return key.Int64(int64(v))
	case int16:
		return key.Int64(int64(v))
	case int32:
		return key.Int64(int64(v))
	case int64:
		return key.Int64(v)
	case uint8:
		return key.Int64(int64(v))
	case uint16:
		return key.Int64(int64(v))
	case uint32:
		return key.Int64(int64(v))
	case float32:
		return key.Float64(float64(v))
	case float64:
		return key.Float64(v)
	}
	return key.String(strings.ToValidUTF8(fmt.Sprint(t.value), "\uFFFD"))
}

func tagsOf(attributes []attribute.KeyValue) []Tag {
	var tags []Tag
	for _, kv := range attributes {
		tags = append(tags, Tag{string(kv.Key), kv.Value.AsInterface()})
	}
	return tags
}

func attributesOf(tags []Tag) []attribute.KeyValue {
	var attributes []attribute.KeyValue
	for _, tag := range tags {
		attributes = append(attributes, tag.attribute())
	}
	return attributes
}
