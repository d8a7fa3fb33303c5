// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"strings"

	"github.com/ot2otel/ot2otel/migrate"
)

func doctorCommand() *command {
	return &command{
		name:  "doctor",
		args:  "[flags] [packages]",
		short: "find what compiles and breaks a migration all the same",
		long: `Doctor looks for mistakes that the compiler misses or finds late. Each finding has its
file and line, the reason, and the fix. It looks at

	go.mod, go.work
	               OpenTelemetry modules at another version than the bridge, or replaced
	code           other tracers, providers beside Install, assertions on Jaeger's types,
	               two middlewares on one path, headers of peers that nothing reads
	.env files, Dockerfiles and YAML files of Compose, Kubernetes and others
	               JAEGER_* variables that nothing reads, or that mean something else

Doctor does not run the program and writes no file. It looks for files below the root of the
module, except in vendor, node_modules, testdata, .git and other modules. Symbolic links,
files larger than 1 MiB, and templates with {{ }} that are not YAML are listed, not read.

The exit code is 1 when there are findings, and 3 when something could not be looked at,
such as a package that does not compile, or a manifest that does not parse.`,
		run: runDoctor,
	}
}

func runDoctor(ctx context.Context, cmd *command, std stdio, args []string) int {
	var (
		flags  = newFlags(cmd)
		load   loadFlags
		format = flags.String("format", "text", "format of the result: "+strings.Join(textOrJSON, ", "))
	)
	load.register(flags)
	patterns, code, done := parseFlags(cmd, flags, std, args)
	if done {
		return code
	}
	if code, ok := checkFormat(std, cmd, *format, textOrJSON); !ok {
		return code
	}
	opts := load.options()
	program, loadErr := loadProgram(ctx, std, opts, patterns)
	if _, is := errors.AsType[*migrate.PatternError](loadErr); is {
		return failure(std, loadErr)
	}
	if err := ctx.Err(); err != nil {
		return failure(std, err)
	}
	diagnosis, err := migrate.Examine(ctx, opts.Dir, program)
	if err != nil {
		return failure(std, err)
	}
	if loadErr != nil {
		failure(std, loadErr)
		diagnosis.Gaps = append(diagnosis.Gaps, migrate.Gap{File: strings.Join(orAll(patterns), " "), Reason: "the packages can't be loaded: " + loadErr.Error()})
	}
	if *format == "json" {
		err = diagnosis.WriteJSON(std.whole())
	} else {
		err = diagnosis.WriteText(std.out)
	}
	switch {
	case err != nil:
		return failure(std, err)
	case !diagnosis.Complete():
		return exitFailure
	case len(diagnosis.Findings) > 0:
		return exitFindings
	}
	return exitOK
}
