// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	modulepath "golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// A workspace is a go.work file, and the modules that it builds together.
type workspace struct {
	module // its file has the replacements of go.work
	of     []*member
}

// A member is a module of a workspace.
type member struct {
	*module
	dir string // as commands have it, relative to the workspace
}

// readWorkspace reads the go.work file in force, if there is one, and the go.mod files of
// its modules.
func (e *examiner) readWorkspace(ctx context.Context, dir string) {
	var work *source.Workspace
	if e.program != nil {
		work = e.program.Workspace
	} else if _, found, err := source.FindModule(ctx, &source.LoadOptions{Dir: dir}); err == nil { // else the load has failed for it
		work = found
	}
	if work == nil {
		return
	}
	name := e.rel(work.File)
	data, err := os.ReadFile(work.File)
	if err != nil {
		e.miss(name, "it can't be read: "+reasonOf(err))
		return
	}
	file, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		e.miss(name, "it does not parse: "+firstLine(err))
		return
	}
	e.diagnosis.Files++
	e.workspace = &workspace{module: module{name, &modfile.File{Replace: file.Replace}}}
	for _, dir := range work.Modules {
		m := e.moduleIn(dir)
		if m == nil {
			continue
		}
		rel, err := filepath.Rel(filepath.Dir(work.File), dir)
		if err != nil {
			rel = dir
		}
		e.workspace.of = append(e.workspace.of, &member{m, filepath.ToSlash(rel)})
	}
}

// moduleIn returns the go.mod file in a folder, nil where it is not there or does not
// parse.
func (e *examiner) moduleIn(dir string) *module {
	name := e.rel(filepath.Join(dir, "go.mod"))
	for _, m := range e.modules {
		if m.name == name {
			return m
		}
	}
	return e.parseModule(dir)
}

// selected is the version of a module that a workspace builds, the highest that is required.
type selected struct {
	version string
	by      *member
	line    int // of its go.mod
}

func (s selected) mod(path string) modulepath.Version {
	return modulepath.Version{Path: path, Version: s.version}
}

// judgeWorkspace looks for OpenTelemetry modules at other versions than the bridge among
// those that the modules of a workspace require together, and for those that are replaced.
func (e *examiner) judgeWorkspace() {
	if e.workspace == nil {
		return
	}
	build := make(map[string]selected)
	highest := ""
	for _, m := range e.workspace.of {
		for _, r := range m.file.Require {
			if !releasedWithBridge(r.Mod) {
				continue
			}
			if semver.Compare(r.Mod.Version, build[r.Mod.Path].version) > 0 {
				build[r.Mod.Path] = selected{r.Mod.Version, m, r.Syntax.Start.Line}
			}
			if semver.Compare(r.Mod.Version, highest) > 0 {
				highest = r.Mod.Version
			}
		}
	}
	bridge, ok := build[opentelemetry.BridgePath]
	if !ok {
		return
	}
	for _, path := range slices.Sorted(maps.Keys(build)) {
		e.judgeReplaced(&e.workspace.module, build[path].mod(path), highest, bridge.version, "go work edit")
		for _, m := range e.workspace.of {
			if m.version(opentelemetry.BridgePath) == "" && m.version(path) != "" { // else it is judged by itself
				e.judgeReplaced(m.module, build[path].mod(path), highest, bridge.version, goIn(m.dir, "mod edit"))
			}
		}
	}
	if slices.ContainsFunc(e.diagnosis.Findings, func(f Finding) bool { return f.Kind == KindVersions }) {
		return // of a module, which comes first
	}
	low := slices.DeleteFunc(slices.Sorted(maps.Keys(build)), func(path string) bool { return build[path].version == highest })
	if len(low) == 0 {
		return
	}
	at := build[low[0]]
	reason := fmt.Sprintf("the workspace builds %s %s with others at %s: OpenTelemetry releases and tests these modules together", low[0], at.version, highest)
	if otel, ok := build[opentelemetry.OTelPath]; ok && otel.version != bridge.version {
		at = bridge
		reason = fmt.Sprintf("the workspace builds the bridge %s of %s with otel %s of %s: the bridge uses internals of otel, and is made for its own version only",
			bridge.version, bridge.by.name, otel.version, otel.by.name)
	}
	gets := make(map[string][]string)
	for _, path := range low {
		dir := build[path].by.dir
		gets[dir] = append(gets[dir], path+"@"+highest)
	}
	var commands []string
	for _, dir := range slices.Sorted(maps.Keys(gets)) {
		commands = append(commands, goIn(dir, "get")+" "+strings.Join(gets[dir], " "))
	}
	e.find(KindVersions, at.by.name, at.line, reason, strings.Join(commands, " && "))
}

// goIn returns a command of go in a folder.
func goIn(dir, command string) string {
	if dir == "." {
		return "go " + command
	}
	return "go -C " + dir + " " + command
}
