// SPDX-License-Identifier: Apache-2.0

// Command load compares servers under load: one without tracing, and the same one
// traced by go-stdlib's nethttp on the raw bridge, by otelhttp and by compat, each
// with sampled and with unsampled spans. They are attacked in turn, in one process,
// on loopback, for a minute at most.
//
//	go run . [-time 40s] [-rounds 12] [-connections 8]
//
// It prints the requests per second, the 99th percentile of the latency and the
// processor time of a request, and their ratios: of each server to the bare one,
// and of compat to otelhttp. The ratios are the medians of those within each round,
// since a machine's speed changes from one round to the next. The client is in the
// same process and takes its share of the machine, so the ratios are those of whole
// requests, not of the instrumentation alone; the benchmarks in interop are for
// that.
//
// The exit code is 1 when a request fails, a span is lost, or a goroutine or a file
// descriptor is left behind.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// maxTime bounds a run.
const maxTime = time.Minute

func main() {
	var l load
	flag.DurationVar(&l.time, "time", 40*time.Second, "of all attacks together, at most "+maxTime.String())
	flag.IntVar(&l.rounds, "rounds", 12, "in each of which every server is attacked once; the first one is for warming up")
	flag.IntVar(&l.connections, "connections", 8, "that send requests one after the other, as fast as they are answered")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, l, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// run starts the servers, attacks them, prints the table and looks for what was
// left behind.
func run(ctx context.Context, l load, out io.Writer) error {
	if err := l.validate(); err != nil {
		return err
	}
	before, err := takeInventory()
	if err != nil {
		return err
	}
	rounds, err := attackServers(ctx, l)
	if err != nil {
		return err
	}
	if err := writeTable(out, rounds); err != nil {
		return err
	}
	return before.waitFor(5 * time.Second)
}

// attackServers returns the outcomes by round and server. All servers run until the
// last attack is over.
func attackServers(ctx context.Context, l load) (rounds [][]outcome, err error) {
	servers, err := startServers()
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, s := range servers {
			if stopErr := s.stop(); err == nil {
				err = stopErr
			}
		}
	}()
	for range l.rounds {
		round, err := l.attackAll(ctx, servers)
		if err != nil {
			return nil, err
		}
		rounds = append(rounds, round)
		// Whoever comes first in one round comes last in the next.
		servers = append(servers[1:], servers[0])
	}
	return rounds, nil
}
