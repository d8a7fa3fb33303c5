// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"fmt"
	"io"
	"os"
	"strings"

	"go.opentelemetry.io/otel"
	"golang.org/x/term"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// ColorMode says when [NewTree] colours.
type ColorMode int

const (
	// ColorAuto colours if the writer is a terminal (and TERM isn't dumb), or
	// CLICOLOR_FORCE is set to something else than 0. It never does if
	// NO_COLOR is set, or if CLICOLOR is 0 (see no-color.org and
	// bixense.com/clicolors). An empty variable counts as not set.
	ColorAuto ColorMode = iota
	// ColorAlways colours, whatever the environment says.
	ColorAlways
	// ColorNever doesn't colour.
	ColorNever
)

// terminal is what is known of a writer.
type terminal struct {
	fd     int // -1: it isn't a terminal
	width  int // 0: ask the terminal; negative: no limit
	colour bool
	ascii  bool
}

func newTerminal(w io.Writer, o TreeOptions) terminal {
	t := terminal{fd: -1, width: o.Width}
	if file, ok := w.(interface{ Fd() uintptr }); ok && term.IsTerminal(int(file.Fd())) {
		t.fd = int(file.Fd())
	}
	t.ascii = o.ASCII || asciiEnvironment(t.fd >= 0)
	switch o.Color {
	case ColorAuto:
		t.colour = colourEnvironment(t.fd >= 0)
	case ColorAlways:
		t.colour = true
	}
	return t
}

// narrowest is how many columns a tree needs. Where a window has less, it wraps lines.
const narrowest = 20

// columns returns how long a line may be, 0 for no limit. It asks anew for
// every block: windows are resized.
func (t terminal) columns() int {
	switch {
	case t.width > 0:
		return max(t.width, narrowest)
	case t.width < 0 || t.fd < 0:
		return 0
	}
	width, _, err := term.GetSize(t.fd)
	if err != nil || width <= 0 {
		return 80
	}
	return max(width, narrowest)
}

func colourEnvironment(isTerminal bool) bool {
	switch {
	case os.Getenv("NO_COLOR") != "":
		return false
	case os.Getenv("CLICOLOR_FORCE") != "" && os.Getenv("CLICOLOR_FORCE") != "0":
		return true
	case os.Getenv("CLICOLOR") == "0", os.Getenv("TERM") == "dumb":
		return false
	}
	return isTerminal
}

// treeVariable says how much a tree shows.
const treeVariable = "OT2OTEL_TREE"

// verboseEnvironment reports whether the environment asks for all that is known of
// spans.
func verboseEnvironment() bool {
	switch value := strings.TrimSpace(os.Getenv(treeVariable)); strings.ToLower(value) {
	case "verbose":
		return true
	case "", "compact":
	default:
		otel.Handle(fmt.Errorf("exporters: tree: %s=%q is unknown: use verbose or compact", treeVariable, printable.Clip(value)))
	}
	return false
}

// asciiEnvironment reports whether the environment rules UTF-8 out. A locale
// that isn't set says nothing: containers have none, and their logs are read
// elsewhere.
func asciiEnvironment(isTerminal bool) bool {
	if isTerminal && os.Getenv("TERM") == "dumb" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := os.Getenv(name); locale != "" {
			locale = strings.ToLower(locale)
			return !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
		}
	}
	return false
}
