// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"
	jaegerclient "github.com/uber/jaeger-client-go"
	jaegerconfig "github.com/uber/jaeger-client-go/config"

	jaegertwin "github.com/ot2otel/ot2otel/compat/jaegerclient"
	twinconfig "github.com/ot2otel/ot2otel/compat/jaegerclient/config"
)

// jaegerVariables are all variables that jaeger-client-go's config reads, with values of
// which some are malformed.
var jaegerVariables = map[string][]string{
	"JAEGER_SERVICE_NAME":                           {"shop", "shop with spaces", "ünï"},
	"JAEGER_DISABLED":                               {"true", "false", "1", "T", "yes"},
	"JAEGER_RPC_METRICS":                            {"true", "0", "on"},
	"JAEGER_TAGS":                                   {"a=b", "a=b,c=d=e", " a = b , c= ", "a=${TAG:none}", "a=${MISSING:none}", "a=${MISSING:}", "a=${TAG}", "a", "a=b,", "=", "a=${}", "a=${:x}", "a=${TAG:x:y}", "a=${TAG:x", ","},
	"JAEGER_TRACEID_128BIT":                         {"true", "false", "128"},
	"JAEGER_SAMPLER_TYPE":                           {"const", "Const", "probabilistic", "ratelimiting", "rateLimiting", "remote", "REMOTE", "adaptive", " const"},
	"JAEGER_SAMPLER_PARAM":                          {"0", "1", "0.5", "0.001", "1e-3", "100", "1.5", "-1", "NaN", "half", "0x1p-1"},
	"JAEGER_SAMPLER_MANAGER_HOST_PORT":              {"http://manager:5778/sampling", "manager:5778"},
	"JAEGER_SAMPLING_ENDPOINT":                      {"http://sampling:5778/sampling", "sampling"},
	"JAEGER_SAMPLER_MAX_OPERATIONS":                 {"10", "0", "-5", "many", "99999999999999999999"},
	"JAEGER_SAMPLER_REFRESH_INTERVAL":               {"1m", "0", "-1s", "60", "1h2m"},
	"JAEGER_REPORTER_MAX_QUEUE_SIZE":                {"10", "0", "1e3", "+7"},
	"JAEGER_REPORTER_FLUSH_INTERVAL":                {"500ms", "1", "2s"},
	"JAEGER_REPORTER_LOG_SPANS":                     {"true", "false", "TRUE", "tRUE"},
	"JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED": {"true", "false", "2"},
	"JAEGER_REPORTER_ATTEMPT_RECONNECT_INTERVAL":    {"10s", "soon"},
	"JAEGER_ENDPOINT":                               {"http://collector:14268/api/traces", "https://u:p@collector/x?y=z", "collector:14268", "/api/traces", "not a url", "http://collector:port"},
	"JAEGER_USER":                                   {"ada"},
	"JAEGER_PASSWORD":                               {"secret"},
	"JAEGER_AGENT_HOST":                             {"agent", "::1", "10.0.0.1"},
	"JAEGER_AGENT_PORT":                             {"6831", "16831", "port", "-1"},
}

// noStrategy is a sampling server that isn't there.
type noStrategy struct{}

func (noStrategy) Fetch(string) ([]byte, error) { return nil, errors.New("no strategy") }

