// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// load is how the servers are attacked.
type load struct {
	time        time.Duration // of all attacks together
	rounds      int
	connections int
	rate        int // requests per second of all connections; 0: as many as are answered
}

func (l load) validate() error {
	if l.time <= 0 || l.time > maxTime {
		return fmt.Errorf("-time %v: want more than 0s and at most %v", l.time, maxTime)
	}
	if l.rounds < 1 || l.connections < 1 {
		return fmt.Errorf("-rounds %d -connections %d: want at least 1 of each", l.rounds, l.connections)
	}
	return nil
}

// outcome is what one attack on one server came to.
type outcome struct {
	server   string
	requests uint64
	rate     float64 // answered requests per second
	p99      time.Duration
	cpu      time.Duration // a request, of client and server
}

// attackAll attacks each server once.
func (l load) attackAll(ctx context.Context, servers []*server) ([]outcome, error) {
	each := l.time / time.Duration(l.rounds*len(servers))
	var round []outcome
	for _, s := range servers {
		o, err := l.attack(ctx, s, each)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		round = append(round, o)
	}
	return round, nil
}

// attack sends requests for some time. Every one of them has to be answered, and
// has to have its span.
func (l load) attack(ctx context.Context, s *server, duration time.Duration) (outcome, error) {
	client := &http.Client{
		Timeout:   5 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: l.connections, MaxConnsPerHost: l.connections},
	}
	defer client.CloseIdleConnections()
	attacker := vegeta.NewAttacker(vegeta.Client(client), vegeta.Workers(uint64(l.connections)), vegeta.MaxWorkers(uint64(l.connections)))
	stop := context.AfterFunc(ctx, func() { attacker.Stop() })
	defer stop()

	runtime.GC() // no server pays for what another one has left
	spans := s.spans.Load()
	used, err := cpuTime()
	if err != nil {
		return outcome{}, err
	}
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: s.url, Header: http.Header{"Traceparent": {parent}}})
	var metrics vegeta.Metrics
	for result := range attacker.Attack(target, vegeta.Rate{Freq: l.rate, Per: time.Second}, duration, s.name) {
		metrics.Add(result)
	}
	metrics.Close()
	if err := ctx.Err(); err != nil {
		return outcome{}, err
	}
	if metrics.Requests == 0 {
		return outcome{}, fmt.Errorf("no request in %v", duration)
	}
	if metrics.Success != 1 {
		return outcome{}, fmt.Errorf("of %d requests, %.2f %% were answered by status 200: %v", metrics.Requests, 100*metrics.Success, metrics.Errors)
	}
	if err := s.waitForSpans(spans, metrics.Requests); err != nil {
		return outcome{}, err
	}
	now, err := cpuTime()
	if err != nil {
		return outcome{}, err
	}
	cpu := (now - used) / time.Duration(metrics.Requests) //nolint:gosec // no minute has so many
	return outcome{server: s.name, requests: metrics.Requests, rate: metrics.Throughput, p99: metrics.Latencies.P99, cpu: cpu}, nil
}
