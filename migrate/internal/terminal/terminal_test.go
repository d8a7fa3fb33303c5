// SPDX-License-Identifier: Apache-2.0

package terminal_test

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

func TestText(t *testing.T) {
	for _, tt := range []struct{ in, want, explanation string }{
		{"internal/orders/service.go:12", "internal/orders/service.go:12", "a name that is fine stays"},
		{"naïve/Größe/日本/→ …", "naïve/Größe/日本/→ …", "letters of all scripts stay"},
		{`C:\src\a.go`, `C:\src\a.go`, "a backslash stays, as in paths of Windows"},
		{"a\x1b[31mb", `a\x1b[31mb`, "ESC begins a command to the terminal"},
		{"a\ab\bc\vd", `a\ab\bc\vd`, "BEL rings, BS goes back"},
		{"a\r\nb\tc", `a\r\nb\tc`, "one line stays one line"},
		{"a\x7fb", `a\x7fb`, "DEL"},
		{"a\u009b31mb", `a\u009b31mb`, "CSI is a control character of its own"},
		{"a\x9bb\xffc", `a\x9bb\xffc`, "bytes that are not UTF-8 may be control characters of another encoding"},
		{"a\u202eog.b\u2066c", `a\u202eog.b\u2066c`, "marks of direction make gob.go of og.bog"},
		{"a\u200bb\ufeffc\u00add", `a\u200bb\ufeffc\u00add`, "characters without a width hide differences"},
		{"a\u2028b\u2029c\u0085d", `a\u2028b\u2029c\u0085d`, "line ends of Unicode"},
		{"a\U000e0041b", `a\U000e0041b`, "tags can't be seen"},
		{"a\ufffdb", "a\ufffdb", "the replacement character itself can be seen"},
	} {
		if got := terminal.Text(tt.in); got != tt.want {
			t.Errorf("Text(%q) = %s, want %s: %s", tt.in, got, tt.want, tt.explanation)
		}
	}
}

func TestPrintf(t *testing.T) {
	type area string
	for _, tt := range []struct {
		format            string
		args              []any
		want, explanation string
	}{
		{"%s\n\t%d uses\x1b[K", []any{"a", 3}, "a\n\t3 uses\x1b[K", "the format is the program's own"},
		{"%s", []any{errors.New("bad\nname\x1b")}, `bad\nname\x1b`, "errors are escaped"},
		{"%v %s", []any{area("a\x1b"), []string{"b\n", "c"}}, `a\x1b [b\n c]`, "so is everything else"},
		{"%q %-4s|%4d", []any{"a\x1b", "b", 7}, `"a\x1b" b   |   7`, "flags and widths are kept, and %q escapes once"},
		{"go: %s\n", []any{terminal.Lines("go: one\n\ttwo\x1b\r\nthree\tfour\n")}, "go: go: one\n\ttwo\\x1b\n\tthree\tfour\n", "lines that are allowed are indented"},
	} {
		var b strings.Builder
		terminal.Printf(&b, tt.format, tt.args...)
		if b.String() != tt.want {
			t.Errorf("Printf(%q, %q) = %q, want %q: %s", tt.format, tt.args, b.String(), tt.want, tt.explanation)
		}
	}
}

func TestWriter(t *testing.T) {
	var b strings.Builder
	in := "go: downloading x\r\n\tv1\x1b[2J\u202e\n"
	if n, err := terminal.Writer(&b).Write([]byte(in)); n != len(in) || err != nil {
		t.Errorf("Write = %d, %v", n, err)
	}
	if want := "go: downloading x\n\tv1\\x1b[2J\\u202e\n"; b.String() != want {
		t.Errorf("wrote %q, want %q", b.String(), want)
	}
}

func TestWord(t *testing.T) {
	for _, tt := range []struct{ in, want, explanation string }{
		{"internal/orders", "internal/orders", "nothing to quote"},
		{"example.com/m@v1.2.0", "example.com/m@v1.2.0", "nor here"},
		{"", "''", "an empty word is a word"},
		{"a; touch pwned #", "'a; touch pwned #'", "a command of its own"},
		{"$(id)`id`", "'$(id)`id`'", "substitutions"},
		{"it's", `'it'"'"'s'`, "the quote itself, as fish knows it too"},
		{"=ls", "'=ls'", "the path of a command, to zsh"},
		{"a=b", "a=b", "nothing to it"},
		{"~root", "'~root'", "another's home"},
		{"!!", "'!!'", "history"},
		{"{a,b}*?[c]", "'{a,b}*?[c]'", "patterns"},
		{"a\\b", `'a'"\\"'b'`, "a backslash, which fish takes for an escape in single quotes"},
		{"\\'; touch pwned #", `''"\\"''"'"'; touch pwned #'`, "in fish, both together would end a word"},
		{"日本", "'日本'", "letters that are not ASCII are quoted, to be sure"},
		{"a\nb\x1b'\\", `$'a\012b\033\047\134'`, "what can't be seen"},
		{"\x1b' ; touch pwned ; #", `$'\033\047 ; touch pwned ; #'`, "a quote would end the word in dash, which does not know escapes"},
		{"\x1b\\' ; touch pwned ; #", `$'\033\134\047 ; touch pwned ; #'`, "so would one after a backslash"},
		{"a\x1b0", `$'a\0330'`, "a digit after an escape is not a part of it"},
		{"\u202e\xff", `$'\342\200\256\377'`, "bytes as they are"},
	} {
		got := terminal.Word(tt.in)
		if got != tt.want {
			t.Errorf("Word(%q) = %s, want %s: %s", tt.in, got, tt.want, tt.explanation)
		}
		bash, err := exec.LookPath("bash")
		if err != nil {
			continue
		}
		out, err := exec.Command(bash, "-c", "printf %s "+got).Output()
		if err != nil || string(out) != tt.in {
			t.Errorf("the shell makes %q of %s (%v), want %q", out, got, err, tt.in)
		}
		dash, err := exec.LookPath("dash")
		if err != nil {
			continue
		}
		out, err = exec.Command(dash, "-c", "set -- "+got+"\necho $#").CombinedOutput()
		if err != nil || string(out) != "1\n" {
			t.Errorf("a shell that knows no escapes makes %q words of %s (%v), want 1", out, got, err)
		}
	}
	if got := terminal.Path("-rf"); got != "./-rf" {
		t.Errorf("Path(-rf) = %s, want ./-rf: it is not a flag", got)
	}
	if got, want := terminal.Command("go", "get", "a b@v1"), "go get 'a b@v1'"; got != want {
		t.Errorf("Command = %s, want %s", got, want)
	}
}
