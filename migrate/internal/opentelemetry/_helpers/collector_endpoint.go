// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"net"
	"net/url"
	"strings"
)

// collectorEndpoint returns the URL that takes OTLP in the place of a Jaeger collector's.
func collectorEndpoint(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || endpoint == "" {
		return endpoint // the exporter says what is wrong with it
	}
	if u.Port() == "14268" {
		u.Host = net.JoinHostPort(u.Hostname(), "4318")
	}
	path := strings.TrimSuffix(u.Path, "/")
	if !strings.HasSuffix(path, "/v1/traces") {
		path = strings.TrimSuffix(path, "/api/traces") + "/v1/traces"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}).String()
}
