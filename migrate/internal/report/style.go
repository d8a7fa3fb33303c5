// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// markup is text of a report in its style: words of our own, which are constants, and
// what a style has made of the names that the module has chosen. A name that is used as
// it is does not compile.
type markup string

// A style writes the parts of a report for a reader.
type style interface {
	// text shows what the module has chosen so that it means nothing: to a terminal, or to
	// what renders Markdown.
	text(s string) markup
	title(w io.Writer, s markup)
	heading(w io.Writer, s markup)
	line(w io.Writer, s markup)
	items(w io.Writer, all []markup)
	entry(w io.Writer, head, body markup) // one of several with a text each
	table(w io.Writer, t *table)
	link(text, address string) markup
}

// sprintf formats a text in a style. Arguments that are no markup are shown as
// [style.text] does.
func sprintf(s style, format string, args ...any) markup {
	shown := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case int:
			shown[i] = arg
		default:
			shown[i] = cell(s, arg)
		}
	}
	return markup(fmt.Sprintf(format, shown...))
}

// cell returns a value as a style shows it.
func cell(s style, value any) string {
	if m, ok := value.(markup); ok {
		return string(m)
	}
	return string(s.text(fmt.Sprint(value)))
}

type textStyle struct{ bold bool }

// strong returns what a terminal writes in bold, if it may.
func (s textStyle) strong(text markup) markup {
	if !s.bold {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

func (textStyle) text(s string) markup { return markup(terminal.Text(s)) }

func (s textStyle) title(w io.Writer, text markup) { fmt.Fprintln(w, s.strong(text)) }

func (s textStyle) heading(w io.Writer, text markup) { fmt.Fprintf(w, "\n%s\n", s.strong(text)) }

func (textStyle) line(w io.Writer, s markup) {
	fmt.Fprintln(w, strings.Join(terminal.Wrapped(string(s), textWidth), "\n"))
}

func (s textStyle) table(w io.Writer, t *table) { t.writeText(w, s) }

func (s textStyle) link(text, _ string) markup { return s.text(text) }

func (textStyle) entry(w io.Writer, head, body markup) {
	fmt.Fprintln(w, head)
	for _, line := range terminal.Wrapped(string(body), textWidth-4) {
		fmt.Fprintf(w, "    %s\n", line)
	}
}

func (textStyle) items(w io.Writer, all []markup) {
	for _, s := range all {
		fmt.Fprintf(w, "  %s\n", s)
	}
}

type markdownStyle struct{}

// text escapes what Markdown, with GitHub's extensions, takes for more than a letter.
func (markdownStyle) text(s string) markup {
	s = terminal.Text(s)
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	var b strings.Builder
	last := ' '
	for i, r := range s {
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case strings.ContainsRune("\\`*[]<>|~&", r),
			r == '_' && !(letter(last) && letter(next)), // inside of a word it is a letter
			i == 0 && strings.ContainsRune("#+-=", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		last = r
	}
	return markup(b.String())
}

func (markdownStyle) title(w io.Writer, s markup) { fmt.Fprintf(w, "# %s\n", s) }

func (markdownStyle) heading(w io.Writer, s markup) { fmt.Fprintf(w, "\n## %s\n", s) }

func (markdownStyle) line(w io.Writer, s markup) { fmt.Fprintf(w, "\n%s\n", s) }

func (s markdownStyle) table(w io.Writer, t *table) { fmt.Fprintln(w); t.writeMarkdown(w, s) }

func (s markdownStyle) link(text, address string) markup {
	return "[" + s.text(text) + "](" + markup(address) + ")"
}

func (markdownStyle) entry(w io.Writer, head, body markup) {
	fmt.Fprintf(w, "\n%s:\n%s\n", head, body)
}

func (markdownStyle) items(w io.Writer, all []markup) {
	fmt.Fprintln(w)
	for _, s := range all {
		fmt.Fprintf(w, "- %s\n", s)
	}
}

// textWidth is the number of columns of a terminal.
const textWidth = 80
