// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/ot2otel/ot2otel/internal/printable"
	"github.com/ot2otel/ot2otel/internal/recording"
)

// destination is an exporter that a Config chose.
type destination struct {
	exporter sdktrace.SpanExporter
	to, via  string // for the line at start
	own      bool   // NewProvider made it
}

// unread is how many spans a Memory keeps that nobody asked for.
const unread = 1000

// builtin lists the names of exporters that Factories can't take.
func builtin() []string { return []string{"otlp", "console", "tree", "memory", "none"} }

// destinations makes what the names say, and adds the exporters that cfg holds. It
// also returns the variable that has chosen, if one has.
func (c *Config) destinations(ctx context.Context) (made []destination, chosen string, err error) {
	for name := range c.Factories {
		if slices.Contains(builtin(), name) {
			return nil, "", fmt.Errorf("exporters: Config.Factories holds %q, which has its meaning already: use another name", name)
		}
	}
	names, source, err := c.names()
	if err != nil {
		return nil, "", err
	}
	for _, name := range names {
		d, err := c.destination(ctx, name, source)
		if err != nil {
			return nil, "", errors.Join(err, shutdown(ctx, made))
		}
		made = append(made, d)
	}
	if c.Memory != nil && !slices.Contains(names, "memory") {
		made = append(made, destination{exporter: c.Memory, to: "memory", via: "memory"})
	}
	for _, exporter := range c.SpanExporters {
		if exporter != nil {
			made = append(made, givenDestination(exporter))
		}
	}
	recording, ok, err := c.recordDestination()
	if err != nil {
		return nil, "", errors.Join(err, shutdown(ctx, made))
	}
	if ok {
		made = append(made, recording)
	}
	return made, source, nil
}

// names returns the names of exporters, each once, and who says so: what is
// explicit first, then an endpoint of OTLP where there is something to send it with.
func (c *Config) names() (names []string, source string, err error) {
	list, source := c.Exporter, "Config.Exporter"
	if strings.TrimSpace(list) == "" {
		if c.Memory != nil || len(c.SpanExporters) > 0 {
			return nil, source, nil
		}
		list, source = os.Getenv("OTEL_TRACES_EXPORTER"), "OTEL_TRACES_EXPORTER"
	}
	if strings.TrimSpace(list) == "" {
		list, source = "tree", "default"
		if variable := otlpEndpoint(); variable != "" && c.OTLP != nil {
			list, source = "otlp", variable
		}
	}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 1 && slices.Contains(names, "none") {
		return nil, source, fmt.Errorf("exporters: %s=%q: none can't be together with others: leave it out", source, printable.Clip(list))
	}
	if len(names) == 1 && names[0] == "none" {
		return nil, source, nil
	}
	return names, source, nil
}

func (c *Config) destination(ctx context.Context, name, source string) (destination, error) {
	d := destination{own: true, to: "stdout", via: name}
	output := c.Output
	if output == nil {
		output = os.Stdout
	} else {
		d.to = outputName(output)
	}
	switch name {
	case "console":
		d.exporter = Stdout(output)
		return d, nil
	case "tree":
		d.exporter = NewTree(output, c.Tree)
		return d, nil
	case "memory":
		d.to = "memory"
		if c.Memory != nil {
			d.exporter, d.own = c.Memory, false
			return d, nil
		}
		d.exporter = &Memory{Limit: unread}
		d.to = fmt.Sprintf("memory (the last %d spans; nothing reads them, set Config.Memory)", unread)
		return d, nil
	}

	factory := c.Factories[name]
	if name == "otlp" {
		if factory = c.OTLP; factory == nil {
			return d, fmt.Errorf("exporters: %s names otlp, and Config.OTLP is nil: "+
				"import github.com/ot2otel/ot2otel/exporters/otlp and set exporters.Config{OTLP: otlp.FromEnv}", source)
		}
	}
	if factory == nil {
		return d, c.unknown(name, source)
	}
	exporter, err := factory(ctx)
	if err != nil {
		return d, fmt.Errorf("exporters: %s: %w", name, printable.Error(err))
	}
	if exporter == nil {
		return d, fmt.Errorf("exporters: %s: its factory returned no exporter and no error", name)
	}
	d.exporter, d.to = exporter, describe(exporter)
	// An exporter that knows its endpoint says "<endpoint> (<protocol>)".
	if endpoint, protocol, ok := strings.Cut(d.to, " ("); ok {
		d.to, d.via = endpoint, name+" ("+protocol
	}
	return d, nil
}

// unknown is the error for a name that nothing is made by.
func (c *Config) unknown(name, source string) error {
	known := append(builtin(), slices.Sorted(maps.Keys(c.Factories))...)
	hint := "known are " + strings.Join(known, ", ")
	switch strings.ToLower(name) {
	case "jaeger":
		hint = "Jaeger takes OTLP, its own exporter is gone: use otlp"
	case "stdout", "logging", "log", "json":
		hint = "use console"
	default:
		if lower := strings.ToLower(name); slices.Contains(known, lower) {
			hint = "use " + lower
		}
	}
	return fmt.Errorf("exporters: %s names the unknown exporter %q: %s", source, printable.Clip(name), hint)
}

// givenDestination describes an exporter that the caller made.
func givenDestination(exporter sdktrace.SpanExporter) destination {
	d := destination{exporter: exporter, to: "a given exporter", via: describe(exporter)}
	switch e := exporter.(type) {
	case *TreeExporter:
		d.to, d.via = outputName(e.printer.w), "tree"
	case *Memory:
		d.to, d.via = "memory", "memory"
	}
	return d
}

func outputName(w any) string {
	switch w {
	case os.Stdout:
		return "stdout"
	case os.Stderr:
		return "stderr"
	}
	if file, ok := w.(interface{ Name() string }); ok {
		return printable.Text(printable.Clip(file.Name()))
	}
	return fmt.Sprintf("%T", w)
}

// processor puts the exporter behind the processor that suits it: at once for
// what is in this process, in batches for the network.
func (d destination) processor(cfg *Config) sdktrace.SpanProcessor {
	switch exporter := d.exporter.(type) {
	case *TreeExporter:
		return exporter
	case *Memory, *recording.Lines, *recording.File:
		return sdktrace.NewSimpleSpanProcessor(exporter)
	}
	name := d.to
	if !d.own {
		name = d.via
	}
	return Batch(d.exporter, &BatchOptions{Name: name, SDK: cfg.Batch})
}

// recordDestination makes the recording that Config.Record or the environment asks for;
// false for none.
func (c *Config) recordDestination() (d destination, ok bool, err error) {
	name, via := c.Record, "record"
	var file *recording.File
	if name != "" {
		if file, err = recording.Open("exporters", name); err != nil {
			return d, false, recording.Unwritable("exporters", "Config.Record", name, err)
		}
	} else if file, err = recording.OfEnvironment("exporters"); file == nil {
		return d, false, err
	} else {
		via = "record (" + recording.Variable + ")"
	}
	return destination{exporter: file, own: true, to: outputName(file), via: via}, true, nil
}
