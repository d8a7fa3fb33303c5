// SPDX-License-Identifier: Apache-2.0

package doctor

import (
	"strings"
)

// readEnvFile reads lines NAME=value, with or without export, as Compose and shells take
// them. Other lines are passed over.
func readEnvFile(data []byte) ([]setting, error) {
	vars, n := make(scope), 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		line = strings.TrimSpace(strings.TrimPrefix(line, "export "))
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		vars.set(strings.TrimSpace(name), unquoted(value), true, n, "")
	}
	return vars.settings(), nil
}

// unquoted returns a value without its quotes, or without the comment after it.
func unquoted(value string) string {
	value = strings.TrimSpace(value)
	if value == "" {
		return ""
	}
	if quote := value[0]; quote == '"' || quote == '\'' {
		if end := strings.IndexByte(value[1:], quote); end >= 0 {
			return value[1 : 1+end]
		}
		return value
	}
	value, _, _ = strings.Cut(value, " #")
	return strings.TrimSpace(value)
}
