// SPDX-License-Identifier: Apache-2.0

// Command matrix sends requests between services of other tracers and services on
// compat, over HTTP on the loopback interface, and prints what of a trace arrives. It
// stands in docs/propagation.md.
//
//	cd interop && go run ./matrix
//
// A peer that isn't installed is left out; what brings it is said.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	measured := make(map[string]map[notion]string)
	for _, start := range peers {
		cells, err := start.measure(ctx, "matrix")
		if missing(err) {
			fmt.Fprintf(os.Stderr, "matrix: %v\n", err)
			continue
		}
		if err != nil {
			return err
		}
		measured[start.name] = cells
	}
	texts := tables(measured, func(string, string) string { return "" })
	fmt.Printf("%s\n%s\n%s", texts["matrix-to"], texts["matrix-from"], texts["matrix-reasons"])
	return nil
}
