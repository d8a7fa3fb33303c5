// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/goproxytest"
	"golang.org/x/tools/txtar"
)

// outgrown has modules that a proxy serves, and app, which imports dep: an early version of
// dep is built on a package that OpenTelemetry has not had since v1.
const outgrown = `
-- proxy/go.opentelemetry.io_otel_v0.16.0/go.mod --
module go.opentelemetry.io/otel

go 1.14
-- proxy/go.opentelemetry.io_otel_v0.16.0/label/label.go --
package label

type Key string
-- proxy/example.com_dep_v1.0.0/go.mod --
module example.com/dep

go 1.16

require go.opentelemetry.io/otel v0.16.0
-- proxy/example.com_dep_v1.0.0/dep.go --
package dep

import "go.opentelemetry.io/otel/label"

func Key() string { return string(label.Key("dep")) }
-- proxy/example.com_dep_v1.1.0/go.mod --
module example.com/dep

go 1.16
-- proxy/example.com_dep_v1.1.0/dep.go --
package dep

func Key() string { return "dep" }
-- app/go.mod --
module example.com/app

go 1.21

require (
	example.com/dep v1.0.0
	github.com/opentracing/opentracing-go v1.2.0
)

require go.opentelemetry.io/otel v0.16.0 // indirect
-- app/app.go --
package app

import (
	"context"

	"github.com/opentracing/opentracing-go"

	"example.com/dep"
)

func Run(ctx context.Context) {
	span, _ := opentracing.StartSpanFromContext(ctx, "run")
	defer span.Finish()
	span.SetTag(dep.Key(), 1)
}
`

// TestFixGetOutgrown builds a module after fix -get whose dependency can't be built with the
// OpenTelemetry that the new code needs: go get takes a later version of it.
func TestFixGetOutgrown(t *testing.T) {
	goEnv := goEnvironment(t)
	folder := t.TempDir()
	for _, file := range txtar.Parse([]byte(outgrown)).Files {
		name := filepath.Join(folder, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, file.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	proxy := goproxytest.NewTestServer(t, filepath.Join(folder, "proxy"), "")
	known := "file://" + filepath.ToSlash(filepath.Join(goEnv["GOMODCACHE"], "cache", "download"))
	env := append(os.Environ(), "GOPROXY="+proxy.URL+","+known+",off", "GONOPROXY=none", "GOSUMDB=off",
		"GOMODCACHE="+filepath.Join(folder, "modules"), "GOFLAGS=-mod=mod -modcacherw -trimpath", "GOWORK=off")
	run := func(name string, args ...string) (string, error) {
		command := exec.CommandContext(t.Context(), name, args...)
		command.Dir, command.Env = filepath.Join(folder, "app"), env
		out, err := command.CombinedOutput()
		return string(out), err
	}
	bin := filepath.Join(commandAsUsersHaveIt(t), "ot2otel")
	if out, err := run("go", "build", "./..."); err != nil {
		t.Fatalf("before fix: %v\n%s", err, out)
	}
	out, err := run(bin, "fix", "-force", "-get")
	if err != nil {
		t.Fatalf("fix -get: %v\n%s", err, out)
	}
	if want := "example.com/dep@v1.0.0 is built on an OpenTelemetry from before v1"; !strings.Contains(out, want) {
		t.Errorf("fix -get doesn't say %q:\n%s", want, out)
	}
	if out, err := run("go", "vet", "./..."); err != nil {
		t.Errorf("after fix -get: %v\n%s", err, out)
	}
	if out, err := run("go", "list", "-m", "example.com/dep"); err != nil || !strings.Contains(out, "v1.1.0") {
		t.Errorf("the dependency: %s, %v, want v1.1.0", out, err)
	}
}
