// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// Query hides the values of an encoded query whose names hold secrets; "code", too,
// beside "state", as in the answer of an OAuth server. All else stays as it is, and
// in its order, and so does a parameter without a value.
//
// Parameters are separated by '&', and by a ';' or ',' that a name follows. What is
// in the value of a parameter, as a URL to return to with its own query, user and
// password, or a member of a JSON object, is looked at in the same way, encoded or not.
func (w Words) Query(raw string) string { return settled(raw, w.query) }

func (w Words) query(raw string) string {
	var e edit
	w.pairs(&e, raw, 0, "&")
	return e.apply(raw)
}

// Path hides the values of parameters in a path, such as ";jsessionid=1" and
// "/token=2/", and drops user and password where the path starts as a URL without
// its scheme does ("//user:password@host/").
func (w Words) Path(path string) string { return settled(path, w.path) }

func (w Words) path(path string) string {
	var e edit
	w.segments(&e, path)
	return e.apply(path)
}

func (w Words) segments(e *edit, path string) {
	start := afterSlashes(path, 0)
	if start > 0 {
		var host authority
		start = host.drop(e, path, start, 0, "", "")
	}
	w.pairs(e, path, start, "&/")
}

// pairs hides the values of name=value in raw[start:]. A value goes on to one of
// ends, or to a separator that a name follows.
func (w Words) pairs(e *edit, raw string, start int, ends string) {
	w.pairsOf(e, raw, start, ends, isAnswer(raw[start:]))
}

// pairsOf is pairs of a part of the answer of an OAuth server, or of another text.
func (w Words) pairsOf(e *edit, raw string, start int, ends string, answer bool) {
	e.steps += len(raw) - start
	if !strings.ContainsAny(raw[start:], "=%:") {
		return
	}
	var hosts [maxLevel + 1]authority
	var member member
	name, separated := start, false // where one starts, and whether behind a ';' or ','
	for i := start; i < len(raw); {
		c, level, size := delimiter(raw, i)
		e.steps += size
		after := i + size
		switch c {
		case '?', '#':
			ends, name, separated = "&", after, false
		case '&', '/':
			name, separated = after, false
		case ';', ',':
			name, separated = after, true
		case '"':
			member.quote(i, after)
		case '=':
			if w.hides(raw[name:i], raw[after:]) || answer && raw[name:i] == "code" {
				if end := valueEnd(e, raw, after, level, ends, separated); end > after {
					e.replace(raw, after, end, Redacted)
					after = end
				}
			} else if from := after + len(encodedScheme(raw[after:])); from > after {
				if end := valueEnd(e, raw, from, level, ends, separated); end > from {
					e.replace(raw, from, end, Redacted)
					after = end
				}
			}
			name = after
		case ':':
			if next := afterSlashes(raw, after); next > after {
				after = hosts[level].drop(e, raw, next, level, "&", Redacted)
				name = after
			} else {
				after = member.value(w, e, raw, i, after, ends)
			}
		}
		i = after
	}
}

// hides reports whether the value at the start of rest is a secret.
func (w Words) hides(name, rest string) bool {
	return w.Name(name) || isGoogleKey(name, rest)
}

// isGoogleKey reports whether rest starts with an API key of Google's. Their
// parameter has a name that says nothing.
func isGoogleKey(name, rest string) bool {
	return strings.HasPrefix(rest, "AIza") && len(name) >= 3 && strings.EqualFold(name[len(name)-3:], "key")
}

// isAnswer reports whether a query can be the answer of an OAuth server.
func isAnswer(query string) bool {
	return strings.HasPrefix(query, "state=") || strings.Contains(query, "&state=") || strings.Contains(query, "?state=")
}

// maxLevel is how often something is encoded at most, for all that is told of it:
// what was encoded more often counts as encoded so often. It bounds what is
// remembered of a text.
const maxLevel = 4

// delimiter returns what stands at raw[i], decoded as often as it was encoded: the
// byte, how often that was, and its length in raw.
func delimiter(raw string, i int) (c byte, level, size int) {
	c = raw[i]
	if c != '%' {
		return c, 0, 1
	}
	level, size = 1, 1
	for strings.HasPrefix(raw[i+size:], "25") {
		level = min(level+1, maxLevel)
		size += 2
	}
	if rest := raw[i+size:]; len(rest) >= 2 && isHex(rest[0]) && isHex(rest[1]) {
		return unhex(rest[0])<<4 | unhex(rest[1]), level, size + 2
	}
	return c, level, size
}

// valueEnd returns the end of a value that starts after a '=' of this level of
// encoding. A ';' or ',' that another pair follows ends it where one was before it,
// too; else it belongs to the value, as for net/url.
func valueEnd(e *edit, raw string, start, level int, ends string, separated bool) int {
	separator := -1
	for i := start; i < len(raw); {
		c, at, size := delimiter(raw, i)
		e.steps += size
		if at <= level {
			switch {
			case strings.IndexByte(ends, c) >= 0:
				return i
			case separated && (c == ';' || c == ','):
				separator = i
			case c == '=' && separator >= 0 && isValue(raw, i+size, ends):
				return separator
			}
		}
		i += size
	}
	return len(raw)
}

// isValue reports whether the '=' before raw[i] is that of a pair, not the padding at
// the end of a value in base64.
func isValue(raw string, i int, ends string) bool {
	return i < len(raw) && raw[i] != '=' && strings.IndexByte(ends, raw[i]) < 0
}
