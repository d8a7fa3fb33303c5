// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate"
)

// TestReadmeDocumentsReport holds the README to the JSON form of a report: every
// field of it is named there, and every name there is a field.
func TestReadmeDocumentsReport(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(readme), "## `report -format json`")
	if !ok {
		t.Fatal("README.md has no section on report -format json")
	}
	section, _, _ = strings.Cut(section, "`-format sarif`")
	documented := make(map[string]bool)
	for _, m := range regexp.MustCompile("`([a-zA-Z]+)(?:\\[\\])?`").FindAllStringSubmatch(section, -1) {
		documented[m[1]] = true
	}
	fields := make(map[string]bool)
	jsonFields(reflect.TypeFor[migrate.Report](), fields)
	for name := range fields {
		if !documented[name] {
			t.Errorf("README.md does not say what %q in the report is", name)
		}
	}
	for name := range documented {
		if !fields[name] {
			t.Errorf("README.md names %q, which is no field of the report", name)
		}
	}
}

// jsonFields adds the JSON names of the fields of t and of the types in them.
func jsonFields(t reflect.Type, names map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		jsonFields(t.Elem(), names)
	case reflect.Struct:
		for f := range t.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				names[name] = true
			}
			jsonFields(f.Type, names)
		}
	}
}

// TestReadmeNamesCommands keeps the README's commands and flags alive.
func TestReadmeNamesCommands(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`ot2otel ([a-z]+)((?: -[a-z]+)*)`).FindAllStringSubmatch(string(readme), -1) {
		name, flags := m[1], strings.Fields(m[2])
		if name == "help" {
			continue
		}
		var out strings.Builder
		if code := run(t.Context(), stdio{out: &out, err: &out}, []string{"help", name}); code != exitOK {
			t.Errorf("README.md has %q, but there is no command %q", m[0], name)
			continue
		}
		for _, flag := range flags {
			if !strings.Contains(out.String(), "\n  "+flag) {
				t.Errorf("README.md has %q, but %s has no flag %s", m[0], name, flag)
			}
		}
	}
}
