// SPDX-License-Identifier: Apache-2.0

// Package migrate takes Go source code from the OpenTracing API to the
// OpenTelemetry API: it loads a module, finds every use of OpenTracing in it, and
// says what there is to do. The command ot2otel (migrate/cmd/ot2otel) is its front.
//
// # Loading
//
// [Load] type-checks the packages that match a set of patterns and returns a
// [Program]. A package that does not compile is named in [Program.Broken] and the
// others are still loaded, so that one bad file does not hide a code base.
//
// # What a use is
//
// Uses are found in the type information, by package path and object, never by
// spelling: import aliases, dot imports, promoted methods of an embedded span and
// method values are all seen, and a method of yours that happens to be called
// SetTag is not. [Uses] returns them; [NewReport] counts them.
//
// # Rewriting
//
// [Fix] rewrites a module, [NewAnalyzer] one package for a driver of go/analysis, and
// [Categories] are the reasons for which code stays as it is. How it is done is in the
// packages below internal: CONTRIBUTING.md has a line on each.
//
// # What this package knows
//
// It imports neither OpenTracing nor OpenTelemetry: both are strings to it. A
// program that is being migrated chooses its own versions of them.
package migrate
