// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// URL hides the secrets in a URL, or in text that was meant as one and is malformed:
// user and password are dropped, up to the last '@' before the path, whether there is
// a scheme or not; the parameters of path, query and fragment are hidden as by
// [Words.Path] and [Words.Query].
func (w Words) URL(raw string) string {
	return settled(raw, func(raw string) string {
		var e edit
		w.url(&e, raw, 0, "")
		return e.apply(raw)
	})
}

// WithoutUser drops user and password as URL does. All else stays.
func WithoutUser(raw string) string {
	return settled(raw, func(raw string) string {
		var e edit
		dropUser(&e, raw, 0, "")
		return e.apply(raw)
	})
}

// url hides the secrets in the URL raw[start:]. User and password are replaced by
// by, or dropped where that is empty. It returns where the host starts.
func (w Words) url(e *edit, raw string, start int, by string) (host int) {
	at := dropUser(e, raw, start, by)
	answer := isAnswer(raw[at:])
	whole := raw
	if hash := strings.IndexByte(raw[at:], '#'); hash >= 0 {
		raw = raw[:at+hash]
	}
	path := raw
	if query := strings.IndexByte(raw[at:], '?'); query >= 0 {
		path = raw[:at+query]
	}
	w.pairsOf(e, path, at, "&/", answer)
	w.pairsOf(e, raw, len(path), "&", answer)
	w.pairsOf(e, whole, len(raw), "&", answer)
	return at
}

// dropUser replaces user and password of the URL raw[start:], and returns where its
// host starts.
func dropUser(e *edit, raw string, start int, by string) int {
	at := hostStart(raw, start)
	if colon := strings.IndexByte(raw[at:min(len(raw), at+longestOpaque)], ':'); at == start && colon >= 0 && isAddress(raw[at:at+colon]) {
		return at
	}
	last, end := lastAt(raw, at, 0, "")
	e.steps += len(raw) - at
	if !hasPort(raw[max(at, last):end]) {
		// A password with a byte in it that ends an authority, unless it is a segment of
		// the path that starts with the name of a user.
		if beyond := strings.LastIndexByte(raw[end:], '@'); beyond >= 0 && raw[end+beyond-1] != '/' {
			last = end + beyond
		}
	}
	if last < 0 {
		return at
	}
	host := drop(e, raw, at, last, by)
	if at == start && by == "" {
		return dropUser(e, raw, host, by) // what is left may have a scheme
	}
	return host
}

// hostStart returns what follows the scheme of the URL raw[start:], or its start
// where there is none, or an opaque one.
func hostStart(raw string, start int) int {
	at := start
	for at < len(raw) && isScheme(raw[at]) {
		at++
	}
	scheme := at > start
	if at < len(raw) && raw[at] == ':' {
		at++
	} else {
		scheme = false
	}
	if next := afterSlashes(raw, at); next > at {
		return next
	}
	if scheme && at < len(raw) && isSlash(raw[at]) {
		return at + 1 // one was forgotten
	}
	return start
}

// longestOpaque is as long as the longest scheme of an address, with its colon.
const longestOpaque = len("mailto:")

// isAddress reports whether a scheme is one of addresses, which have a user but no
// password.
func isAddress(scheme string) bool {
	var buffer [longestOpaque]byte
	switch string(lower(buffer[:], scheme)) {
	case "acct", "im", "mailto", "npm", "sip", "sips", "xmpp":
		return true
	}
	return false
}

// isSlash reports whether a byte is a slash for those who aren't strict.
func isSlash(c byte) bool { return c == '/' || c == '\\' }

// hasPort reports whether an authority is well-formed after its last colon: a port,
// or nothing.
func hasPort(authority string) bool {
	colon := strings.LastIndexByte(authority, ':')
	return colon < 0 || strings.HasSuffix(authority, "]") || strings.Trim(authority[colon+1:], "0123456789") == ""
}

// afterSlashes returns the end of two or more slashes at raw[i], encoded, escaped as
// JSON may have them, or not; or i where there are none.
func afterSlashes(raw string, i int) int {
	slashes, end := 0, i
	for end < len(raw) {
		c, _, size := delimiter(raw, end)
		if !isSlash(c) {
			break
		}
		slashes++
		end += size
	}
	if slashes < 2 {
		return i
	}
	return end
}

// authority is what is known of a text in which several may start: the end of the one
// that was looked at last, and the last '@' in it, or -1. One that starts before its
// end has the same, so that no part of the text is looked at twice.
type authority struct{ end, last int }

// drop replaces user and password at raw[start:], and returns where the host starts.
// The level and the ends are the same for all that start in a text, and each starts
// behind the one before it.
func (a *authority) drop(e *edit, raw string, start, level int, ends, by string) (host int) {
	if start >= a.end {
		a.last, a.end = lastAt(raw, start, level, ends)
		e.steps += a.end - start
	}
	if a.last < start {
		return start
	}
	return drop(e, raw, start, a.last, by)
}

// lastAt returns the last '@', encoded or not, of the authority that starts at start,
// or -1, and the end of the authority: a delimiter of this level of encoding, or one
// of ends.
func lastAt(raw string, start, level int, ends string) (last, end int) {
	last = -1
	for end = start; end < len(raw); {
		c, at, size := delimiter(raw, end)
		if at <= level && (c == '/' || c == '?' || c == '#' || c == '\\' || strings.IndexByte(ends, c) >= 0) {
			break
		}
		if c == '@' {
			last = end
		}
		end += size
	}
	return last, end
}

// drop replaces user and password raw[start:at], which a '@' follows, and returns
// where the host starts.
func drop(e *edit, raw string, start, at int, by string) int {
	_, _, size := delimiter(raw, at)
	if by == "" {
		e.replace(raw, start, at+size, "")
	} else if at > start {
		e.replace(raw, start, at, by)
	}
	return at + size
}

// isScheme reports whether a byte can be part of a URL's scheme.
func isScheme(c byte) bool {
	return isLetter(c) || '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
