// SPDX-License-Identifier: Apache-2.0

// Command legacy-shop runs a shop that is instrumented with OpenTracing, with its
// traces recorded by OpenTelemetry. This file is the only one that knows.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ot2otel/ot2otel/compat"
	"github.com/ot2otel/ot2otel/exporters"

	"example.com/legacy-shop/shop"
)

func main() {
	if err := run(context.Background(), os.Stdout, nil); err != nil {
		fmt.Fprintln(os.Stderr, "legacy-shop:", err)
		os.Exit(1)
	}
}

// run installs the tracer and plays the shop's scenario, with its answers on out.
// Where cfg is nil, traces go to standard output, or where OTEL_TRACES_EXPORTER says.
func run(ctx context.Context, out io.Writer, cfg *exporters.Config) (err error) {
	if cfg == nil {
		cfg = &exporters.Config{ServiceName: "legacy-shop"}
	}
	provider, err := exporters.NewProvider(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, provider.Shutdown(ctx)) }()

	compat.Install(provider, nil)
	return shop.Run(ctx, out)
}
