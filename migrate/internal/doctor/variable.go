// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

// A variable is one of Jaeger's client.
type variable struct {
	name string

	// otel is the variable of OpenTelemetry that takes its place, "" where none does.
	otel string

	// value returns the value of that one, false where it can't be said. Nil is no value.
	value func(set setting) (string, bool)

	// otherwise says what to do where otel is empty.
	otherwise string

	// twin says what the variable means on the twin, if that is not what it meant.
	twin string
}

const (
	otlpPrefix       = "OTEL_EXPORTER_OTLP_"
	endpointVariable = otlpPrefix + "ENDPOINT"
	headersVariable  = otlpPrefix + "HEADERS"
	samplerVariable  = "OTEL_TRACES_SAMPLER"
	remoteSampler    = "Go's SDK has no variable for a sampling server: in code, make the sampler sdktrace.ParentBased(jaegerremote.New(…)) of contrib's samplers/jaegerremote"
	noUDP            = "remove it: nothing is sent by UDP"
)

// variables returns the table of the variables of Jaeger's client for Go, and of
// JAEGER_PROPAGATION, which its other clients have.
func variables() []variable {
	return []variable{
		{name: "JAEGER_SERVICE_NAME", otel: "OTEL_SERVICE_NAME", value: asItIs},
		{name: "JAEGER_AGENT_HOST", otel: endpointVariable, value: agentEndpoint, twin: "names a host that has to take OTLP on port 4318, which Jaeger's agent does not"},
		{name: "JAEGER_AGENT_PORT", otherwise: "remove it: OTLP has a port of its own, 4318", twin: "is ignored: OTLP has a port of its own, 4318"},
		{name: "JAEGER_ENDPOINT", otel: endpointVariable, value: collectorEndpoint, twin: "names a host that has to take OTLP, at port 4318 in the place of 14268"},
		{name: "JAEGER_USER", otel: headersVariable},
		{name: "JAEGER_PASSWORD", otel: headersVariable},
		{name: "JAEGER_REPORTER_LOG_SPANS", otherwise: "remove it, and add a second exporter in code: stdouttrace"},
		{name: "JAEGER_REPORTER_MAX_QUEUE_SIZE", otel: "OTEL_BSP_MAX_QUEUE_SIZE", value: asItIs},
		{name: "JAEGER_REPORTER_FLUSH_INTERVAL", otel: "OTEL_BSP_SCHEDULE_DELAY", value: milliseconds},
		{name: "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED", otherwise: noUDP, twin: "is ignored: nothing is sent by UDP"},
		{name: "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL", otherwise: noUDP, twin: "is ignored: nothing is sent by UDP"},
		{name: "JAEGER_SAMPLER_TYPE", otel: samplerVariable, value: sampler},
		{name: "JAEGER_SAMPLER_PARAM", otel: samplerVariable + "_ARG", value: samplerArgument},
		{name: "JAEGER_SAMPLING_ENDPOINT", otherwise: remoteSampler},
		{name: "JAEGER_SAMPLER_MANAGER_HOST_PORT", otherwise: remoteSampler},
		{name: "JAEGER_SAMPLER_MAX_OPERATIONS", otherwise: "remove it, and use jaegerremote.WithMaxOperations in code"},
		{name: "JAEGER_SAMPLER_REFRESH_INTERVAL", otherwise: remoteSampler},
		{name: "JAEGER_TAGS", otel: "OTEL_RESOURCE_ATTRIBUTES", value: attributes},
		{name: "JAEGER_TRACEID_128BIT", otherwise: "remove it: trace IDs always have 128 bits", twin: "is ignored: trace IDs always have 128 bits"},
		{name: "JAEGER_DISABLED", otherwise: "remove it: Go's SDK has no variable that turns it off; install no provider there"},
		{name: "JAEGER_RPC_METRICS", otherwise: "remove it: otelhttp and otelgrpc have metrics", twin: "is ignored: otelhttp and otelgrpc have metrics"},
		{name: propagationVariable, otherwise: "remove it: Jaeger's client for Go did not read it"},
	}
}

func lookupVariable(name string) (variable, bool) {
	if !strings.HasPrefix(name, "JAEGER_") {
		return variable{}, false
	}
	for _, v := range variables() {
		if v.name == name {
			return v, true
		}
	}
	return variable{}, false
}

