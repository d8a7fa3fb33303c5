// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Name reports whether something of this name holds a secret: a query parameter, a
// header, a cookie, a member of a JSON object, the key of a tag.
//
// Only the letters and digits of a name count, in upper or lower case, after percent
// encoding is undone as often as it was done: "user[password]", "Pass-Word",
// "access%5Ftoken" and "token%2500" are all found. There are three kinds of words:
// those that no harmless name contains, such as "password", "secret" and "apikey";
// "token", which some do, such as "page_token", "token_type" and "input_tokens"; and
// short ones, such as "auth", "sid" and "pass", that count as the last word of a name
// only, before digits ("X-Auth", "connect.sid", "user[pass]", "smtpPass", "pass2"; not
// "author", "auth.method" or "compass").
//
// A name whose last word counts or describes holds no secret: "token_name",
// "signature.count", "credentialType".
//
// Two names stand for a secret too seldom to be on the list. "code" is one in the
// query of an OAuth answer, and the number of an error, a country or a coupon
// elsewhere: [Words.Query] hides it beside "state". "key" is an API key of Google's,
// and what is looked up elsewhere: it is hidden where the value starts with "AIza",
// as all of Google's do.
func (w Words) Name(name string) bool {
	var buffer [64]byte
	n := fold(buffer[:0], name)
	return w.holds(n)
}

func (w Words) holds(n folded) bool {
	if w.asked(n) {
		return true
	}
	if describing[string(n.last())] || describing[string(n.lastHump())] {
		return false
	}
	if lastWords[string(n.last())] || lastWords[string(n.lastHump())] || wholeNames[string(n.text)] {
		return true
	}
	for i, c := range n.text {
		if c > 'z' {
			continue
		}
		for _, word := range contained[c] {
			if hasPrefix(n.text[i:], word) && !isHarmless(word, n.text[:i], n.text[i+len(word):]) {
				return true
			}
		}
	}
	return false
}

// Asked reports whether a name contains one of the further words.
func (w Words) Asked(name string) bool {
	if len(w.further) == 0 {
		return false
	}
	var buffer [64]byte
	return w.asked(fold(buffer[:0], name))
}

func (w Words) asked(n folded) bool {
	for _, word := range w.further {
		if bytes.Contains(n.text, []byte(word)) {
			return true
		}
	}
	return false
}

// wholeNames are secrets where nothing else is in the name.
var wholeNames = map[string]bool{
	"bearer": true, "ticket": true, "samlresponse": true, "samlart": true, "wresult": true, "sas": true,
	"session": true, "xamznoidcdata": true, "dpop": true,
}

// lastWords are secrets as the last word of a name.
var lastWords = map[string]bool{
	"auth": true, "assertion": true, "otp": true, "totp": true, "pass": true, "pin": true, "pw": true, "session": true,
	"sid": true, "sig": true, "sessid": true, "phpsessid": true, "verifier": true, "userpass": true, "dbpass": true,
	// As environment variables have them: two words without anything between them.
	"adminpass": true, "ftppass": true, "httppass": true, "loginpass": true, "mailpass": true, "mysqlpass": true, "pgpass": true,
	"proxypass": true, "redispass": true, "rootpass": true, "smtppass": true, "sqlpass": true, "basicauth": true, "proxyauth": true,
}

// contained are secrets wherever they are in a name, by their first letter.
var contained = ['z' + 1][]string{
	'a': {"accesscode", "accesskey", "accountkey", "apikey", "applicationkey", "authcode", "authkey", "authorization"},
	'b': {"backupcode"},
	'c': {"cookie", "credential", "csrf", "cvv"},
	'd': {"deploykey", "devicecode"},
	'e': {"encryptionkey"},
	'f': {"functionskey"},
	'h': {"hmac"},
	'j': {"jwt"},
	'l': {"licensekey"},
	'm': {"masterkey"},
	'o': {"otpcode"},
	'p': {"passcode", "passkey", "passphrase", "passwd", "password", "passwort", "privatekey", "pwd"},
	'r': {"recoverycode"},
	's': {"secret", "securitycode", "serviceticket", "sessionid", "sessionkey", "sharedkey", "signature", "signingkey", "sshkey", "subscriptionkey"},
	't': {"token"},
	'v': {"verificationcode"},
	'x': {"xsrf"},
}

// isHarmless reports whether a word stands for something else between the letters
// before and after it.
func isHarmless(word string, before, after []byte) bool {
	switch word {
	case "secret":
		return hasPrefix(after, "ary") // secretary
	case "password":
		return hasPrefix(after, "less")
	case "token":
		if len(after) == 0 && (bytes.HasSuffix(before, []byte("lexer")) || bytes.HasSuffix(before, []byte("parser"))) {
			return true
		}
		for _, other := range [...]string{"page", "next", "continuation", "sync", "cursor"} { // where a list goes on
			if bytes.HasSuffix(before, []byte(other)) {
				return true
			}
		}
		if hasPrefix(after, "s") { // a number of them, unless they are named for what they open
			for _, other := range [...]string{"access", "api", "auth", "bearer", "refresh", "session"} {
				if bytes.HasSuffix(before, []byte(other)) {
					return false
				}
			}
			return !hasPrefix(after, "string")
		}
		for _, other := range [...]string{"budget", "count", "endpoint", "expir", "is", "iz", "kind", "length", "limit", "ttl", "type", "uri", "url", "usage"} {
			if hasPrefix(after, other) {
				return true
			}
		}
	}
	return false
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// folded is a name without all that doesn't count.
type folded struct {
	text []byte // its letters and digits, in lower case
	word int    // where the last word that has a letter starts in text
	hump int    // where its last part starts, as camel case has them
	end  int    // where it ends, without digits
}

// last returns the last word, without digits after it.
func (n folded) last() []byte { return n.text[n.word:n.end] }

// lastHump returns the last word, or the last part of it as "smtpPass" has them.
func (n folded) lastHump() []byte { return n.text[n.hump:n.end] }

// fold folds a name into a buffer.
func fold(buffer []byte, name string) folded {
	// Percent encoding is undone in place, also where what it stands for is a part of
	// another one: each byte is removed once, so the time is linear.
	text, encoded := buffer, false
	for i := range len(name) {
		text = append(text, name[i])
		if !encoded {
			encoded = name[i] == '%'
			continue
		}
		for n := len(text); n >= 3 && text[n-3] == '%' && isHex(text[n-2]) && isHex(text[n-1]); n = len(text) {
			text = append(text[:n-3], unhex(text[n-2])<<4|unhex(text[n-1]))
		}
	}
	var f folded
	kept, beyondASCII, inWord, wasLower := text[:0], false, false, false
	for _, c := range text {
		lower := !isUpper(c)
		switch {
		case !lower:
			if wasLower {
				f.hump = len(kept)
			}
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z':
		case c >= utf8.RuneSelf:
			beyondASCII = true
		case '0' <= c && c <= '9':
			kept = append(kept, c)
			continue
		default:
			inWord, wasLower = false, false
			continue
		}
		wasLower = lower
		if !inWord {
			f.word, f.hump, inWord = len(kept), len(kept), true
		}
		kept = append(kept, c)
		f.end = len(kept)
	}
	if beyondASCII {
		kept = []byte(strings.ToLower(string(kept)))
		f.word, f.hump, f.end = 0, 0, 0 // no short word has such letters
	}
	f.text = kept
	return f
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
