// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"go/types"
	"strings"
)

const SpanKindEnum = "ext.SpanKindEnum"

// KindNamed returns the span.kind behind a variable or constant of package ext.
func KindNamed(symbol string) string {
	switch strings.TrimSuffix(symbol, "Enum") {
	case "ext.SpanKindRPCClient":
		return "client"
	case "ext.SpanKindRPCServer":
		return "server"
	case "ext.SpanKindProducer":
		return "producer"
	case "ext.SpanKindConsumer":
		return "consumer"
	}
	return ""
}

// TagNameTypes are the types of package ext for names of tags. All of them become
// attribute.Key.
func TagNameTypes() []string {
	return []string{"ext.StringTagName", "ext.BoolTagName", "ext.Uint16TagName", "ext.Uint32TagName", "ext.IPv4TagName"}
}

// ExtNames are the tag names of package ext.
func ExtNames() map[string]string {
	return map[string]string{
		"SpanKind": "span.kind", "Component": "component", "SamplingPriority": "sampling.priority",
		"PeerService": "peer.service", "PeerAddress": "peer.address", "PeerHostname": "peer.hostname",
		"PeerHostIPv4": "peer.ipv4", "PeerHostIPv6": "peer.ipv6", "PeerPort": "peer.port",
		"HTTPUrl": "http.url", "HTTPMethod": "http.method", "HTTPStatusCode": "http.status_code",
		"DBInstance": "db.instance", "DBStatement": "db.statement", "DBType": "db.type", "DBUser": "db.user",
		"MessageBusDestination": "message_bus.destination", "Error": "error",
	}
}

const (
	TagType  = "opentracing.Tag"
	TagsType = "opentracing.Tags"
)

// IsTags tells whether a type is opentracing.Tags or a pointer to it.
func IsTags(t types.Type) bool {
	n := NamedOf(t)
	return n != nil && OpenTracingType(n) == TagsType
}
