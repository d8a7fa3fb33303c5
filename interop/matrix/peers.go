// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	zipkintracer "github.com/openzipkin-contrib/zipkin-go-opentracing"
	jaegerclient "github.com/uber/jaeger-client-go"
)

// peerStart starts a peer. The folder is that of this file.
type peerStart struct {
	name  string
	start func(ctx context.Context, folder string) (*peer, error)
}

// measure starts the peer, and returns its cells.
func (s peerStart) measure(ctx context.Context, folder string) (map[notion]string, error) {
	p, err := s.start(ctx, folder)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	defer p.stop()
	cells, err := measure(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return cells, nil
}

// peers are the rows of the matrix.
var peers = []peerStart{
	{"jaeger-client-go, 64 bit", func(context.Context, string) (*peer, error) { return newJaegerPeer() }},
	{"jaeger-client-go, 128 bit", func(context.Context, string) (*peer, error) {
		return newJaegerPeer(jaegerclient.TracerOptions.Gen128Bit(true))
	}},
	{"jaeger-client-go, B3 of its package zipkin", func(context.Context, string) (*peer, error) { return newJaegerB3Peer() }},
	{"npm jaeger-client, 64 bit", newNodePeer("64")},
	{"npm jaeger-client, 128 bit", newNodePeer("128")},
	{"ruby-jaeger-client", newRubyPeer},
	{"zipkin-go-opentracing, B3 in several headers", func(context.Context, string) (*peer, error) { return newZipkinPeer() }},
	{"zipkin-go-opentracing, B3 in one header", func(context.Context, string) (*peer, error) {
		return newZipkinPeer(zipkintracer.WithB3InjectOption(zipkintracer.B3InjectSingle))
	}},
	{"basictracer-go, OT", func(context.Context, string) (*peer, error) { return newBasicPeer() }},
	{"otelhttp, W3C", func(context.Context, string) (*peer, error) { return newW3CPeer() }},
}
