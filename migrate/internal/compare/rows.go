// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"slices"
	"strings"
)

const (
	fewNames  = 3  // from which on rows of different names are one row
	maxWords  = 32 // in which names may differ
	wildcard  = "*"
	delimiter = "/: \"\x00"
)

// A row is what a table says on one line: the same difference at spans whose names are the
// same but for one word, as those of GET /orders/1 and GET /orders/2.
type row struct {
	Difference
	words []string // of all names, with what stands between them
}

// rows returns the rows of a table, each at the place of its first difference.
func rows(all []Difference) []*row {
	list := make([]*row, len(all))
	for i, d := range all {
		list[i] = &row{Difference: d, words: words(d.texts())}
	}
	for at := range 2*maxWords - 1 {
		list = joined(list, at)
	}
	return list
}

// words splits texts into words and what stands between them, in turns. There are none if
// there are too many to look at, or if the texts have what stands between texts.
func words(texts []string) (list []string) {
	if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, "\x00") }) {
		return nil
	}
	text := strings.Join(texts, "\x00")
	for {
		i := strings.IndexAny(text, delimiter)
		if i < 0 {
			return append(list, text)
		}
		list = append(list, text[:i], text[i:i+1])
		if text = text[i+1:]; len(list) > 2*maxWords {
			return nil
		}
	}
}

// joined makes one row of rows that differ in the word at a place only.
func joined(list []*row, at int) []*row {
	groups := make(map[string][]*row)
	for _, r := range list {
		if key := r.without(at); key != "" {
			groups[key] = append(groups[key], r)
		}
	}
	gone := make(map[*row]bool)
	for _, group := range groups {
		if len(group) < fewNames {
			continue
		}
		different := make(map[string]bool)
		for _, r := range group {
			different[r.words[at]] = true
		}
		if len(different) < fewNames {
			continue
		}
		first := group[0]
		first.replace(first.words[at])
		for _, r := range group[1:] {
			first.Count += r.Count
			gone[r] = true
		}
	}
	return slices.DeleteFunc(list, func(r *row) bool { return gone[r] })
}

// without is what rows have in common that differ in one word. It is empty for a row that does
// not have that word, and for one of which a name would have no other.
func (r *row) without(at int) string {
	if at >= len(r.words) || at%2 == 1 || r.words[at] == "" || r.words[at] == wildcard {
		return ""
	}
	var key strings.Builder
	key.WriteString(r.key())
	key.WriteString("\x00\x00")
	names, plain := 0, false // how many names have ended, and whether this one has another word
	for i, word := range r.words {
		switch {
		case i%2 == 0 && word == r.words[at]:
			word = wildcard
		case i%2 == 0:
			plain = plain || word != "" && word != wildcard
		case word == "\x00":
			if names++; names <= len(r.Span) && !plain {
				return ""
			}
			plain = false
		}
		key.WriteString(word)
	}
	if names < len(r.Span) && !plain {
		return ""
	}
	return key.String()
}

// replace has a word be any word.
func (r *row) replace(word string) {
	for i := 0; i < len(r.words); i += 2 {
		if r.words[i] == word {
			r.words[i] = wildcard
		}
	}
	texts := strings.Split(strings.Join(r.words, ""), "\x00")
	if r.Span = texts[:len(r.Span)]; r.Kind.isOfTexts() {
		r.A, r.B = texts[len(r.Span)], texts[len(r.Span)+1]
	}
}
