// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// member is the name in JSON that an encoded text may have, between quotes.
type member struct {
	from, to int // the name
	end      int // behind its closing quote; zero is none
}

// quote takes the quote raw[i:after].
func (m *member) quote(i, after int) { m.from, m.to, m.end = m.end, i, after }

// value hides the value behind the colon raw[i:after], if it is that of a member with
// the name of a secret, and returns where to go on.
func (m *member) value(w Words, e *edit, raw string, i, after int, ends string) int {
	name, quote := "", ""
	if m.from > 0 && strings.Trim(strings.ReplaceAll(raw[m.end:i], "%20", ""), " +") == "" {
		name, quote = raw[m.from:m.to], raw[m.to:m.end]
	}
	m.end = 0 // another colon isn't that of a member
	if name == "" || !w.Name(name) {
		return after
	}
	from := after
	for from < len(raw) && (raw[from] == ' ' || raw[from] == '+' || strings.HasPrefix(raw[from:], "%20")) {
		_, _, size := delimiter(raw, from)
		from += size
	}
	e.steps += from - after
	from, end, quoted := memberValue(e, raw, from, ends)
	switch value := raw[from:end]; {
	case value == "" || value == "null" || value == "true" || value == "false":
		return after
	case quoted:
		e.replace(raw, from, end, Redacted)
	default:
		e.replace(raw, from, end, quote+Redacted+quote)
	}
	return end
}

// memberValue returns where the value at raw[i] starts and ends, without its quotes.
func memberValue(e *edit, raw string, i int, ends string) (from, end int, quoted bool) {
	from, depth, inString, escaped := i, 0, false, false
	for end = i; end < len(raw); {
		c, level, size := delimiter(raw, end)
		e.steps += size
		if level == 0 && strings.IndexByte(ends, c) >= 0 {
			break
		}
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = inString
		case c == '"' && end == i:
			from, quoted, inString = end+size, true, true
		case c == '"' && quoted:
			return from, end, true
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			depth++
		case (c == ']' || c == '}') && depth > 0:
			if depth--; depth == 0 {
				return from, end + size, false
			}
		case (c == ',' || c == ']' || c == '}') && depth == 0:
			return from, end, false
		}
		end += size
	}
	return from, end, quoted
}
