// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// writeTable writes the medians of all rounds but the first, which was for warming
// up, unless it is the only one.
func writeTable(out io.Writer, rounds [][]outcome) error {
	names := make([]string, 0, len(rounds[0]))
	var requests uint64
	for _, o := range rounds[0] {
		names = append(names, o.server)
	}
	if len(rounds) > 1 {
		rounds = rounds[1:]
	}
	for _, round := range rounds {
		for _, o := range round {
			requests += o.requests
		}
	}
	fmt.Fprintf(out, "medians of %d rounds, %d requests; more requests/s, less p99 and less CPU time a request are better\n", len(rounds), requests)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "server\trequests/s\tto bare\tto otelhttp\tp99\tto bare\tto otelhttp\tCPU\tto bare\tto otelhttp\t")
	rate := func(o outcome) float64 { return o.rate }
	p99 := func(o outcome) float64 { return float64(o.p99) }
	cpu := func(o outcome) float64 { return float64(o.cpu) }
	for _, name := range names {
		fmt.Fprintf(w, "%s\t%.0f\t%s\t%v\t%s\t%v\t%s\t\n", name,
			median(rounds, name, "", rate), ratios(rounds, name, rate),
			time.Duration(median(rounds, name, "", p99)).Round(time.Microsecond), ratios(rounds, name, p99),
			time.Duration(median(rounds, name, "", cpu)).Round(100*time.Nanosecond), ratios(rounds, name, cpu))
	}
	return w.Flush()
}

// ratios writes a server's ratio to the bare one, and that of compat to otelhttp.
func ratios(rounds [][]outcome, name string, value func(outcome) float64) string {
	toBare, toOTelHTTP := "", ""
	if name != bare {
		toBare = fmt.Sprintf("%.2f", median(rounds, name, bare, value))
	}
	if peer, ok := strings.CutPrefix(name, "compat"); ok {
		toOTelHTTP = fmt.Sprintf("%.2f", median(rounds, name, "otelhttp"+peer, value))
	}
	return toBare + "\t" + toOTelHTTP
}

// median returns the median over the rounds of a server's value, or of its ratio to
// that of another server in the same round.
func median(rounds [][]outcome, name, to string, value func(outcome) float64) float64 {
	var values []float64
	for _, round := range rounds {
		v := value(find(round, name))
		if to != "" {
			v /= value(find(round, to))
		}
		values = append(values, v)
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 0 {
		return (values[middle-1] + values[middle]) / 2
	}
	return values[middle]
}

func find(round []outcome, name string) outcome {
	i := slices.IndexFunc(round, func(o outcome) bool { return o.server == name })
	return round[i]
}