// TestJaegerEnvironments has jaeger-client-go's own config as the oracle for the twin's.
func TestJaegerEnvironments(t *testing.T) {
	if len(jaegerVariables) != 21 {
		t.Fatalf("%d variables, want the 21 of Jaeger's documentation", len(jaegerVariables))
	}
	t.Setenv("TAG", "tagged")
	for name := range jaegerVariables {
		t.Setenv(name, "") // so that it is reset after the test
	}
	const environments = 5000
	var accepted, refused, panicked int
	random := rand.New(rand.NewPCG(7, 1))
	for range environments {
		environment := randomEnvironment(random)
		base := random.IntN(2) == 0
		old, oldErr, panics := oldFromEnv(base)
		twin, twinErr := twinFromEnv(base)
		switch {
		case panics:
			panicked++
			if twinErr == nil || !strings.Contains(twinErr.Error(), "JAEGER_TAGS=") || !strings.Contains(twinErr.Error(), fmt.Sprintf("%q", os.Getenv("JAEGER_TAGS"))) {
				t.Errorf("%v\n\tjaeger-client-go panics, and the twin's error %v doesn't name variable and value", environment, twinErr)
			}
		case oldErr != nil:
			refused++
			if twinErr == nil || !namesAlike(oldErr, twinErr) {
				t.Errorf("%v\n\terror is  %v\n\terror was %v", environment, twinErr, oldErr)
			}
		case twinErr != nil:
			t.Errorf("%v\n\tthe twin refuses it: %v", environment, twinErr)
		default:
			accepted++
			if was, is := describeOld(old), describeTwin(twin); was != is {
				t.Errorf("%v\n\tis  %s\n\twas %s", environment, is, was)
			}
			compareSamplers(t, environment, old.Sampler, twin.Sampler, random)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d environments: %d accepted, %d refused, %d by which jaeger-client-go panics", environments, accepted, refused, panicked)
	if accepted < environments/20 || refused < environments/20 || panicked < environments/50 {
		t.Error("the environments are too much alike")
	}
}

// randomEnvironment sets a random choice of variables, and mostly valid values.
func randomEnvironment(random *rand.Rand) []string {
	var environment []string
	for name, values := range jaegerVariables {
		value := ""
		if random.IntN(4) == 0 {
			value = values[random.IntN(len(values))]
			if random.IntN(3) > 0 {
				value = values[0]
			}
		}
		os.Setenv(name, value)
		if value != "" {
			environment = append(environment, name+"="+value)
		}
	}
	return environment
}

func oldFromEnv(base bool) (cfg *jaegerconfig.Configuration, err error, panics bool) {
	defer func() { panics = recover() != nil }()
	start := &jaegerconfig.Configuration{}
	if base {
		start = &jaegerconfig.Configuration{
			ServiceName: "base", Tags: []opentracing.Tag{{Key: "base", Value: 1}},
			Sampler:  &jaegerconfig.SamplerConfig{Type: "const", Param: 1, SamplingServerURL: "http://base", MaxOperations: 3},
			Reporter: &jaegerconfig.ReporterConfig{QueueSize: 5, LocalAgentHostPort: "base:1", User: "base", Password: "base"},
		}
	}
	cfg, err = start.FromEnv()
	return cfg, err, false
}

func twinFromEnv(base bool) (*twinconfig.Configuration, error) {
	start := &twinconfig.Configuration{}
	if base {
		start = &twinconfig.Configuration{
			ServiceName: "base", Tags: []opentracing.Tag{{Key: "base", Value: 1}},
			Sampler:  &twinconfig.SamplerConfig{Type: "const", Param: 1, SamplingServerURL: "http://base", MaxOperations: 3},
			Reporter: &twinconfig.ReporterConfig{QueueSize: 5, LocalAgentHostPort: "base:1", User: "base", Password: "base"},
		}
	}
	return start.FromEnv()
}

var variableName = regexp.MustCompile(`JAEGER_\w+`)

// namesAlike reports whether an error names the variables that another one names.
func namesAlike(was, is error) bool {
	for _, name := range variableName.FindAllString(was.Error(), -1) {
		if !strings.Contains(is.Error(), name) {
			return false
		}
	}
	return true
}

func describeOld(c *jaegerconfig.Configuration) string {
	sampler, reporter := *c.Sampler, *c.Reporter
	rest := *c
	rest.Sampler, rest.Reporter = nil, nil
	return fmt.Sprintf("%+v %+v %+v", rest, sampler, reporter)
}

func describeTwin(c *twinconfig.Configuration) string {
	sampler, reporter := *c.Sampler, *c.Reporter
	rest := *c
	rest.Sampler, rest.Reporter = nil, nil
	return fmt.Sprintf("%+v %+v %+v", rest, sampler, reporter)
}

// compareSamplers compares the decisions of the samplers that two configurations make, on
// the same traces. Remote ones decide as they do without a server.
func compareSamplers(t *testing.T, environment []string, old *jaegerconfig.SamplerConfig, twin *twinconfig.SamplerConfig, random *rand.Rand) {
	t.Helper()
	oldOptions, twinOptions := *old, *twin
	oldOptions.Options = []jaegerclient.SamplerOption{jaegerclient.SamplerOptions.SamplingStrategyFetcher(noStrategy{})}
	twinOptions.Options = []jaegertwin.SamplerOption{jaegertwin.SamplerOptions.SamplingStrategyFetcher(noStrategy{}), jaegertwin.SamplerOptions.Logger(jaegertwin.NullLogger)}
	was, oldErr := oldOptions.NewSampler("shop", jaegerclient.NewNullMetrics())
	is, twinErr := twinOptions.NewSampler("shop", nil)
	if (oldErr == nil) != (twinErr == nil) {
		t.Errorf("%v\n\tthe sampler's error is  %v\n\tit was %v", environment, twinErr, oldErr)
	}
	if oldErr != nil || twinErr != nil {
		return
	}
	defer was.Close()
	defer is.Close()
	decisions := 50
	if remote, ok := was.(*jaegerclient.RemotelyControlledSampler); ok {
		was = remote.Sampler().(jaegerclient.Sampler)
	} else if _, limited := was.(*jaegerclient.RateLimitingSampler); limited {
		if old.Param <= 0 {
			return // not a rate; compat/jaeger's tests have it
		}
		decisions = int(max(min(old.Param, 50), 1)) // as many as may come at once; time decides on more
	}
	for range decisions {
		high, low := random.Uint64(), random.Uint64()
		before, oldTags := was.IsSampled(jaegerclient.TraceID{High: high, Low: low}, "operation")
		after, twinTags := is.IsSampled(jaegertwin.TraceID{High: high, Low: low}, "operation")
		if before != after {
			t.Errorf("%v\n\tthe trace %x%016x: sampled %t, was %t", environment, high, low, after, before)
			return
		}
		if before && fmt.Sprint(oldTags) != fmt.Sprint(twinTags) {
			t.Errorf("%v\n\ttags %v, were %v", environment, twinTags, oldTags)
			return
		}
	}
}
