// SPDX-License-Identifier: Apache-2.0

package secret

import "testing"

func TestFlags(t *testing.T) {
	tests := []struct{ explanation, in, want string }{
		{"a flag", "app --password hunter2 -v", "app --password REDACTED -v"},
		{"with one dash", "app -token hunter2", "app -token REDACTED"},
		{"in quotes", `app --api-key "hunter2 hunter2" -v`, `app --api-key "REDACTED" -v`},
		{"several spaces", "app --password   hunter2", "app --password   REDACTED"},
		{"a tab", "app --password\thunter2", "app --password\tREDACTED"},
		{"several flags", "app --user joe --password hunter2 --token hunter2", "app --user joe --password REDACTED --token REDACTED"},
		{"twice", "--password hunter2 hunter --password hunter2", "--password REDACTED hunter --password REDACTED"},
		{"with '='", "app --password=hunter2", "app --password=REDACTED"},
		{"without a value", "app --password -v", "app --password -v"},
		{"at the end", "unknown flag: --password", "unknown flag: --password"},
		{"on the next line", "unknown flag: --password\nUsage", "unknown flag: --password\nUsage"},
		{"in a sentence", "the flag --token is not set", "the flag --token is not set"},
		{"another flag", "app --user joe", "app --user joe"},
		{"a dash in a sentence", "login - password wrong", "login - password wrong"},
	}
	for _, tt := range tests {
		got := Text(tt.in)
		if got != tt.want {
			t.Errorf("%s: %q = %q, want %q", tt.explanation, tt.in, got, tt.want)
		}
		if again := Text(got); again != got {
			t.Errorf("%s: again %q = %q", tt.explanation, got, again)
		}
	}
}
