// SPDX-License-Identifier: Apache-2.0

package migrate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate"
)

// What importers of a module use by an alias, or by a type that embeds another, is
// its exported API as well, wherever it is declared.
func TestFixExportedByOthers(t *testing.T) {
	const files = `
-- client/client.go --
package client

import "golden.example/kept/internal/inner"

// Options are the options of a client.
type Options = inner.Options

// Do does something.
var Do = inner.Do

// Tag tags a span.
var Tag = inner.Tag

// Client is a client.
type Client struct {
	base
	*inner.Pool
	other inner.Unseen
}

type base struct{ Options }

// Starter starts.
type Starter interface{ inner.Starter }
-- plain/plain.go --
package plain

import "golden.example/kept/internal/inner"

// Options is all that this package has to do with tracing.
type Options = inner.Options
-- internal/inner/inner.go --
package inner

import "github.com/opentracing/opentracing-go"

type Options struct{ Tracer opentracing.Tracer }

type Pool struct {
	Parent opentracing.Span
	next   *Pool
	*Unseen
}

func (p *Pool) Current() opentracing.Span { return p.Parent }

type Unseen struct {
	*Pool
	Span opentracing.Span
}

type Starter interface {
	Begin(opentracing.Span)
}

func Do(o *Options) { o.Tracer.StartSpan("do").Finish() }

func Tag(span opentracing.Span) { span.SetTag("k", "v") }
`
	names := func(result *migrate.Result) (all []string) {
		for _, changes := range result.ChangedAPI() {
			all = append(all, changes[0].Name+" "+changes[0].New)
		}
		return all
	}
	_, result := fixModule(t, files)
	if len(result.Skipped) > 0 {
		t.Fatalf("does not compile: %v", result.Skipped)
	}
	want := []string{
		"golden.example/kept/client.Client.Tracer trace.Tracer",
		"golden.example/kept/client.(Client).Current trace.Span",
		"golden.example/kept/client.Client.Parent trace.Span",
		"golden.example/kept/client.Client.Span trace.Span",
		"golden.example/kept/client.Options.Tracer trace.Tracer",
		"golden.example/kept/client.(Starter).Begin trace.Span",
		"golden.example/kept/client.Tag trace.Span",
		"golden.example/kept/plain.Options.Tracer trace.Tracer",
	}
	if diff := cmp.Diff(want, names(result)); diff != "" {
		t.Errorf("exported API changes (-want +got):\n%s", diff)
	}
	_, result = fixModuleWith(t, &migrate.FixOptions{KeepAPI: true}, files)
	if got := names(result); len(got) > 0 {
		t.Errorf("with KeepAPI these change: %v", got)
	}
}
