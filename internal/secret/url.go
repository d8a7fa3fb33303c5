// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// URL hides the secrets in a URL, or in text that was meant as one and is malformed:
// user and password are dropped, up to the last '@' before the path, whether there is
// a scheme or not; the parameters of path, query and fragment are hidden as by
// [Words.Path] and [Words.Query].
func (w Words) URL(raw string) string {
	var e edit
	w.url(&e, raw, 0, "")
	return e.apply(raw)
}

// url hides the secrets in the URL raw[start:]. User and password are replaced by
// by, or dropped where that is empty.
func (w Words) url(e *edit, raw string, start int, by string) {
	at := start
	for at < len(raw) && isScheme(raw[at]) {
		at++
	}
	if at < len(raw) && raw[at] == ':' {
		at++
	}
	if next := afterSlashes(raw, at); next > at {
		at = next
	} else {
		at = start // no scheme, or an opaque one
	}
	host, end := credentials(e, raw, at, 0, "", by)
	if host == at && !hasPort(raw[at:end]) {
		// A password with a byte in it that ends an authority.
		if last := strings.LastIndexByte(raw[end:min(len(raw), end+longestPassword)], '@'); last >= 0 {
			host = drop(e, raw, at, end+last, by)
		}
	}
	at = host
	whole := raw
	if hash := strings.IndexByte(raw[at:], '#'); hash >= 0 {
		raw = raw[:at+hash]
	}
	path := raw
	if query := strings.IndexByte(raw[at:], '?'); query >= 0 {
		path = raw[:at+query]
	}
	w.pairs(e, path, at, "&/")
	w.pairs(e, raw, len(path), "&")
	w.pairs(e, whole, len(raw), "&")
}

// longestPassword bounds the search for the end of a password that isn't encoded as
// it should be.
const longestPassword = 1 << 10

// hasPort reports whether an authority is well-formed after its last colon: a port,
// or nothing.
func hasPort(authority string) bool {
	colon := strings.LastIndexByte(authority, ':')
	return colon < 0 || strings.HasSuffix(authority, "]") || strings.Trim(authority[colon+1:], "0123456789") == ""
}

// afterSlashes returns the end of two or more slashes at raw[i], encoded or not, or
// i where there are none.
func afterSlashes(raw string, i int) int {
	slashes, end := 0, i
	for end < len(raw) {
		c, _, size := delimiter(raw, end)
		if c != '/' {
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

// credentials replaces user and password at raw[start:], up to the last '@' of the
// authority, which ends by a delimiter of this level of encoding, or of ends. It
// returns where the host starts, and where the authority ends.
func credentials(e *edit, raw string, start, level int, ends, by string) (host, end int) {
	last := -1
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
	if last < 0 {
		return start, end
	}
	return drop(e, raw, start, last, by), end
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
