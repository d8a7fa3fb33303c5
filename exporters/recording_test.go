// SPDX-License-Identifier: Apache-2.0

package exporters_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/exporters"
)

// recorded returns the names of the spans in a recording.
func recorded(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, span := range decodeLines(t, string(data)) {
		names = append(names, span.Name)
	}
	return names
}

func TestRecord(t *testing.T) {
	tests := []struct {
		explanation string
		env         string // OT2OTEL_RECORD
		config      exporters.Config
		want        string // of the line at start
		file        string // that has the span; "" for none
	}{
		{"by the configuration, beside none", "", exporters.Config{Record: "a.jsonl", Exporter: "none"}, "exporting to a.jsonl via record\n", "a.jsonl"},
		{"by the environment, beside a tree", "a.jsonl", exporters.Config{Exporter: "tree"}, "exporting to *bytes.Buffer via tree, to a.jsonl via record (OT2OTEL_RECORD)\n", "a.jsonl"},
		{"by the environment, beside memory alone", "a.jsonl", exporters.Config{Memory: &exporters.Memory{}}, "exporting to memory via memory, to a.jsonl via record (OT2OTEL_RECORD)\n", "a.jsonl"},
		{"the configuration wins", "b.jsonl", exporters.Config{Record: "a.jsonl", Exporter: "none"}, "exporting to a.jsonl via record\n", "a.jsonl"},
		{"neither", "", exporters.Config{Exporter: "none"}, "exporting nowhere (none)\n", ""},
		{"a variable of spaces counts as unset", "  ", exporters.Config{Exporter: "none"}, "exporting nowhere (none)\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t)
			t.Chdir(t.TempDir())
			if tt.env != "" {
				t.Setenv("OT2OTEL_RECORD", tt.env)
			}
			var out, log bytes.Buffer
			tt.config.Output, tt.config.Log, tt.config.ServiceName = &out, &log, "shop"
			provider, err := exporters.NewProvider(context.Background(), &tt.config)
			if err != nil {
				t.Fatal(err)
			}
			_, span := provider.Tracer("t").Start(context.Background(), "op")
			span.End()
			if want := "exporters: shop: " + tt.want; log.String() != want {
				t.Errorf("the line at start is %q, want %q", log.String(), want)
			}
			files, err := filepath.Glob("*")
			if err != nil {
				t.Fatal(err)
			}
			if tt.file == "" {
				if len(files) > 0 {
					t.Errorf("there are files %v", files)
				}
			} else {
				// Before Shutdown: a process that is killed has recorded what has ended.
				if diff := cmp.Diff([]string{"op"}, recorded(t, tt.file)); diff != "" {
					t.Errorf("recorded (-want +got):\n%s", diff)
				}
				if info, err := os.Stat(tt.file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
					t.Errorf("mode %v, %v: a recording may hold secrets", info.Mode(), err)
				}
			}
			if err := provider.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Providers append, so that all test binaries of one go test record in one file.
func TestRecordIsShared(t *testing.T) {
	cleanEnvironment(t)
	file := filepath.Join(t.TempDir(), "spans.jsonl")
	if err := os.WriteFile(file, []byte(`{"Name":"before"}`+"\n"+`{"Name":"cut`), 0o600); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		provider, err := exporters.NewProvider(context.Background(), &exporters.Config{Record: file, Exporter: "none", Quiet: true})
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for range 50 {
				_, span := provider.Tracer("t").Start(context.Background(), fmt.Sprint(i))
				span.End()
			}
			if err := provider.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
			_, late := provider.Tracer("t").Start(context.Background(), "late")
			late.End()
		})
	}
	wg.Wait()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rest, ok := strings.CutPrefix(string(data), `{"Name":"before"}`+"\n"+`{"Name":"cut`+"\n")
	if !ok {
		t.Fatalf("what was there is not as it was, with its last line ended:\n%.100s", data)
	}
	counts := make(map[string]int)
	for _, span := range decodeLines(t, rest) {
		counts[span.Name]++
	}
	if diff := cmp.Diff(map[string]int{"0": 50, "1": 50, "2": 50, "3": 50}, counts); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
}

func TestRecordInNoFile(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ explanation, name, want string }{
		{"a folder", dir, "is not a regular file: name a file that can be written"},
		{"a device, which might be a pipe that nobody reads", os.DevNull, "is not a regular file"},
		{"a folder that is not there", filepath.Join(dir, "missing", "spans.jsonl"), "no such file or directory"},
		{"a name that drives a terminal", dir + "\x1b[2J/a", `\x1b[2J/a": `},
	} {
		t.Run(tt.explanation, func(t *testing.T) {
			cleanEnvironment(t)
			t.Setenv("OT2OTEL_RECORD", tt.name)
			_, err := exporters.NewProvider(context.Background(), &exporters.Config{Exporter: "none", Quiet: true})
			if err == nil || !strings.HasPrefix(err.Error(), "exporters: OT2OTEL_RECORD=") || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("error %q, want %q in it", err, tt.want)
			}
		})
	}
}
