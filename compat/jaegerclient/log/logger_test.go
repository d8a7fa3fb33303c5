// SPDX-License-Identifier: Apache-2.0

package log_test

import (
	"bytes"
	stdlog "log"
	"testing"

	"github.com/ot2otel/ot2otel/compat/jaegerclient/log"
)

// plain is a Logger without debugging.
type plain struct{ *log.BytesBufferLogger }

func (p plain) Debugf() {}

func TestLoggers(t *testing.T) {
	var standard bytes.Buffer
	flags, writer := stdlog.Flags(), stdlog.Writer()
	stdlog.SetOutput(&standard)
	stdlog.SetFlags(0)
	defer func() {
		stdlog.SetOutput(writer)
		stdlog.SetFlags(flags)
	}()
	memory, withoutDebug := new(log.BytesBufferLogger), new(log.BytesBufferLogger)
	for _, c := range []struct {
		explanation string
		logger      log.DebugLogger
		text        func() string
		want        string
	}{
		{"in memory", memory, memory.String, "ERROR: 100%!\nINFO: 1 of 2\nDEBUG: 3%\n"},
		{"the standard one", log.StdLogger, standard.String, "ERROR: 100%!\n1 of 2\nDEBUG: 3%\n"},
		{"none", log.NullLogger, func() string { return "" }, ""},
		{"without debugging, which it is told once", log.DebugLogAdapter(plain{withoutDebug}), withoutDebug.String, "INFO: debug logging disabled\nERROR: 100%!\nINFO: 1 of 2\n"},
	} {
		c.logger.Error("100%!")
		c.logger.Infof("%d of %d", 1, 2)
		c.logger.Debugf("%d%%", 3)
		if got := c.text(); got != c.want {
			t.Errorf("%s: %q, want %q", c.explanation, got, c.want)
		}
	}
	if log.DebugLogAdapter(nil) != nil {
		t.Error("an adapter of nothing")
	}
	if log.DebugLogAdapter(memory) != log.DebugLogger(memory) {
		t.Error("an adapter of what needs none")
	}
	if memory.Flush(); memory.String() != "" {
		t.Errorf("%q is left", memory.String())
	}
}
