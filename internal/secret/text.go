// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// Text hides the secrets that can be told in a text, such as an error's message, a
// log line or a span's name:
//
//   - the user and password of a URL, and of a data source name such as
//     "user:password@tcp(host)/db"; the parameters of a URL as [Words.URL] does. Without
//     a scheme a driver's address, a port or a path has to follow: "12:30@home" stays;
//   - what follows a name that holds a secret and '=' or ':': a word, something in
//     quotes, a list or an object in brackets; after "Cookie:", "Set-Cookie:" and
//     "Authorization:" the rest of the line, or of the quotes that the header is in;
//   - what follows an authorization scheme, such as Bearer;
//   - what follows the flag of a command, such as --password.
//
// A value that says there is none stays, such as null and true, and so does the
// parameter of a statement, such as $1. So do words and small numbers that tell how
// something went, after the words pass, auth, session and pin alone.
//
// What replaces an unquoted value of JSON is quoted, so that the text stays JSON.
func (w Words) Text(text string) string { return settled(text, w.text) }

func (w Words) text(text string) string {
	s := scanner{words: w, text: text}
	s.scan()
	return s.apply(text)
}

// scanner goes through a text once, from its start to its end.
type scanner struct {
	words Words
	text  string
	at    int
	edit

	before, beforeEnd int // the word before the one at at

	quoting bool // whether a URL had a user or password, of which an error may quote parts
	badPort int8 // whether the text tells of an invalid port; zero is unknown

	sources
}

func (s *scanner) scan() {
	for s.at < len(s.text) {
		if isWord(s.text[s.at]) {
			s.word()
		} else {
			s.sign()
		}
	}
}

// isWord reports whether a byte can be part of a name.
func isWord(c byte) bool {
	switch c {
	case '_', '-', '.', '[', ']', '%', '$':
		return true
	}
	return isLetter(c) || '0' <= c && c <= '9' || c >= 0x80
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// moved goes on at a later place, where something new starts.
func (s *scanner) moved(to int) {
	s.at, s.user, s.colon, s.slash = to, to, 0, false
	s.before, s.beforeEnd = 0, 0
}

// word looks at the word that starts here, and what follows it.
func (s *scanner) word() {
	start, encoded := s.at, false
	end := start
	for end < len(s.text) && isWord(s.text[end]) {
		encoded = encoded || s.text[end] == '%'
		end++
	}
	s.steps += end - start
	s.at = end
	if encoded {
		if scheme := encodedScheme(s.text[start:end]); scheme != "" {
			from := start + len(scheme)
			s.hide(from, s.endOfWord(from), Redacted)
			return
		}
		s.words.pairs(&s.edit, s.text[:end], start, "&")
		if s.kept > start {
			s.user, s.colon, s.slash = s.kept, 0, false
		}
	}
	name := s.text[start:end]
	next, quote := s.afterName(end)
	if next < len(s.text) && (s.text[next] == '=' || s.text[next] == ':') {
		if next == end && (strings.HasPrefix(s.text[next:], "://") || strings.HasPrefix(s.text[next:], `:\/\/`)) {
			s.url(start)
			return
		}
		value := next + 1
		for value < len(s.text) && value < next+3 && (s.text[value] == '=' || s.text[value] == '>') {
			value++
		}
		if s.names(start, end, value) && s.value(start, value, s.text[next], quote) {
			return
		}
	} else if isScheme, strict := schemeOf(name); isScheme && s.credential(end, strict) {
		return
	} else if s.flag(start, end, next, quote) || quote != "" && s.namedValue(start, end, next) || s.quotation(start, end) {
		return
	}
	s.before, s.beforeEnd = start, end
}

// afterName returns what follows a name that ends here, behind its closing quote and
// spaces, and that quote with its backslashes.
func (s *scanner) afterName(end int) (next int, quote string) {
	next = end
	for next < len(s.text) && s.text[next] == '\\' {
		next++
	}
	s.steps += next - end
	if next < len(s.text) && isQuote(s.text[next]) {
		next++
		quote = s.text[end:next]
	} else {
		next = end
	}
	return s.spaces(next, quote != ""), quote
}

// spaces returns the end of the spaces that start at i, within the line or beyond.
func (s *scanner) spaces(i int, lines bool) int {
	from := i
	for i < len(s.text) && isSpace(s.text[i]) && (lines || s.text[i] != '\n' && s.text[i] != '\r') {
		i++
	}
	s.steps += i - from
	return i
}

// names reports whether the word text[start:end], maybe with the one before it, as
// in "API key", is the name of a secret that follows at value.
func (s *scanner) names(start, end, value int) bool {
	name := s.text[start:end]
	if s.words.Name(name) {
		return true
	}
	for _, last := range [...]string{"key", "code", "phrase", "id"} {
		if !strings.EqualFold(name, last) {
			continue
		}
		if s.beforeEnd > 0 && s.beforeEnd+1 == start && s.text[s.beforeEnd] == ' ' && s.words.Name(s.text[s.before:end]) {
			return true
		}
	}
	for value < len(s.text) && (isQuote(s.text[value]) || s.text[value] == ' ') {
		value++
		s.steps++
	}
	return isGoogleKey(name, s.text[min(value, len(s.text)):])
}

// sign looks at a byte that is not part of a word.
func (s *scanner) sign() {
	i := s.at
	s.at++
	switch c := s.text[i]; {
	case isSpace(c) || isQuote(c):
		s.user, s.colon, s.slash = i+1, 0, false
	case c == ':':
		if s.colon == 0 {
			s.colon = i + 1
		}
	case c == '=' || c == '/' || c == '(' || c == '<' || c == '{' || c == ',':
		if s.colon == 0 {
			s.user = i + 1
		} else if c == '/' {
			s.slash = true
		}
	case c == '@' && s.colon > s.user+1 && i > s.colon:
		s.dataSource(i)
	}
}
