// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// value hides the value that starts at i, of the name that starts at start, and
// reports whether there is any. The name was followed by this quote, if by any, as
// those of JSON are, and by sign.
func (s *scanner) value(start, i int, sign byte, quote string) bool {
	quoted := quote != ""
	from := s.spaces(i, quoted)
	if from == len(s.text) || sign == '=' && from > i && s.isPair(from) {
		return false
	}
	name := s.text[start : start+nameEnd(s.text[start:i])]
	if end, open := s.quoted(from); open > from {
		if word := s.text[open:end]; isReport(name, word) || word != "" && isNothing(word) {
			return false
		}
		return s.hide(open, end, Redacted)
	}
	if sign == ':' {
		if end := s.composite(from); end > from {
			return s.hide(from, end, quote+Redacted+quote)
		}
	}
	if strings.HasPrefix(s.text[from:], "map[") { // as %v prints it
		return s.hide(from, s.closingBracket(from+len("map")), Redacted)
	}
	switch {
	case s.text[from] == '[' || s.text[from] == '{':
		end := s.closingBracket(from)
		if quoted {
			return s.hide(from, end, quote+Redacted+quote)
		}
		if end > from+1 && (s.text[end-1] == ']' || s.text[end-1] == '}') {
			end--
		}
		return s.hide(from+1, end, Redacted)
	case sign == ':' && !quoted && isHeader(s.text[start:i]):
		return s.hide(from, s.endOfHeader(start, from), Redacted)
	}
	end := s.endOfWord(from)
	if end == from {
		return false
	}
	switch word := s.text[from:end]; {
	case isNothing(word) || isReport(name, word):
		return false
	case sign == ':' && !quoted && from > i && (s.isStatus(from, end) || name == "PASS"):
		return false
	case sign == ':' && !quoted && from > i && isProse[word] && end < len(s.text) && isSpace(s.text[end]):
		return false
	case quoted:
		return s.hide(from, end, quote+Redacted+quote)
	default:
		if known, _ := schemeOf(word); known {
			if next := s.spaces(end, false); next > end && next < len(s.text) {
				if strings.EqualFold(word, "digest") {
					return s.hide(next, s.endOfHeader(start, next), Redacted)
				}
				return s.hide(next, s.endOfWord(next), Redacted)
			}
		}
		for isCookie(s.text[start:i]) && strings.HasPrefix(s.text[end:], "; ") {
			end = s.endOfWord(end + 2)
		}
		return s.hide(from, end, Redacted)
	}
}

// hide replaces a value. That of an authorization keeps its scheme.
func (s *scanner) hide(from, to int, by string) bool {
	if to <= from {
		return false
	}
	if by == Redacted {
		from += len(scheme(s.text[from:to]))
	}
	s.replace(s.text, from, to, by)
	s.moved(to)
	return true
}

// isProse are words that tell what is wrong with a secret, in an error's message.
var isProse = map[string]bool{
	"a": true, "an": true, "bad": true, "cannot": true, "could": true, "empty": true, "expected": true, "failed": true,
	"has": true, "invalid": true, "is": true, "it": true, "malformed": true, "missing": true, "must": true, "no": true, "not": true,
	"required": true, "signature": true, "the": true, "too": true, "token": true, "unable": true, "unexpected": true,
	"unknown": true, "wrong": true,
}

// isHeader reports whether a name is that of a header whose value is a line.
func isHeader(name string) bool {
	return hasSuffixFold(name, "authorization:") || isCookie(name)
}

