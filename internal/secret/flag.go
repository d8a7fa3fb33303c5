// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// flag hides what follows the flag of a command that text[start:end] is, without '='
// ("--password hunter2"), and reports whether something does. In a list, where it has
// quotes, that is what is at next, behind them.
func (s *scanner) flag(start, end, next int, quote string) bool {
	if s.text[start] != '-' || !s.words.Name(s.text[start:end]) {
		return false
	}
	if quote != "" {
		if next < len(s.text) && s.text[next] == ',' {
			next = s.spaces(next+1, true)
		}
		open := next
		for open < len(s.text) && s.text[open] == '\\' {
			open++
		}
		s.steps += open - next
		if open == len(s.text) || !isQuote(s.text[open]) || strings.HasPrefix(s.text[open+1:], "-") {
			return false
		}
		return s.value(start, next, ' ', "")
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

// namedValue hides the value of an object that has its name as another member:
// {"name":"password","value":"hunter2"}. What is behind the name text[start:end] in
// quotes is at next.
func (s *scanner) namedValue(start, end, next int) bool {
	if key := s.text[s.before:s.beforeEnd]; !strings.EqualFold(key, "name") && !strings.EqualFold(key, "key") {
		return false
	}
	if next == len(s.text) || s.text[next] != ',' || !isQuote(s.text[start-1]) || !s.words.Name(s.text[start:end]) {
		return false
	}
	from := s.spaces(next+1, true)
	for from < len(s.text) && (s.text[from] == '\\' || isQuote(s.text[from])) {
		from++
		s.steps++
	}
	if to := from + len("value"); to <= len(s.text) && strings.EqualFold(s.text[from:to], "value") {
		colon, quote := s.afterName(to)
		return colon < len(s.text) && s.text[colon] == ':' && s.value(from, colon+1, ':', quote)
	}
	return false
}
