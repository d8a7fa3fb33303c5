// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	jaegerconfig "github.com/uber/jaeger-client-go/config"
	yaml2 "gopkg.in/yaml.v2"
	yaml3 "gopkg.in/yaml.v3"

	twinconfig "github.com/ot2otel/ot2otel/compat/jaegerclient/config"
)

// jaegerYAML has every field of jaeger-client-go's configuration.
const jaegerYAML = `
serviceName: shop
disabled: true
rpc_metrics: true
traceid_128bit: true
tags:
  - {key: region, value: eu}
  - {key: shard, value: 7}
sampler:
  type: remote
  param: 0.25
  samplingServerURL: http://agent:5778/sampling
  samplingRefreshInterval: 90s
  maxOperations: 50
  operationNameLateBinding: true
reporter:
  queueSize: 10
  bufferflushinterval: 500ms
  logSpans: true
  localAgentHostPort: agent:6831
  disableAttemptReconnecting: true
  attemptreconnectinterval: 10s
  collectorEndpoint: http://collector:14268/api/traces
  user: ada
  password: secret
  http_headers: {X-Tenant: books}
headers:
  jaegerDebugHeader: x-debug
  jaegerBaggageHeader: x-baggage
  TraceContextHeaderName: x-trace
  traceBaggageHeaderPrefix: x-item-
baggage_restrictions:
  denyBaggageOnInitializationFailure: true
  hostPort: agent:5778
  refreshInterval: 1m
throttler:
  hostPort: agent:5778
  refreshInterval: 5s
  synchronousInitialization: true
`

// TestJaegerYAML decodes a file of jaeger-client-go's into the twin: the fields are the
// same, as they are when both are encoded again.
func TestJaegerYAML(t *testing.T) {
	for _, c := range []struct {
		explanation string
		decode      func([]byte, any) error
		encode      func(any) ([]byte, error)
	}{
		{"gopkg.in/yaml.v2", yaml2.UnmarshalStrict, yaml2.Marshal},
		{"gopkg.in/yaml.v3", yaml3.Unmarshal, yaml3.Marshal},
	} {
		var old jaegerconfig.Configuration
		var twin twinconfig.Configuration
		if err := c.decode([]byte(jaegerYAML), &old); err != nil {
			t.Fatal(err)
		}
		if err := c.decode([]byte(jaegerYAML), &twin); err != nil {
			t.Fatal(err)
		}
		was, err := c.encode(old)
		if err != nil {
			t.Fatal(err)
		}
		is, err := c.encode(twin)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(was), string(is)); diff != "" {
			t.Errorf("%s: the twin's fields (-want +got):\n%s", c.explanation, diff)
		}
		for line := range strings.Lines(string(is)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			if value == `""` || value == "0" || value == "false" || value == "0s" {
				t.Errorf("%s: the file doesn't set %s", c.explanation, key)
			}
		}
	}
}
