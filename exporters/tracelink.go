// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"github.com/ot2otel/ot2otel/internal/printable"
)

// traceURLVariable has the template of links where TreeOptions.TraceURL has none.
const traceURLVariable = "OT2OTEL_TRACE_URL"

// tracePlaceholder stands for the trace ID in a template.
const tracePlaceholder = "{trace}"

// traceLink makes links to traces; the zero value makes none.
type traceLink struct{ template string }

// newTraceLink takes the template of the options, else that of the environment. It
// reports one that is malformed, and makes no links then.
func newTraceLink(o TreeOptions) traceLink {
	template, source := o.TraceURL, "TreeOptions.TraceURL"
	if template == "" {
		template, source = strings.TrimSpace(os.Getenv(traceURLVariable)), traceURLVariable
	}
	if template == "" {
		return traceLink{}
	}
	if err := checkTraceURL(template); err != nil {
		otel.Handle(fmt.Errorf("exporters: tree: %s=%q %w", source, printable.Clip(template), err))
		return traceLink{}
	}
	return traceLink{escapeURL(template)}
}

func checkTraceURL(template string) error {
	if !strings.Contains(template, tracePlaceholder) {
		return errors.New("has no {trace}: write it where the trace ID goes")
	}
	u, err := url.Parse(strings.ReplaceAll(template, tracePlaceholder, trace.TraceID{}.String()))
	switch {
	case err != nil: // it quotes the URL, with what is secret in it
		return errors.New("is not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("is not a URL of http or https")
	case u.Host == "":
		return errors.New("has no host")
	case u.User != nil:
		return errors.New("has a user: leave it out")
	}
	return nil
}

// escapeURL escapes what may not be in a link of OSC 8: all but printable ASCII.
func escapeURL(template string) string {
	var b strings.Builder
	for _, c := range []byte(template) {
		if c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// to returns the URL of a trace, "" where there are no links.
func (l traceLink) to(id trace.TraceID) string {
	return strings.ReplaceAll(l.template, tracePlaceholder, id.String())
}

// hyperlink makes text a link that a terminal opens on a click (OSC 8). Terminals
// without links print the text alone.
func hyperlink(to, text string) string {
	return "\x1b]8;;" + to + "\x1b\\" + text + "\x1b]8;;\x1b\\"
}
