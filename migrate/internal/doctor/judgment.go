// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// readers are what reads the variables of Jaeger's client in a build.
type readers struct {
	client, twin bool
	formats      bool            // jaeger.NewFormats, which the twin has, too
	named        map[string]bool // the variables that other code names
}

// readers looks for code that reads variables in the packages of the build.
func (e *examiner) readers() readers {
	r, names := readers{named: make(map[string]bool)}, make(map[string]bool)
	for _, set := range e.settings {
		names[set.name] = true
	}
	for _, pkg := range e.build() {
		switch pkg.PkgPath {
		case opentracing.JaegerPath + "/config":
			r.client = true
			continue
		case opentelemetry.JaegerTwinPath + "/config":
			r.twin, r.formats = true, true
			continue
		case opentelemetry.JaegerPath:
			r.formats = true
			continue
		case opentelemetry.ExportersPath:
			continue // it names variables to say that they are not used
		}
		for _, name := range goFiles(pkg.Dir) {
			data, err := os.ReadFile(name)
			if err != nil || !bytes.Contains(data, []byte(`JAEGER_`)) && !bytes.Contains(data, []byte(propagatorsVariable)) {
				continue
			}
			for name := range names {
				if bytes.Contains(data, []byte(`"`+name+`"`)) || bytes.Contains(data, []byte("`"+name+"`")) {
					r.named[name] = true
				}
			}
		}
	}
	return r
}

// goFiles returns the Go files in a folder that are not tests, whatever they are built for.
func goFiles(dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // then the package does not compile, which is said
	}
	for _, entry := range entries {
		if name := entry.Name(); entry.Type().IsRegular() && strings.HasSuffix(name, ".go") && !source.IsTestFile(name) {
			names = append(names, filepath.Join(dir, name))
		}
	}
	return names
}

// judgeSettings looks for variables of Jaeger's client that nothing reads, or that mean
// something else on its twin.
func (e *examiner) judgeSettings() {
	if len(e.settings) == 0 {
		return
	}
	readers := e.readers()
	for _, set := range e.settings {
		v, ok := lookupVariable(set.name)
		switch {
		case !ok, isJaegers(set.image), readers.named[v.name]:
			continue // its code knows what it means
		case v.name == propagationVariable && readers.formats:
			e.judgePropagation(set)
		case v.name == propagationVariable && readers.client:
			e.find(KindVariable, set.file, set.line, "Jaeger's client for Go does not read "+v.name+", and its twin does", v.instead(set))
		case readers.client:
			continue // Jaeger's client is still there, and knows it
		case readers.twin && v.twin == "":
			continue
		case readers.twin:
			if v.otel == endpointVariable && v.said(set) != "" {
				continue // which has precedence
			}
			e.find(KindVariable, set.file, set.line, fmt.Sprintf("%s %s", v.name, v.twin), v.beside(set))
		default:
			e.find(KindVariable, set.file, set.line, fmt.Sprintf("no code in the build names %s, so it does nothing for this module", v.name), v.instead(set))
		}
	}
}

// isJaegers tells whether an image is one of Jaeger's own programs, which have variables of
// their own.
func isJaegers(image string) bool {
	return strings.Contains(image, "jaegertracing/")
}
