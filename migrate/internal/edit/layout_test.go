// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"go/format"
	rand "math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// Lines that a rewrite leaves alone stay as they are on disk.
func TestKeepLayout(t *testing.T) {
	const tidy = "package p\n\nfunc f() {\n\ta := 1\n\tb := 2\n\tprint(a, b)\n}\n"
	change := func(text string) string { return strings.Replace(text, "b := 2", "b := 3", 1) }
	crlf := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	const loose = "package p\n\n\n\nfunc   f( ) {\n  a:=1 // one\n  b := 2\n\n\n  print( a,b )\n}\n"
	for _, test := range []struct{ explanation, disk, formatted, want string }{
		{"a tidy file", tidy, change(tidy), change(tidy)},
		{"line ends of Windows", crlf(tidy), change(tidy), crlf(change(tidy))},
		{"new lines get the line ends of the file", crlf(tidy), strings.Replace(tidy, "\tb := 2\n", "\tb := 2\n\tc := 3\n", 1), crlf(strings.Replace(tidy, "\tb := 2\n", "\tb := 2\n\tc := 3\n", 1))},
		{
			"a file that gofmt would change", loose,
			"package p\n\nfunc f() {\n\ta := 1 // one\n\tb := 3\n\n\tprint(a, b)\n}\n",
			"package p\n\n\n\nfunc   f( ) {\n  a:=1 // one\n\tb := 3\n\n\n  print( a,b )\n}\n",
		},
		{
			"both", crlf(loose),
			"package p\n\nfunc f() {\n\ta := 1 // one\n\tb := 3\n\n\tprint(a, b)\n}\n",
			crlf("package p\n\n\n\nfunc   f( ) {\n  a:=1 // one\n\tb := 3\n\n\n  print( a,b )\n}\n"),
		},
	} {
		got := KeepLayout([]byte(test.disk), []byte(test.formatted))
		if diff := cmp.Diff(test.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.explanation, diff)
		}
	}
}

// Whatever the layout and the change, the text is the same to gofmt, and a text that
// did not change is left alone.
func TestKeepLayoutAnywhere(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	const tidy = "package p\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\n// f does.\nfunc f() {\n\ta := 1 // one\n\tlong := 2 // two\n\n\tif a > long {\n\t\tfmt.Println(a, long)\n\t}\n\tos.Exit(a)\n}\n\nfunc g() { f() }\n"
	for range 300 {
		disk := strings.Split(tidy, "\n")
		for range rnd.IntN(6) {
			i := rnd.IntN(len(disk))
			switch rnd.IntN(4) {
			case 0:
				disk[i] = strings.ReplaceAll(disk[i], "\t", "   ")
			case 1:
				disk[i] = strings.ReplaceAll(disk[i], ", ", " ,")
			case 2:
				disk[i] += "\r"
			default:
				if disk[i] == "" {
					disk = slices.Insert(disk, i, "", "")
				}
			}
		}
		old := strings.Join(disk, "\n")
		tidied, err := format.Source(source.UnixLines([]byte(old)))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(tidied), "\n")
		if same := KeepLayout([]byte(old), tidied); string(same) != old {
			t.Fatalf("a text that did not change (-want +got):\n%s", cmp.Diff(old, string(same)))
		}
		at := rnd.IntN(len(lines))
		changed := slices.Clone(lines)
		if rnd.IntN(2) == 0 {
			changed = slices.Delete(changed, at, min(at+1+rnd.IntN(2), len(lines)))
		} else {
			changed = slices.Insert(changed, at, "// a new line\n")
		}
		formatted, err := format.Source([]byte(strings.Join(changed, "")))
		if err != nil {
			continue // no Go any more
		}
		got := KeepLayout([]byte(old), formatted)
		again, err := format.Source(source.UnixLines(got))
		if err != nil || string(again) != string(formatted) {
			t.Fatalf("gofmt makes something else of it (%v):\n%s", err, cmp.Diff(string(formatted), string(again)))
		}
	}
}
