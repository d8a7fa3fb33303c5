// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"cmp"
	"net"
)

// agentEndpoint returns the URL that takes OTLP on the host of a Jaeger agent.
func agentEndpoint(hostPort string) string {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = hostPort
	}
	return "http://" + net.JoinHostPort(cmp.Or(host, "localhost"), "4318") + "/v1/traces"
}
