// SPDX-License-Identifier: Apache-2.0

//go:build race

package migrate_test

import (
	"flag"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWithoutDetector runs the tests of undetected in processes without the race detector.
func TestWithoutDetector(t *testing.T) {
	if testing.Short() {
		t.Skip("builds this test once more")
	}
	if flagsGiven() {
		t.Skip("the flags of this test say what to run")
	}
	// The go command has to know on which files the result depends.
	readGoldenCases(t, "")
	readTwinCases(t, "twins", twinSteps)
	readTwinCases(t, "native", nativeSteps)
	bin := filepath.Join(t.TempDir(), "migrate.test.exe")
	if out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-tags="+goldenTags, "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, tests := range undetected {
		t.Run(tests[0], func(t *testing.T) {
			t.Parallel()
			out, err := exec.CommandContext(t.Context(), bin, "-test.v", "-test.run=^("+strings.Join(tests, "|")+")$").CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, name := range tests {
				if !strings.Contains(string(out), "\n--- PASS: "+name+" ") {
					t.Errorf("%s did not run", name)
				}
			}
		})
	}
}

// skipUndetected skips a test that TestWithoutDetector runs, unless flags ask for something of it.
func skipUndetected(t *testing.T) {
	t.Helper()
	if flagsGiven() {
		return
	}
	if !slices.ContainsFunc(undetected, func(tests []string) bool { return slices.Contains(tests, t.Name()) }) {
		t.Fatal("TestWithoutDetector doesn't run this test")
	}
	t.Skip("runs without the race detector, by TestWithoutDetector")
}

// flagsGiven tells whether there are flags of this test, such as -golden.case.
func flagsGiven() (given bool) {
	flag.Visit(func(f *flag.Flag) { given = given || !strings.HasPrefix(f.Name, "test.") })
	return given
}

// skipTexts skips a test that compares rewritten texts of whole modules where it would only cost time.
func skipTexts(t *testing.T) {
	t.Helper()
	t.Skip("compares texts, which the race detector has nothing to add to; run without -race")
}

// undetected lists the tests that rewrite many modules or large ones: what one goroutine does. The race detector would
// have them take two or three times as long, and watches the same code in the other tests of Fix and Load. Those of a row
// run one after the other, the rows side by side.
var undetected = [][]string{
	{"TestGolden"},
	{"TestGoldenTwins", "TestGoldenNative", "TestFixBroughtTracers", "TestForeignTracers", "TestRewriteRandomPrograms"},
}
