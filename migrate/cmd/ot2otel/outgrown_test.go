// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
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

// outgrownLogs has an app that exports logs by a version of OpenTelemetry's SDK that is built on
// its log API from before v1. The rewritten code needs compat, which brings a later one.
const outgrownLogs = `
-- proxy/go.opentelemetry.io_otel_log_v0.20.0/go.mod --
module go.opentelemetry.io/otel/log

go 1.21
-- proxy/go.opentelemetry.io_otel_log_v0.20.0/log.go --
package log

type Gone string
-- proxy/go.opentelemetry.io_otel_sdk_log_v0.20.0/go.mod --
module go.opentelemetry.io/otel/sdk/log

go 1.21

require go.opentelemetry.io/otel/log v0.20.0
-- proxy/go.opentelemetry.io_otel_sdk_log_v0.20.0/log.go --
package log

import "go.opentelemetry.io/otel/log"

func Key() string { return string(log.Gone("dep")) }
-- proxy/go.opentelemetry.io_otel_sdk_log_v1.47.0/go.mod --
module go.opentelemetry.io/otel/sdk/log

go 1.26

require go.opentelemetry.io/otel/log v1.47.0
-- proxy/go.opentelemetry.io_otel_sdk_log_v1.47.0/log.go --
package log

func Key() string { return "dep" }
-- proxy/go.opentelemetry.io_otel_v1.44.0/go.mod --
module go.opentelemetry.io/otel

go 1.21
-- proxy/go.opentelemetry.io_otel_v1.44.0/otel.go --
package otel

const Old = true
-- app/go.mod --
module example.com/app

go 1.26

require (
	github.com/opentracing/opentracing-go v1.2.0
	go.opentelemetry.io/otel v1.44.0
	go.opentelemetry.io/otel/sdk/log v0.20.0
)

require go.opentelemetry.io/otel/log v0.20.0 // indirect

replace github.com/ot2otel/ot2otel => REPOSITORY
-- app/app.go --
package app

import (
	"context"

	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/otel/sdk/log"
)

type own struct{ opentracing.Span }

func (o own) SetTag(key string, value interface{}) opentracing.Span { return o.Span.SetTag(key, value) }

func Run(ctx context.Context) {
	span, _ := opentracing.StartSpanFromContext(ctx, "run")
	defer span.Finish()
	var o opentracing.Span = own{span}
	o.SetTag(log.Key(), 1)
}
`

// TestFixGetOutgrown builds modules after fix -get whose dependency can't be built with the
// OpenTelemetry that the new code needs: go get takes a later version of it.
func TestFixGetOutgrown(t *testing.T) {
	for _, tt := range []struct{ name, files, says, module, version string }{
		{"a library from before v1", outgrown, "example.com/dep@v1.0.0 is built on an OpenTelemetry from before v1", "example.com/dep", "v1.1.0"},
		{"logs from before v1", outgrownLogs, "go.opentelemetry.io/otel/sdk/log@v0.20.0 is built on an OpenTelemetry from before v1", "go.opentelemetry.io/otel/sdk/log", "v1.47.0"},
	} {
		t.Run(tt.name, func(t *testing.T) { fixOutgrown(t, tt.files, tt.says, tt.module, tt.version) })
	}
}

func fixOutgrown(t *testing.T, files, says, dependency, version string) {
	goEnv := goEnvironment(t)
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, file := range txtar.Parse([]byte(strings.Replace(files, "REPOSITORY", root, 1))).Files {
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
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == exitFindings {
		err = nil // some uses stay
	}
	if err != nil {
		t.Fatalf("fix -get: %v\n%s", err, out)
	}
	if !strings.Contains(out, says) {
		t.Errorf("fix -get doesn't say %q:\n%s", says, out)
	}
	if out, err := run("go", "vet", "./..."); err != nil {
		t.Errorf("after fix -get: %v\n%s", err, out)
	}
	if out, err := run("go", "list", "-m", dependency); err != nil || !strings.Contains(out, version) {
		t.Errorf("the dependency: %s, %v, want %s", out, err, version)
	}
}
