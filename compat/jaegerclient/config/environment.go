// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"

	jaeger "github.com/ot2otel/ot2otel/compat/jaegerclient"
	"github.com/ot2otel/ot2otel/internal/secret"
)

const (
	envServiceName            = "JAEGER_SERVICE_NAME"
	envDisabled               = "JAEGER_DISABLED"
	envRPCMetrics             = "JAEGER_RPC_METRICS"
	envTags                   = "JAEGER_TAGS"
	env128Bit                 = "JAEGER_TRACEID_128BIT"
	envSamplerType            = "JAEGER_SAMPLER_TYPE"
	envSamplerParam           = "JAEGER_SAMPLER_PARAM"
	envSamplerManagerHostPort = "JAEGER_SAMPLER_MANAGER_HOST_PORT" // deprecated by envSamplingEndpoint
	envSamplingEndpoint       = "JAEGER_SAMPLING_ENDPOINT"
	envSamplerMaxOperations   = "JAEGER_SAMPLER_MAX_OPERATIONS"
	envSamplerRefresh         = "JAEGER_SAMPLER_REFRESH_INTERVAL"
	envQueueSize              = "JAEGER_REPORTER_MAX_QUEUE_SIZE"
	envFlushInterval          = "JAEGER_REPORTER_FLUSH_INTERVAL"
	envLogSpans               = "JAEGER_REPORTER_LOG_SPANS"
	envReconnectDisabled      = "JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED"
	envReconnectInterval      = "JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL"
	envEndpoint               = "JAEGER_ENDPOINT"
	envUser                   = "JAEGER_USER"
	envPassword               = "JAEGER_PASSWORD"
	envAgentHost              = "JAEGER_AGENT_HOST"
	envAgentPort              = "JAEGER_AGENT_PORT"
)

// FromEnv returns the configuration that the variables JAEGER_… make. An error names the
// variable and its value.
func FromEnv() (*Configuration, error) { return new(Configuration).FromEnv() }

// FromEnv sets the fields whose variables are set, and returns c. An error names the
// variable and its value; some fields may be set then.
func (c *Configuration) FromEnv() (*Configuration, error) {
	var e environment
	set(&e, &c.ServiceName, envServiceName, parseText)
	set(&e, &c.RPCMetrics, envRPCMetrics, parseBool)
	set(&e, &c.Disabled, envDisabled, parseBool)
	set(&e, &c.Tags, envTags, parseTags)
	set(&e, &c.Gen128Bit, env128Bit, parseBool)
	if c.Sampler == nil {
		c.Sampler = &SamplerConfig{}
	}
	c.Sampler.fromEnv(&e)
	if c.Reporter == nil {
		c.Reporter = &ReporterConfig{}
	}
	c.Reporter.fromEnv(&e)
	if e.err != nil {
		return nil, e.err
	}
	return c, nil
}

func (sc *SamplerConfig) fromEnv(e *environment) {
	set(e, &sc.Type, envSamplerType, parseText)
	set(e, &sc.Param, envSamplerParam, parseNumber)
	switch host := os.Getenv(envAgentHost); {
	case set(e, &sc.SamplingServerURL, envSamplingEndpoint, parseText):
	case set(e, &sc.SamplingServerURL, envSamplerManagerHostPort, parseText):
	case host != "":
		sc.SamplingServerURL = fmt.Sprintf("http://%s:%d/sampling", host, jaeger.DefaultSamplingServerPort)
	}
	set(e, &sc.MaxOperations, envSamplerMaxOperations, parseInt)
	set(e, &sc.SamplingRefreshInterval, envSamplerRefresh, parseDuration)
}

func (rc *ReporterConfig) fromEnv(e *environment) {
	set(e, &rc.QueueSize, envQueueSize, parseInt)
	set(e, &rc.BufferFlushInterval, envFlushInterval, parseDuration)
	set(e, &rc.LogSpans, envLogSpans, parseBool)
	if set(e, &rc.CollectorEndpoint, envEndpoint, parseEndpoint) {
		rc.User, rc.Password = os.Getenv(envUser), os.Getenv(envPassword)
		if (rc.User == "") != (rc.Password == "") {
			e.fail(fmt.Errorf("config: of %s and %s only one is set; set both, or none", envUser, envPassword))
		}
		return // an agent's settings don't count
	}
	host, port := jaeger.DefaultUDPSpanServerHost, jaeger.DefaultUDPSpanServerPort
	named := set(e, &host, envAgentHost, parseText)
	named = set(e, &port, envAgentPort, parseInt) || named
	if named || rc.LocalAgentHostPort == "" {
		rc.LocalAgentHostPort = fmt.Sprintf("%s:%d", host, port)
	}
	set(e, &rc.DisableAttemptReconnecting, envReconnectDisabled, parseBool)
	if !rc.DisableAttemptReconnecting {
		set(e, &rc.AttemptReconnectInterval, envReconnectInterval, parseDuration)
	}
}

// environment has the first error of its variables.
type environment struct{ err error }

func (e *environment) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// set sets a field to the value of a variable, and reports whether that is set: an empty one
// isn't.
func set[T any](e *environment, field *T, variable string, parse func(string) (T, error)) bool {
	text := os.Getenv(variable)
	if text == "" {
		return false
	}
	value, err := parse(text)
	if err != nil {
		if variable != envEndpoint { // whose value may have a password
			err = fmt.Errorf("%.200q %w", text, err)
		}
		e.fail(fmt.Errorf("config: %s=%w", variable, err))
		return true
	}
	*field = value
	return true
}

func parseText(text string) (string, error) { return text, nil }

func parseBool(text string) (bool, error) {
	value, err := strconv.ParseBool(text)
	if err != nil {
		return false, errors.New("is not a boolean: use true or false")
	}
	return value, nil
}

func parseInt(text string) (int, error) {
	value, err := strconv.Atoi(text)
	if err != nil {
		return 0, errors.New("is not an integer: use one such as 100")
	}
	return value, nil
}

func parseNumber(text string) (float64, error) {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, errors.New("is not a number: use one such as 0.1")
	}
	return value, nil
}

func parseDuration(text string) (time.Duration, error) {
	value, err := time.ParseDuration(text)
	if err != nil {
		return 0, errors.New("is not a duration: use one such as 500ms or 1m")
	}
	return value, nil
}

func parseEndpoint(text string) (string, error) {
	u, err := url.ParseRequestURI(text)
	if err == nil {
		return u.String(), nil
	}
	return "", fmt.Errorf("%.200q is not a URL: use one such as http://collector:14268/api/traces", secret.Text(text))
}

// parseTags parses "key=value, key=${VARIABLE:default}".
func parseTags(text string) ([]opentracing.Tag, error) {
	tags := make([]opentracing.Tag, 0, strings.Count(text, ",")+1)
	for item := range strings.SplitSeq(text, ",") {
		key, value, found := strings.Cut(item, "=")
		if !found {
			return nil, fmt.Errorf("has the item %.100q without \"=\": write key=value, separated by commas", item)
		}
		value = strings.TrimSpace(value)
		if name, isVariable := strings.CutPrefix(value, "${"); isVariable && strings.HasSuffix(name, "}") {
			variable, otherwise, found := strings.Cut(strings.TrimSuffix(name, "}"), ":")
			if !found {
				return nil, fmt.Errorf("has the item %.100q without a default: write ${%s:} for an empty one", item, variable)
			}
			if value = os.Getenv(variable); value == "" {
				value = otherwise
			}
		}
		tags = append(tags, opentracing.Tag{Key: strings.TrimSpace(key), Value: value})
	}
	return tags, nil
}
