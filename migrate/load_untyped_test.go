// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/rewrite"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// TestLoadUntyped loads code to which the type checker has no objection, only because
// what it uses does not compile: it has no types to look at.
func TestLoadUntyped(t *testing.T) {
	dir := writeModule(t, `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

import "example.com/missing/push"

type T = push.T

func F() T { return push.New() }
-- b/b.go --
package b

import "example.com/m/a"

func G() { _ = append(a.F().Z, 2) }
-- c/c.go --
package c

import "example.com/m/a"

func H() int {
	a.F()
	return 1
}
`)
	program, err := Load(t.Context(), &source.LoadOptions{Dir: dir, Env: []string{"GOFLAGS=-mod=mod", "GOPROXY=off"}})
	if err != nil {
		t.Fatal(err)
	}
	broken := make(map[string]string)
	for _, b := range program.Broken {
		broken[b.Path] = strings.Join(b.Texts(program), "\n")
	}
	const want = "b/b.go:5:16: a type comes from package example.com/missing/push, which is missing or does not compile"
	if got := broken["example.com/m/b"]; got != want {
		t.Errorf("b: %q, want %q", got, want)
	}
	if broken["example.com/m/a"] == "" {
		t.Errorf("a is not among the broken packages %v", broken)
	}
	if result, err := rewrite.Fix(t.Context(), &rewrite.FixOptions{Dir: dir, Env: []string{"GOFLAGS=-mod=mod", "GOPROXY=off"}, DryRun: true}); err != nil || len(result.Files) > 0 {
		t.Errorf("fix changes %v, error %v", result, err)
	}
}
