// SPDX-License-Identifier: Apache-2.0

package secret

import "strings"

// describing are words that, as the last one of a name, say something about a secret.
var describing = map[string]bool{
	"age": true, "alg": true, "algorithm": true, "arn": true, "capacity": true, "consent": true, "count": true, "disabled": true,
	"duration": true, "enabled": true, "exists": true, "expiration": true, "expired": true, "expires": true, "expiry": true,
	"len": true, "length": true, "limit": true, "max": true, "min": true, "name": true, "present": true, "remaining": true,
	"required": true, "size": true, "strength": true, "total": true, "ttl": true, "type": true, "valid": true, "validity": true,
}

// Describes reports whether a name has a word of counting or describing in it, as
// "password.length.policy" has, so that a number below it is no secret.
func Describes(name string) bool {
	start := 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && isLetter(name[i]) && (i == start || !isUpper(name[i]) || isUpper(name[i-1])) {
			continue
		}
		if describing[strings.ToLower(name[start:i])] {
			return true
		}
		start = i
		if i < len(name) && !isLetter(name[i]) {
			start = i + 1
		}
	}
	return false
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// isNothing reports whether a value in a text says that there is none, or stands for
// one that isn't there: a literal of JSON, Go, Python or SQL, a parameter of a
// statement, a verb of a format, or only punctuation.
func isNothing(value string) bool {
	switch value {
	case "null", "nil", "<nil", "none", "undefined", "true", "false", "NULL", "None", "True", "False", "?", "%s", "%v", "%q", "%d", "%x", "%w":
		return true
	}
	if len(value) > 1 && value[0] == '$' && isNumber(value[1:]) {
		return true
	}
	if len(value) > 1 && value[0] == ':' {
		return strings.Trim(value[1:], "abcdefghijklmnopqrstuvwxyz_") == ""
	}
	return strings.Trim(value, "()[]{}<>,;:.|") == ""
}

func isNumber(value string) bool { return value != "" && strings.Trim(value, "0123456789") == "" }

// isReport reports whether a value below a short word, such as "auth", tells how
// something went, or how often, and is no secret. A number is one where it is as long
// as passwords are, and below "pin".
func isReport(name, value string) bool {
	var buffer [16]byte
	switch string(lower(buffer[:], name)) {
	case "auth", "pass", "session":
		if len(value) <= 5 && isNumber(value) {
			return true
		}
	case "pin":
	default:
		return false
	}
	return reports[string(lower(buffer[:], value))]
}

// lower returns a word in lower case, in a buffer, or nothing where it is too long.
func lower(buffer []byte, word string) []byte {
	if len(word) > len(buffer) {
		return nil
	}
	for i := range len(word) {
		buffer[i] = word[i]
		if isUpper(word[i]) {
			buffer[i] += 'a' - 'A'
		}
	}
	return buffer[:len(word)]
}

// reports are words that tell how something went.
var reports = map[string]bool{
	"active": true, "closed": true, "created": true, "done": true, "enabled": true, "disabled": true, "ended": true, "error": true,
	"expired": true, "fail": true, "failed": true, "failure": true, "invalid": true, "missing": true, "no": true, "off": true,
	"ok": true, "on": true, "open": true, "opened": true, "passed": true, "rejected": true, "required": true, "started": true,
	"success": true, "valid": true, "yes": true,
}

// isStatus reports whether a word after a colon is a status of HTTP that its text
// follows: "cannot fetch token: 401 Unauthorized".
func (s *scanner) isStatus(from, end int) bool {
	return end-from == 3 && isNumber(s.text[from:end]) && (s.text[from] == '4' || s.text[from] == '5') &&
		end+1 < len(s.text) && s.text[end] == ' ' && isUpper(s.text[end+1])
}
