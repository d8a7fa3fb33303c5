// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"strings"
)

// readDockerfile reads the ENV instructions of a Dockerfile. Those of a stage are one scope.
func readDockerfile(data []byte) ([]setting, error) {
	d := dockerfile{escape: '\\', vars: make(scope)}
	for line := range strings.Lines(string(data)) {
		d.n++
		d.line(strings.TrimRight(line, " \t\r\n"))
	}
	d.end()
	return append(d.found, d.vars.settings()...), nil
}

// A dockerfile is read line by line.
type dockerfile struct {
	vars     scope     // of the stage
	found    []setting // in the stages before it
	n        int       // the line
	escape   byte      // what goes on in the next line ends with it
	words    []word    // of an ENV instruction that is not at its end
	open     bool      // an instruction is not at its end
	isEnv    bool      // that is ENV
	document string    // the line that ends the here-document, "" outside of one
	started  bool      // after the first instruction, directives are comments
}

// A word is one of an instruction, without its quotes.
type word struct {
	text string
	line int
}

func (d *dockerfile) line(line string) {
	text := strings.TrimLeft(line, " \t")
	switch {
	case d.document != "":
		if text == d.document {
			d.document = ""
		}
		return
	case strings.HasPrefix(text, "#"):
		directive := strings.ToLower(strings.Join(strings.Fields(text[1:]), ""))
		if !d.started && directive == "escape=`" {
			d.escape = '`'
		}
		return // also between the lines of an instruction
	case text == "":
		return
	}
	d.started = true
	text, goesOn := strings.CutSuffix(text, string(d.escape))
	if !d.open {
		instruction, rest, _ := strings.Cut(strings.ReplaceAll(text, "\t", " "), " ")
		d.isEnv, text = strings.EqualFold(instruction, "ENV"), rest
		if strings.EqualFold(instruction, "FROM") {
			d.found, d.vars = append(d.found, d.vars.settings()...), make(scope)
		}
		if !d.isEnv {
			d.document = hereDocument(rest)
		}
	}
	if d.isEnv {
		d.words = append(d.words, d.split(text)...)
	}
	if d.open = goesOn; !goesOn {
		d.end()
	}
}

// end sets the variables of an instruction: NAME=value …, or NAME value.
func (d *dockerfile) end() {
	if len(d.words) > 0 && !strings.Contains(d.words[0].text, "=") {
		var value []string
		for _, w := range d.words[1:] {
			value = append(value, w.text)
		}
		d.vars.set(d.words[0].text, strings.Join(value, " "), true, d.words[0].line, "")
		d.words = nil
	}
	for _, w := range d.words {
		if name, value, ok := strings.Cut(w.text, "="); ok {
			d.vars.set(name, value, true, w.line, "")
		}
	}
	d.words, d.open, d.isEnv = nil, false, false
}

// split returns the words of a line, without their quotes and escapes.
func (d *dockerfile) split(text string) (words []word) {
	var b strings.Builder
	var quote byte
	in := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == d.escape && quote != '\'' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
			in = true
		case quote == 0 && (c == '"' || c == '\''):
			quote, in = c, true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == ' ' || c == '\t'):
			if in {
				words = append(words, word{b.String(), d.n})
			}
			b.Reset()
			in = false
		default:
			b.WriteByte(c)
			in = true
		}
	}
	if in {
		words = append(words, word{b.String(), d.n})
	}
	return words
}

// hereDocument returns the line that ends the here-document which an instruction begins.
func hereDocument(text string) string {
	_, after, ok := strings.Cut(text, "<<")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(after, "-"), " ")
	return strings.Trim(name, `"'`)
}
