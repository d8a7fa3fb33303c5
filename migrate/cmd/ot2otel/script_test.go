// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var updateScripts = flag.Bool("update", false, "store what commands print in the files that scripts compare it with")

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"ot2otel": main})
}

// tests are those of this package. They leave no command behind.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer func() { os.RemoveAll(usersCommand.folder) }()
	return t.M.Run()
}

// TestScripts runs the command as a user does, in a fresh folder per script.
//
// The modules in the scripts use the real opentracing-go. It comes out of the
// module cache that this module's own tests have filled, so no network is needed
// where those run: the scripts see the same GOMODCACHE, GOPROXY and GOSUMDB, and
// every go.mod without a go.sum gets this repository's, which has the hashes.
func TestScripts(t *testing.T) {
	goEnv := goEnvironment(t)
	sums := knownSums(t)
	bin := commandAsUsersHaveIt(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		UpdateScripts:       *updateScripts,
		Setup: func(env *testscript.Env) error {
			for name, value := range goEnv {
				env.Setenv(name, value)
			}
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
			// Where the user's cache folder is, on every system.
			home := filepath.Join(env.WorkDir, ".tmp", "home")
			if err := os.MkdirAll(home, 0o700); err != nil {
				return err
			}
			for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
				env.Setenv(name, home)
			}
			return filepath.WalkDir(env.WorkDir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.Name() != "go.mod" {
					return err
				}
				sum := filepath.Join(filepath.Dir(path), "go.sum")
				if _, err := os.Stat(sum); err == nil {
					return nil
				}
				return os.WriteFile(sum, sums, 0o666)
			})
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"validjson": validJSON,
		},
	})
}

// goEnvironment returns the variables by which the go command finds its caches.
func goEnvironment(t *testing.T) map[string]string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOTOOLCHAIN"}
	out, err := exec.Command("go", append([]string{"env", "-json"}, names...)...).Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	env := make(map[string]string)
	if err := json.Unmarshal(out, &env); err != nil {
		t.Fatalf("go env: %v", err)
	}
	env["GOFLAGS"], env["GOWORK"] = "", ""
	return env
}

// usersCommand is the command as users have it, which is built once.
var usersCommand struct {
	once   sync.Once
	folder string
	err    error
}

// commandAsUsersHaveIt returns the folder of the command, built without the race detector,
// which would have the scripts take twice the time. TestInterruptedFix and the tests that
// call the command in their own process run all of it under the detector.
func commandAsUsersHaveIt(t *testing.T) string {
	t.Helper()
	usersCommand.once.Do(func() {
		if usersCommand.folder, usersCommand.err = os.MkdirTemp("", "ot2otel"); usersCommand.err != nil {
			return
		}
		build := exec.Command("go", "build", "-buildvcs=false", "-o", usersCommand.folder+string(filepath.Separator), ".")
		if out, err := build.CombinedOutput(); err != nil {
			usersCommand.err = fmt.Errorf("%v: %v\n%s", build, err, out)
		}
	})
	if usersCommand.err != nil {
		t.Fatal(usersCommand.err)
	}
	return usersCommand.folder
}

// callAsUsersDo runs the command, built as users have it, in the working directory. It returns
// the exit code and all that was printed.
func callAsUsersDo(t *testing.T, folder string, args ...string) (code int, said string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(folder, "ot2otel"), args...).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), string(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return exitOK, string(out)
}

// raceOptions returns the value of GORACE for the processes of t. They don't sleep for
// a second before they exit, which is most of what the scripts would take, and a race
// fails t although a script may expect that the process fails.
func raceOptions(t *testing.T) string {
	t.Helper()
	log := filepath.Join(t.TempDir(), "race")
	t.Cleanup(func() {
		reports, err := filepath.Glob(log + ".*") // one for each process, by its id
		if err != nil {
			t.Error(err)
		}
		for _, name := range reports {
			report, err := os.ReadFile(name)
			t.Errorf("%s: %v\n%s", name, err, report)
		}
	})
	return "atexit_sleep_ms=0 log_path=" + log
}

// knownSums returns the lines of the go.sum files of this repository that the
// scripts may need.
func knownSums(t *testing.T) []byte {
	t.Helper()
	var sums bytes.Buffer
	for _, name := range []string{"go.sum", "examples/legacy/go.sum"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		sums.Write(data)
	}
	return sums.Bytes()
}

// validJSON checks that files ("stdout" for the last command's) are JSON.
func validJSON(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		if valid := json.Valid([]byte(ts.ReadFile(name))); valid == neg {
			ts.Fatalf("%s: valid JSON is %v", name, valid)
		}
	}
}

func TestProgressOnTerminal(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/m\n\ngo 1.26\n", "m.go": "package m\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, tt := range []struct {
		terminal    bool
		want        string
		explanation string
	}{
		{true, "loading ./... …\r\033[K", "a terminal sees what is going on, and then a clean line"},
		{false, "", "a pipe or a log sees nothing"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), stdio{out: &out, err: &errs, terminal: tt.terminal}, []string{"report"})
		if code != exitOK || errs.String() != tt.want {
			t.Errorf("terminal %v: code %d, stderr %q, want %q: %s", tt.terminal, code, errs.String(), tt.want, tt.explanation)
		}
		if !strings.HasPrefix(out.String(), "No OpenTracing found in example.com/m\n") {
			t.Errorf("terminal %v: stdout is %q: progress must leave the result alone", tt.terminal, out.String())
		}
	}
}

// What programs use is whole, unless a terminal shows it.
func TestWholeOnTerminal(t *testing.T) {
	dir := t.TempDir()
	source := "package m\n\nimport \"github.com/opentracing/opentracing-go\"\n\n// \x1b[31m\u202e\nfunc f() { opentracing.StartSpan(\"m\").Finish() }\n"
	for name, text := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26\n\nrequire github.com/opentracing/opentracing-go v1.2.0\n",
		"go.sum": string(knownSums(t)), "m.go": source, "m\u009b.go": strings.ReplaceAll(source, "f()", "g()"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Skip(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOWORK", "off")
	t.Setenv("NO_COLOR", "")
	for _, args := range [][]string{{"fix", "-diff"}, {"report", "-format=json"}, {"report", "-format=sarif"}, {"report", "-format=markdown"}, {"report"}, {"report", "-v"}} {
		for _, onTerminal := range []bool{true, false} {
			var out, errs bytes.Buffer
			if code := run(t.Context(), stdio{out: &out, err: &errs, outTerminal: onTerminal}, args); code != exitOK {
				t.Fatalf("%v: code %d\n%s", args, code, errs.String())
			}
			bold := strings.Contains(out.String(), "\x1b[1mOpenTracing in example.com/m")
			if want := onTerminal && args[0] == "report" && (len(args) == 1 || args[1] == "-v"); bold != want {
				t.Errorf("%v, terminal %v: a bold title is %v\n%q", args, onTerminal, bold, out.String())
			}
			raw := strings.ContainsAny(strings.NewReplacer("\x1b[1m", "", "\x1b[0m", "").Replace(out.String()), "\x1b\u202e\u009b")
			if onTerminal && raw {
				t.Errorf("%v: a terminal gets %q", args, out.String())
			}
			if args[0] == "report" && len(args) > 1 && raw {
				t.Errorf("%v: what can't be seen is raw: %q", args, out.String())
			}
			if !onTerminal && args[0] == "fix" && !raw {
				t.Errorf("%v: a pipe gets %q, which can't be applied", args, out.String())
			}
		}
	}
}

// treeOf returns the text of every file, by name.
func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	tree := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		tree[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
