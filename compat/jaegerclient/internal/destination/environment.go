// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"fmt"
	"os"
	"strings"

	"github.com/ot2otel/ot2otel/internal/secret"
)

const (
	tracesPrefix  = "OTEL_EXPORTER_OTLP_TRACES_"
	generalPrefix = "OTEL_EXPORTER_OTLP_"
)

// Variable is one of the environment.
type Variable struct{ Name, Value string }

// Variables returns those by which an exporter of OpenTelemetry sends as a [Sender] to the
// address does, with headers as a variable has them: those of the environment, which have
// precedence, and the address's. Values may be secret. Where a Sender has an error, it is
// returned.
func Variables(address Address, headers string) ([]Variable, error) {
	if _, _, err := environmentEndpoint(); err != nil {
		return nil, err
	}
	protocol, err := environmentProtocol()
	if err != nil {
		return nil, err
	}
	endpoint := address.URL
	if protocol == protocolGRPC {
		endpoint = overGRPC(endpoint)
	}
	var all []Variable
	for _, v := range []struct{ name, otherwise string }{
		{"ENDPOINT", endpoint}, {"PROTOCOL", protocol}, {"HEADERS", headers},
		{"TIMEOUT", ""}, {"COMPRESSION", ""}, {"INSECURE", ""}, {"CERTIFICATE", ""}, {"CLIENT_CERTIFICATE", ""}, {"CLIENT_KEY", ""},
	} {
		value, from := variable(v.name)
		if from == "" {
			value, from = v.otherwise, tracesPrefix+v.name
		}
		if value != "" {
			all = append(all, Variable{from, value})
		}
	}
	return all, nil
}

// The protocols of OTLP that there are exporters for.
const (
	protocolHTTP = "http/protobuf"
	protocolGRPC = "grpc"
)

// environmentProtocol returns the protocol that the environment names, else HTTP's.
func environmentProtocol() (string, error) {
	switch protocol, from := variable("PROTOCOL"); protocol {
	case "":
		return protocolHTTP, nil
	case protocolHTTP, protocolGRPC:
		return protocol, nil
	default:
		return "", fmt.Errorf("jaeger: %s=%.40q is not a protocol: use http/protobuf or grpc", from, protocol)
	}
}

// environmentEndpoint returns the endpoint that the environment names, without a password,
// and the variable; both empty for none. OpenTelemetry's exporter would send to localhost
// where it can't parse it.
func environmentEndpoint() (shown, from string, err error) {
	value, from := variable("ENDPOINT")
	if value == "" {
		return "", "", nil
	}
	u, err := parseHTTP(value)
	if err != nil {
		return "", "", fmt.Errorf("jaeger: %s %w, or unset it", from, err)
	}
	return secret.Text(u.String()), from, nil
}

// variable returns the value of OTEL_EXPORTER_OTLP_TRACES_<name>, or else of
// OTEL_EXPORTER_OTLP_<name>, and which it is.
func variable(name string) (value, from string) {
	for _, prefix := range []string{tracesPrefix, generalPrefix} {
		if value := strings.TrimSpace(os.Getenv(prefix + name)); value != "" {
			return value, prefix + name
		}
	}
	return "", ""
}

func isSet(name string) bool {
	_, from := variable(name)
	return from != ""
}
