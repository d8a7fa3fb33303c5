// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// url hides the secrets of the URL that starts here.
func (s *scanner) url(start int) {
	end := s.endOfURL(start)
	host := hostStart(s.text[:end], start)
	authority := s.text[host:end]
	if slash := strings.IndexAny(authority, `/?#\`); slash >= 0 {
		authority = authority[:slash]
	}
	if host+len(authority) == end || !hasPort(authority) {
		end = s.endOfURL(s.passwordEnd(start, host, end, authority))
	}
	at := s.words.url(&s.edit, s.text[:end], start, Redacted)
	s.quoting = s.quoting || at > host
	if at == host && !hasPort(authority) && s.hasBadPort() {
		from, to := host+strings.LastIndexByte(authority, ':')+1, host+len(authority)
		if depth := s.depth(start - 1); depth >= 0 {
			to = max(to, s.closingIn(min(len(s.text), to+longestPassword), start, s.text[start-1], depth))
			end = max(end, to)
		}
		s.replace(s.text, from, to, Redacted)
		s.quoting = true
	}
	s.moved(end)
}

// passwordEnd returns the '@' behind the end of a URL, if the URL ends in a password
// with a space, a quote or a bracket in it; else that end.
func (s *scanner) passwordEnd(start, host, end int, authority string) int {
	if strings.IndexByte(s.text[host:end], '@') >= 0 {
		return end
	}
	to := min(len(s.text), end+longestPassword)
	if depth := s.depth(start - 1); depth >= 0 {
		// Quotes as those that Go puts around it end where it does.
		to = max(end, s.closingIn(to, start, s.text[start-1], depth))
	} else if end < len(s.text) && isQuote(s.text[end]) {
		to = end + spaceIn(s.text[end:to])
	} else {
		return end
	}
	rest := s.text[end:to]
	s.steps += len(rest)
	last := strings.LastIndexByte(rest, '@')
	if last < 0 || strings.ContainsAny(rest, "\r\n") || spaceIn(rest[last:]) < len(rest)-last {
		return end
	}
	if hasPort(authority) && !s.isHost(end+last+1) {
		return end // "http://h:80 for joe@example.com"
	}
	return end + last
}

// spaceIn returns where the first space of a text is, or its end.
func spaceIn(text string) int {
	i := 0
	for i < len(text) && !isSpace(text[i]) {
		i++
	}
	return i
}

// depth returns how many backslashes are before the quote at i, or -1 where there is
// none, or one of JSON in JSON in JSON.
func (s *scanner) depth(i int) int {
	if i < 0 || !isQuote(s.text[i]) {
		return -1
	}
	for depth := range 4 {
		if depth == i || s.text[i-depth-1] != '\\' {
			return depth
		}
	}
	return -1
}

// hasBadPort reports whether the text says that the port of a URL is invalid. What it
// has instead is the start of a password, as net/url tells it.
func (s *scanner) hasBadPort() bool {
	if s.badPort == 0 {
		s.badPort = -1
		if strings.Contains(s.text, "invalid port ") {
			s.badPort = 1
		}
	}
	return s.badPort > 0
}

// quotation hides what the errors of net/url quote of a URL, after the word
// text[start:end]: a port that isn't one, and what else can be of a password.
func (s *scanner) quotation(start, end int) bool {
	before, word := s.text[max(0, start-len("invalid URL ")):start], s.text[start:end]
	switch {
	case word == "port" && strings.HasSuffix(before, "invalid "):
	case s.quoting && word == "escape" && strings.HasSuffix(before, "invalid URL "):
	case s.quoting && word == "host" && strings.HasSuffix(before, "invalid "):
	default:
		return false
	}
	from := s.spaces(end, false)
	end, open := s.quoted(from)
	return from > start && open > from && s.hide(open, end, Redacted)
}

// longestPassword bounds the search for a password's end behind a quote or a space.
const longestPassword = 1 << 8

func (s *scanner) endOfURL(from int) int {
	i := from
	for i < len(s.text) && !isSpace(s.text[i]) && !isQuote(s.text[i]) && s.text[i] != '<' && s.text[i] != '>' {
		i++
	}
	s.steps += i - from
	return i
}
