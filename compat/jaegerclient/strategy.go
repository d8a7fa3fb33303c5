// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"github.com/gogo/protobuf/jsonpb"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
)

const (
	// strategyTimeout is how long a server may take.
	strategyTimeout = 10 * time.Second
	// maxStrategyBytes bounds an answer: 2000 operations with long names take 400 KiB.
	maxStrategyBytes = 4 << 20
)

// SamplingStrategyFetcher asks for the sampling strategy of a service.
type SamplingStrategyFetcher interface {
	// Fetch returns the strategy in JSON, as a server answers.
	Fetch(service string) ([]byte, error)
}

// strategyServer is the HTTP server of an agent or a collector.
type strategyServer struct {
	ctx    context.Context // of the sampler, which ends requests
	url    string
	client http.Client
}

func newStrategyServer(ctx context.Context, url string) *strategyServer {
	// The program may trace http.DefaultTransport; this isn't a part of its traces.
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if usual, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = usual.Clone()
	}
	context.AfterFunc(ctx, transport.CloseIdleConnections)
	return &strategyServer{ctx, url, http.Client{Timeout: strategyTimeout, Transport: transport}}
}

func (s *strategyServer) Fetch(service string) ([]byte, error) {
	request, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.url+"?"+url.Values{"service": {service}}.Encode(), http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxStrategyBytes+1))
	switch {
	case err != nil:
		return nil, err
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the server answers %s: %.200q", response.Status, body)
	case len(body) > maxStrategyBytes:
		return nil, fmt.Errorf("the server answers with more than %d bytes", maxStrategyBytes)
	}
	return body, nil
}

// checkedStrategies keeps answers from contrib's sampler that make it panic.
type checkedStrategies struct {
	fetcher SamplingStrategyFetcher
	news    *strategyNews
}

func (c checkedStrategies) Fetch(service string) ([]byte, error) {
	answer, err := c.fetcher.Fetch(service)
	if err == nil {
		err = checkStrategy(answer)
	}
	if err == nil {
		c.news.fetched()
	}
	return answer, err
}

// checkStrategy finds what contrib's sampler takes for granted: each operation has a
// probability.
func checkStrategy(answer []byte) error {
	var strategy api_v2.SamplingStrategyResponse
	if err := jsonpb.Unmarshal(bytes.NewReader(answer), &strategy); err != nil {
		return fmt.Errorf("the answer is not a strategy in JSON: %w", err)
	}
	for _, operation := range strategy.GetOperationSampling().GetPerOperationStrategies() {
		if operation.GetProbabilisticSampling() == nil {
			return fmt.Errorf("the operation %.100q has no probabilisticSampling", operation.GetOperation())
		}
	}
	return nil
}

// strategyNews tells a Logger what contrib's sampler logs: each failure once, until there
// is another one.
type strategyNews struct {
	service string
	logger  Logger

	mu    sync.Mutex
	last  string
	isOut bool // there is no answer
}

var _ logr.LogSink = (*strategyNews)(nil)

// fetched ends a failure to get an answer.
func (n *strategyNews) fetched() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.isOut {
		if n.logger != nil {
			n.logger.Infof("jaeger: the sampling server answers for %q again", n.service)
		}
		n.last, n.isOut = "", false
	}
}

// Error implements logr.LogSink.
func (n *strategyNews) Error(err error, what string, _ ...any) {
	switch {
	case errors.Is(err, context.Canceled):
		return // closed
	case what == "env variable parsing failure":
		return // of OTEL_TRACES_SAMPLER_ARG, which options replace
	}
	told := fmt.Errorf("jaeger: sampling strategy of %q: %s: %w; the last one stays until there is another", n.service, what, err)
	n.mu.Lock()
	defer n.mu.Unlock()
	if told.Error() == n.last {
		return
	}
	n.last, n.isOut = told.Error(), what == "failed to fetch sampling strategy"
	handle(n.logger, told)
}

// Init implements logr.LogSink.
func (*strategyNews) Init(logr.RuntimeInfo) {}

// Enabled implements logr.LogSink.
func (*strategyNews) Enabled(int) bool { return false }

// Info implements logr.LogSink.
func (*strategyNews) Info(int, string, ...any) {}

// WithValues implements logr.LogSink.
func (n *strategyNews) WithValues(...any) logr.LogSink { return n }

// WithName implements logr.LogSink.
func (n *strategyNews) WithName(string) logr.LogSink { return n }
