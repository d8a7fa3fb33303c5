// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// gitSettings are the settings that are taken from a checkout, with their values: what
// git has to know of the files and of the objects, and none that names a program, a file
// or a host.
var gitSettings = map[string][]string{
	"core.repositoryformatversion": {"0", "1"},
	"core.filemode":                {"true", "false"},
	"core.symlinks":                {"true", "false"},
	"core.ignorecase":              {"true", "false"},
	"core.precomposeunicode":       {"true", "false"},
	"core.trustctime":              {"true", "false"},
	"core.checkstat":               {"default", "minimal"},
	"core.autocrlf":                {"true", "false", "input"},
	"core.eol":                     {"lf", "crlf", "native"},
	"extensions.objectformat":      {"sha1", "sha256"},
	"extensions.refstorage":        {"files"},
}

// settings returns our configuration.
func (t *workTree) settings(ctx context.Context) ([]byte, error) {
	name := filepath.Join(t.common, "config")
	if _, err := readGitFile(name); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	// What it includes is not read, and nothing in it is obeyed.
	out, err := t.git(ctx, t.ours, "config", "--file", name, "--no-includes", "--null", "--list")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for entry := range strings.SplitSeq(string(out), "\x00") {
		key, value, _ := strings.Cut(entry, "\n")
		key = strings.ToLower(key)
		t.note(key)
		allowed, ok := gitSettings[key]
		value = strings.ToLower(value)
		switch {
		case !ok:
		case slices.Contains(allowed, value):
			section, variable, _ := strings.Cut(key, ".")
			fmt.Fprintf(&b, "[%s]\n\t%s = %s\n", section, variable, value)
		case strings.HasPrefix(key, "extensions."):
			return nil, fmt.Errorf("%s is %q, which is not supported", key, value)
		}
	}
	return b.Bytes(), nil
}

// note remembers a setting of the repository that git is not told of, if it may be the
// reason for what git says.
func (t *workTree) note(key string) {
	note := ""
	switch section, _, _ := strings.Cut(key, "."); section {
	case "filter":
		note = "the filters in the configuration of the repository are not run"
	case "include", "includeif":
		note = "what the configuration of the repository includes is not read"
	}
	if note != "" && !slices.Contains(t.notes, note) {
		t.notes = append(t.notes, note)
	}
}

// unread returns what git is not told of, to be put behind what it says.
func (t *workTree) unread(ctx context.Context) string {
	notes := t.notes
	// They depend on where the git folder is, and ours is elsewhere.
	if found, err := t.git(ctx, t.ours, "config", "--name-only", "--get-regexp", `^includeif\.`); err == nil && len(found) > 0 {
		notes = append(notes, "your settings with includeIf are not read")
	}
	if len(notes) == 0 {
		return ""
	}
	return "; " + strings.Join(notes, ", and ")
}