// instead returns what takes the place of a setting of the variable.
func (v variable) instead(set setting) string {
	if said := v.said(set); said != "" {
		return said
	}
	switch {
	case v.otel == "":
		return v.otherwise
	case v.otel == headersVariable:
		return "replace JAEGER_USER and JAEGER_PASSWORD by " + v.otel + "=" + basicAuthorization
	case v.otel == endpointVariable && v.name == "JAEGER_AGENT_HOST" && set.beside.has("JAEGER_ENDPOINT"):
		return "remove it: JAEGER_ENDPOINT has precedence over it"
	case v.otel == samplerVariable && set.value == "remote":
		return remoteSampler
	case v.otel == samplerVariable && set.value == "ratelimiting":
		return "Go's SDK has no variable for a limit: in code, make the sampler sdktrace.ParentBased(jaeger.NewRateLimitingSampler(…)) of " + opentelemetry.CompatPath + "/jaeger"
	case v.otel == samplerVariable+"_ARG" && !set.beside.has("JAEGER_SAMPLER_TYPE"):
		return "replace it with " + samplerVariable + ", and " + v.otel + " where that has an argument"
	case v.otel == samplerVariable+"_ARG" && set.beside.value("JAEGER_SAMPLER_TYPE") != "probabilistic":
		return "remove it: " + samplerVariable + ", in the place of JAEGER_SAMPLER_TYPE, says it"
	}
	if v.value != nil && set.known {
		if text, ok := v.value(set); ok {
			if v.otel == endpointVariable {
				text += takesOTLP
			}
			return fmt.Sprintf("replace it with %s=%s", v.otel, text)
		}
	}
	if v.otel == endpointVariable {
		return "replace it with " + v.otel + "=http://HOST:4318, with its host" + takesOTLP
	}
	return "replace it with " + v.otel
}

// said returns what to do where the variable of OpenTelemetry is beside the setting, or one
// that has precedence over both, "" where none is.
func (v variable) said(set setting) string {
	variable := v.otel
	if strings.HasPrefix(v.name, "JAEGER_SAMPL") {
		variable = samplerVariable // an argument has no meaning without it
	}
	there, ok := set.beside.lookup(variable)
	if suffix, isOTLP := strings.CutPrefix(variable, otlpPrefix); isOTLP && !ok {
		there, ok = set.beside.lookup(otlpPrefix + "TRACES_" + suffix)
	}
	add := ""
	switch {
	case !ok:
		return ""
	case variable == endpointVariable:
		return fmt.Sprintf("remove it: line %d says where spans go", there.line)
	case variable == headersVariable && !strings.Contains(strings.ToLower(there.value), "authorization="):
		add = basicAuthorization
	case v.name == "JAEGER_TAGS":
		add = "it"
		if text, certain := attributes(set); certain && set.known {
			add = text
		}
	default:
		return fmt.Sprintf("remove it: line %d sets %s", there.line, there.name)
	}
	return fmt.Sprintf("add %s to %s in line %d", add, there.name, there.line)
}

// basicAuthorization is a header of a user and a password.
const basicAuthorization = "Authorization=Basic%20…, with the base64 text of user:password"

// takesOTLP follows an address that is made of an agent's or a collector's.
const takesOTLP = ", or the address of another host that takes OTLP"

// beside returns what to do about a setting of the variable on the twin, which reads the
// variables of OpenTelemetry first.
func (v variable) beside(set setting) string {
	add, ok := strings.CutPrefix(v.instead(set), "replace it with ")
	if !ok {
		return v.instead(set)
	}
	if v.otel == endpointVariable {
		return "add " + add + "; it has precedence"
	}
	return "add " + add + ", which has precedence"
}

func asItIs(set setting) (string, bool) { return set.value, true }

func agentEndpoint(set setting) (string, bool) {
	if set.value == "" || strings.ContainsAny(set.value, "/@$ ") {
		return "", false
	}
	host := set.value
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	return "http://" + host + ":4318", true
}

// collectorEndpoint keeps the host, and a port that is not the collector's for Thrift.
// What may be a password stays out of it.
func collectorEndpoint(set setting) (string, bool) {
	u, err := url.Parse(set.value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Contains(set.value, "$") {
		return "", false
	}
	host := u.Host
	if u.Port() == "14268" {
		host = strings.TrimSuffix(host, "14268") + "4318"
	}
	return u.Scheme + "://" + host, true
}

func milliseconds(set setting) (string, bool) {
	d, err := time.ParseDuration(set.value)
	if err != nil || d < 0 || d%time.Millisecond != 0 {
		return "", false
	}
	return strconv.FormatInt(d.Milliseconds(), 10), true
}

// sampler returns the sampler of OpenTelemetry that decides as one of Jaeger's with the
// parameter that is set beside it. That is 0 where it isn't set.
func sampler(set setting) (string, bool) {
	param, ok := set.beside["JAEGER_SAMPLER_PARAM"]
	if ok && !param.known {
		return "", false
	}
	switch set.value {
	case "const":
		n, err := strconv.ParseFloat(param.value, 64)
		if ok && err != nil {
			return "", false
		}
		if n != 0 {
			return "parentbased_always_on", true
		}
		return "parentbased_always_off", true
	case "probabilistic":
		return "parentbased_traceidratio", true
	}
	return "", false
}

func samplerArgument(set setting) (string, bool) {
	share, err := strconv.ParseFloat(set.value, 64)
	return set.value, err == nil && share >= 0 && share <= 1
}

// attributes returns tags as attributes of a resource. A value of a variable, such as
// ${ZONE:none}, only Jaeger's client looks up.
func attributes(set setting) (string, bool) {
	var all []string
	for item := range strings.SplitSeq(set.value, ",") {
		key, value, ok := strings.Cut(item, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || key == "" || strings.Contains(value, "${") {
			return "", false
		}
		if isSecret(key) {
			value = "…"
		} else if strings.ContainsAny(value, ` ",;\%`) {
			value = url.PathEscape(value)
		}
		all = append(all, key+"="+value)
	}
	return strings.Join(all, ","), true
}
