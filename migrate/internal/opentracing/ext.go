// SPDX-License-Identifier: Apache-2.0

package opentracing

import (
	"slices"
)

// extSymbols is the table of package ext: the standard tags.
func extSymbols() []Symbol {
	const p = ExtPath
	return slices.Concat(
		rows(p, KindVar, AreaTag,
			"Component", "SamplingPriority",
			"PeerService", "PeerAddress", "PeerHostname", "PeerHostIPv4", "PeerHostIPv6", "PeerPort",
			"HTTPUrl", "HTTPMethod", "HTTPStatusCode",
			"DBInstance", "DBStatement", "DBType", "DBUser",
			"MessageBusDestination"),
		rows(p, KindType, AreaTag, "BoolTagName", "IPv4TagName", "StringTagName", "Uint16TagName", "Uint32TagName"),
		rows(p, KindMethod, AreaTag, "BoolTagName.Set", "IPv4TagName.Set", "IPv4TagName.SetString",
			"StringTagName.Set", "Uint16TagName.Set", "Uint32TagName.Set"),

		rows(p, KindVar, AreaKind, "SpanKind",
			"SpanKindRPCClient", "SpanKindRPCClientEnum", "SpanKindRPCServer", "SpanKindRPCServerEnum",
			"SpanKindProducer", "SpanKindProducerEnum", "SpanKindConsumer", "SpanKindConsumerEnum"),
		rows(p, KindType, AreaKind, "SpanKindEnum"),
		// The type of SpanKind is not exported, its method is.
		rows(p, KindMethod, AreaKind, "spanKindTagName.Set"),
		// A reference and a kind in one option.
		rows(p, KindFunc, AreaKind, "RPCServerOption"),

		rows(p, KindVar, AreaError, "Error"),
		rows(p, KindFunc, AreaError, "LogError"),
	)
}
