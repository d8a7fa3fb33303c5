// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	modulepath "golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

// A module is a go.mod file.
type module struct {
	name string // of the file, as findings have it
	file *modfile.File
}

// readModule reads the go.mod file in a folder.
func (e *examiner) readModule(dir string) {
	if m := e.parseModule(dir); m != nil {
		e.modules = append(e.modules, m)
	}
}

// parseModule returns the go.mod file in a folder; nil where it can't be read or does not
// parse, which is noted.
func (e *examiner) parseModule(dir string) *module {
	name := e.rel(filepath.Join(dir, "go.mod"))
	data, err := readModFile(dir)
	if err != nil {
		e.miss(name, "it can't be read: "+reasonOf(err))
		return nil
	}
	file, err := modfile.Parse(name, data, nil)
	if err != nil {
		e.miss(name, "it does not parse: "+firstLine(err))
		return nil
	}
	e.diagnosis.Files++
	return &module{name, file}
}

func readModFile(dir string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return readFile(root, "go.mod")
}

// requires returns the line of a module that go.mod itself requires, 0 if it does not.
func (m *module) requires(path string) int {
	for _, r := range m.file.Require {
		if r.Mod.Path == path && !r.Indirect {
			return r.Syntax.Start.Line
		}
	}
	return 0
}

// version returns the version of a module that go.mod requires, "" for none.
func (m *module) version(path string) string {
	for _, r := range m.file.Require {
		if r.Mod.Path == path {
			return r.Mod.Version
		}
	}
	return ""
}

// replaced returns the directive that replaces a module, or nil.
func (m *module) replaced(mod modulepath.Version) *modfile.Replace {
	for _, r := range m.file.Replace {
		if r.Old.Path == mod.Path && (r.Old.Version == "" || r.Old.Version == mod.Version) {
			return r
		}
	}
	return nil
}

// judgeVersions looks for OpenTelemetry modules at other versions than the bridge, where the
// module needs the bridge, and for those that are replaced.
func (e *examiner) judgeVersions(m *module) {
	var together []*modfile.Require
	bridge, otel, highest := "", "", ""
	for _, r := range m.file.Require {
		if !releasedWithBridge(r.Mod) {
			continue
		}
		together = append(together, r)
		if semver.Compare(r.Mod.Version, highest) > 0 {
			highest = r.Mod.Version
		}
		switch r.Mod.Path {
		case opentelemetry.BridgePath:
			bridge = r.Mod.Version
		case opentelemetry.OTelPath:
			otel = r.Mod.Version
		}
	}
	if bridge == "" {
		return // nothing ties otel to a version
	}
	for _, r := range together {
		e.judgeReplaced(m, r.Mod, highest, bridge, "go mod edit")
	}
	at := slices.IndexFunc(together, func(r *modfile.Require) bool { return r.Mod.Version != highest })
	if at < 0 {
		return
	}
	reason := fmt.Sprintf("%s is at %s and others at %s: OpenTelemetry releases and tests these modules together", together[at].Mod.Path, together[at].Mod.Version, highest)
	if otel != "" && otel != bridge {
		at = slices.IndexFunc(together, func(r *modfile.Require) bool { return r.Mod.Path == opentelemetry.BridgePath })
		reason = fmt.Sprintf("the bridge is at %s and otel at %s: the bridge uses internals of otel, and is made for its own version only", bridge, otel)
	}
	get := []string{"go", "get"}
	for _, r := range together {
		get = append(get, r.Mod.Path+"@"+highest)
	}
	e.find(KindVersions, m.name, together[at].Syntax.Start.Line, reason, strings.Join(get, " "))
}

// judgeReplaced looks whether a module is replaced by another version than the highest; edit
// is the command that changes the file.
func (e *examiner) judgeReplaced(m *module, mod modulepath.Version, highest, bridge, edit string) {
	by := m.replaced(mod)
	if by == nil || by.New.Version == highest && by.New.Path == mod.Path {
		return
	}
	with := strings.TrimSpace(by.New.Path + " " + by.New.Version)
	old := by.Old.Path
	if by.Old.Version != "" {
		old += "@" + by.Old.Version
	}
	e.find(KindReplace, m.name, by.Syntax.Start.Line,
		fmt.Sprintf("%s is replaced by %s, whatever version is required: the bridge %s is made for the otel of its own version", by.Old.Path, with, bridge),
		edit+" -dropreplace="+old)
}

// releasedWithBridge tells the modules that OpenTelemetry releases together with its bridge.
// Those at v0 have versions of their own, and some modules are not released any more.
func releasedWithBridge(mod modulepath.Version) bool {
	below, ok := strings.CutPrefix(mod.Path, opentelemetry.OTelPath)
	if !ok || below != "" && below[0] != '/' || semver.Major(mod.Version) != "v1" || modulepath.CheckPath(mod.Path) != nil {
		return false
	}
	switch below {
	case "/exporters/jaeger", "/exporters/otlp/internal/retry":
		return false
	}
	return true
}
