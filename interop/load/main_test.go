// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// TestRun is a short run, at a rate that any machine has: nothing may be left
// behind, no request may fail and no span may be lost. Times are not looked at.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), load{time: 1400 * time.Millisecond, rounds: 2, connections: 4, rate: 200}, &out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{bare, "nethttp+bridge, sampled", "otelhttp, unsampled", "compat, sampled", "compat, unsampled"} {
		if !strings.Contains(out.String(), name) {
			t.Errorf("no %s in the table:\n%s", name, &out)
		}
	}
}

func TestRunIsBounded(t *testing.T) {
	for _, l := range []load{
		{time: 0, rounds: 1, connections: 1},
		{time: 2 * maxTime, rounds: 1, connections: 1},
		{time: time.Second, rounds: 0, connections: 1},
		{time: time.Second, rounds: 1, connections: 0},
	} {
		if err := run(t.Context(), l, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "want") {
			t.Errorf("%+v: %v, want an error that says what is possible", l, err)
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	before, err := takeInventory()
	if err != nil {
		t.Fatal(err)
	}
	if err := run(ctx, load{time: 30 * time.Second, rounds: 1, connections: 1, rate: 100}, &bytes.Buffer{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("run: %v", err)
	}
	if err := before.waitFor(5 * time.Second); err != nil {
		t.Error(err)
	}
}

// TestLeaksAreFound makes sure that the check can fail. It leaves several of each
// behind, since something of an earlier test may end meanwhile.
func TestLeaksAreFound(t *testing.T) {
	const several = 5
	before, err := takeInventory()
	if err != nil {
		t.Fatal(err)
	}
	left := make(chan struct{})
	for range several {
		go func() { <-left }()
	}
	if err := before.waitFor(20 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "goroutines are left behind") || !strings.Contains(err.Error(), t.Name()) {
		t.Errorf("goroutines are left behind, the check says %v", err)
	}
	close(left)
	for range several {
		file, err := os.Open("main_test.go")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
	}
	if before.descriptors == nil {
		t.Skip("this system doesn't list the open file descriptors")
	}
	if err := before.waitFor(20 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "main_test.go") {
		t.Errorf("files are left open, the check says %v", err)
	}
}

// TestLostSpansAreFound makes sure that the count of spans can fail.
func TestLostSpansAreFound(t *testing.T) {
	s := &server{sampled: true}
	s.spans.Store(4)
	if err := s.waitForSpans(1, 3); err != nil {
		t.Error(err)
	}
	if err := s.waitForSpans(1, 2); err == nil {
		t.Error("a span too many isn't found")
	}
}

func TestTable(t *testing.T) {
	round := func(factor float64) []outcome {
		var outcomes []outcome
		for i, name := range []string{bare, "otelhttp, sampled", "compat, sampled"} {
			outcomes = append(outcomes, outcome{
				server: name, requests: 10, rate: factor * []float64{1000, 500, 800}[i],
				p99: time.Duration(factor*[]float64{10, 40, 20}[i]) * time.Millisecond,
				cpu: time.Duration(factor*[]float64{10, 30, 15}[i]) * time.Microsecond,
			})
		}
		return outcomes
	}
	var out bytes.Buffer
	// The first round doesn't count; the speed of the machine cancels out.
	if err := writeTable(&out, [][]outcome{round(100), round(1), round(2), round(3)}); err != nil {
		t.Fatal(err)
	}
	want := `medians of 3 rounds, 90 requests; more requests/s, less p99 and less CPU time a request are better
             server  requests/s  to bare  to otelhttp   p99  to bare  to otelhttp   CPU  to bare  to otelhttp
               bare        2000                        20ms                        20µs                      
  otelhttp, sampled        1000     0.50               80ms     4.00               60µs     3.00             
    compat, sampled        1600     0.80         1.60  40ms     2.00         0.50  30µs     1.50         0.50
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}
