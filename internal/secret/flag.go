// SPDX-License-Identifier: Apache-2.0

package secret

// flag hides what follows the flag of a command that text[start:end] is, without '='
// ("--password hunter2"), and reports whether something does.
func (s *scanner) flag(start, end int) bool {
	if s.text[start] != '-' || !s.words.Name(s.text[start:end]) {
		return false
	}
	from := s.spaces(end, false)
	if from == end || from == len(s.text) || s.text[from] == '-' {
		return false // another flag, or none
	}
	if word := s.endOfWord(from); isProse[s.text[from:word]] {
		return false // "the flag --token is not set"
	}
	return s.value(start, from, ' ', "")
}
