// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// sources is what a scanner knows for user:password@host, as data source names have
// it. Of each '@' the last one after it is asked for; the answers are kept up to
// where they hold, so that no part of the text is looked at twice.
type sources struct {
	user  int  // where a user's name may start, since the last space or quote
	colon int  // the first colon after it, plus one; zero is none
	slash bool // whether there was a slash after the colon

	driver run // up to a space or a quote
	host   run // up to a slash, too
}

// run is a part of the text, up to its end, and the last '@' in it that a host of
// one kind follows, or -1.
type run struct{ end, last int }

// dataSource hides user:password before the '@' at i, up to the last '@' that
// something like a host follows.
func (s *scanner) dataSource(i int) {
	if i >= s.driver.end {
		s.driver = s.lastOf(i, false, s.isDriver)
	}
	last := s.driver.last
	if !s.slash && last < i && !isAddressed(s.text[s.user:s.colon-1]) {
		// A password with a slash in it is only believed before a driver's address.
		if i >= s.host.end {
			s.host = s.lastOf(i, true, s.isHost)
		}
		last = s.host.last
	}
	if last < i {
		return
	}
	s.replace(s.text, s.user, s.colon-1, Redacted)
	s.replace(s.text, s.colon, last, Redacted)
	s.moved(last + 1)
}

func (s *scanner) lastOf(from int, slash bool, isHost func(int) bool) run {
	last, i := -1, from
	for ; i < len(s.text) && !isSpace(s.text[i]) && !isQuote(s.text[i]) && (!slash || s.text[i] != '/'); i++ {
		if s.text[i] == '@' && isHost(i+1) {
			last = i
		}
	}
	s.steps += i - from
	return run{i, last}
}

// isDriver reports whether an address as those of Go's drivers starts at i:
// "tcp(host:port)", or "(host:port)".
func (s *scanner) isDriver(i int) bool {
	for _, network := range [...]string{"(", "tcp(", "tcp4(", "tcp6(", "unix("} {
		if strings.HasPrefix(s.text[i:], network) {
			return true
		}
	}
	return false
}

// isHost reports whether a host with a port or a path starts at i, or one of both
// alone.
func (s *scanner) isHost(i int) bool {
	rest := s.text[i:]
	if strings.HasPrefix(rest, "sha256:") || strings.HasPrefix(rest, "sha512:") {
		return false // the digest of an image
	}
	end := 0
	for end < len(rest) && (isScheme(rest[end]) || rest[end] == '_' || rest[end] == '[' || rest[end] == ']' || rest[end] == ':' && rest[0] == '[') {
		end++
	}
	s.steps += end
	host, port := rest[:end], rest[end:]
	if strings.HasPrefix(host, "[") {
		return strings.HasPrefix(port, "/") || strings.IndexByte(host, ']') >= 0
	}
	return strings.HasPrefix(port, "/") || len(port) > 1 && port[0] == ':' && '0' <= port[1] && port[1] <= '9'
}

// isAddressed reports whether a word before a colon says that an address follows, not
// a password.
func isAddressed(word string) bool {
	var buffer [len("disposition-notification-to")]byte
	switch string(lower(buffer[:], word)) {
	case "bcc", "cc", "disposition-notification-to", "from", "reply-to", "return-path", "sender", "to":
		return true
	}
	return isAddress(word)
}