func isCookie(name string) bool {
	return hasSuffixFold(name, "cookie:") || hasSuffixFold(name, "cookie=") || hasSuffixFold(name, "cookies:")
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// nameEnd returns the length of the name that a text starts with.
func nameEnd(text string) int {
	end := 0
	for end < len(text) && isWord(text[end]) {
		end++
	}
	return end
}

// quoted returns where what is in quotes at i starts and ends. It starts at i where
// there are none.
func (s *scanner) quoted(i int) (end, open int) {
	open = i
	for open < len(s.text) && s.text[open] == '\\' {
		open++
	}
	s.steps += open - i
	if open == len(s.text) || !isQuote(s.text[open]) {
		return i, i
	}
	return s.closing(open+1, s.text[open], open-i), open + 1
}

// composite returns the end of a value as Go's %#v prints it, which starts with a
// type: []string{"a"}; or from where there is none.
func (s *scanner) composite(from int) int {
	rest := s.text[from:]
	isType := strings.HasPrefix(rest, "[]") || strings.HasPrefix(rest, "map[") || strings.HasPrefix(rest, "&")
	i := from
	for i < len(s.text) && (isWord(s.text[i]) || s.text[i] == '*' || s.text[i] == '&') {
		isType = isType || i > from && s.text[i-1] == '.' && isUpper(s.text[i]) // oauth2.Token
		i++
	}
	s.steps += i - from
	if !isType {
		return from
	}
	if rest = s.text[i:]; strings.HasPrefix(rest, " {}{") {
		i += len(" {}")
	} else if !strings.HasPrefix(rest, "{") {
		return from
	}
	return s.closingBracket(i)
}

// closing returns where a quote is closed that was opened before i and has this many
// backslashes before it; the end of the text where it isn't.
func (s *scanner) closing(i int, quote byte, depth int) int {
	return s.closingIn(len(s.text), i, quote, depth)
}

// closingIn is closing in text[:to].
func (s *scanner) closingIn(to, i int, quote byte, depth int) int {
	backslashes := 0
	for ; i < to; i++ {
		s.steps++
		switch s.text[i] {
		case '\\':
			backslashes++
			continue
		case quote:
			if quote == '\'' && depth == 0 && backslashes == 0 && i+1 < to && s.text[i+1] == quote {
				i++ // one in a text of SQL
				break
			}
			if depth == 0 && backslashes%2 == 0 || depth > 0 && backslashes <= depth {
				if depth > 0 {
					return i - backslashes
				}
				return i
			}
		}
		backslashes = 0
	}
	return i
}

// closingBracket returns the end of a list or an object; the end of the text where it
// isn't closed. Brackets in strings, which may be those of JSON within a string or
// those of Python, don't count.
func (s *scanner) closingBracket(i int) int {
	depth, inString, inApostrophes, quoteDepth, backslashes := 0, false, false, -1, 0
	for ; i < len(s.text); i++ {
		s.steps++
		switch c := s.text[i]; {
		case c == '\\':
			backslashes++
			continue
		case c == '\'' && (inApostrophes || !inString && backslashes == 0 && strings.IndexByte("[{(,:= ", s.text[i-1]) >= 0):
			if backslashes == 0 {
				inApostrophes = !inApostrophes
			}
		case inApostrophes:
		case c == '"':
			if quoteDepth < 0 {
				quoteDepth = backslashes
			}
			if backslashes == quoteDepth {
				inString = !inString
			}
		case inString:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		backslashes = 0
	}
	return i
}

// endOfHeader returns the end of a header's value that starts at from: that of its
// line, or of the quotes around a header whose name starts at start.
func (s *scanner) endOfHeader(start, from int) int {
	var quote byte
	if start > 0 && isQuote(s.text[start-1]) {
		quote = s.text[start-1]
	}
	for i := from; i < len(s.text); i++ {
		s.steps++
		switch c := s.text[i]; {
		case c == '\n' || c == '\r' || c == quote && quote != 0:
			return s.trimmed(from, i, " \\")
		case c == '\\' && i+1 < len(s.text) && (s.text[i+1] == 'r' || s.text[i+1] == 'n'):
			return i
		}
	}
	return len(s.text)
}

// endOfWord returns the end of a value that isn't in quotes. A separator ends it
// where a name follows, or a space; brackets and full stops at its end belong to the
// text around it.
func (s *scanner) endOfWord(from int) int {
	end := from
scan:
	for ; end < len(s.text); end++ {
		s.steps++
		switch c := s.text[end]; {
		case isSpace(c), c == '<' && end > from:
			break scan
		case isQuote(c):
			if end > from && (end+1 == len(s.text) || !isLetter(s.text[end+1])) {
				break scan
			}
		case c == ',' || c == ';' || c == '&' || c == '|':
			if s.endsPair(end + 1) {
				break scan
			}
		}
	}
	return s.trimmed(from, end, ")]}>.\\")
}

// isPair reports whether a name and '=' are at i: what is before has no value.
func (s *scanner) isPair(i int) bool {
	from := i
	for i < len(s.text) && isWord(s.text[i]) {
		i++
	}
	s.steps += i - from
	return i > from && i < len(s.text) && s.text[i] == '='
}

// endsPair reports whether at i, after a separator, another pair follows, or a space.
func (s *scanner) endsPair(i int) bool {
	for at := i; at < len(s.text); at++ {
		s.steps++
		switch c := s.text[at]; {
		case isSpace(c) || isQuote(c):
			return at == i
		case c == ',' || c == ';' || c == '&' || c == '|':
			return false
		case c == '=' || c == ':':
			return at > i
		}
	}
	return i == len(s.text)
}

// trimmed returns the end of text[from:to] without these bytes at its end, unless
// there is nothing else.
func (s *scanner) trimmed(from, to int, cutset string) int {
	if end := from + len(strings.TrimRight(s.text[from:to], cutset)); end > from {
		return end
	}
	return to
}
