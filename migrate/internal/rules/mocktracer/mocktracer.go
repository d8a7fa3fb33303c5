// SPDX-License-Identifier: Apache-2.0

package mocktracer

import (
	"sync"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/opentracing"
	"github.com/ot2otel/ot2otel/migrate/internal/plan"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

// Refused is why a test on mocktracer stays.
var Refused = &refusal.Category{
	Name: "mocktracer", Title: "Tests on mocktracer",
	Why:  "The test asserts a MockSpan. Native spans are not MockSpans.",
	Todo: "Run `ot2otel fix -stage 1`. It moves the test to the twin of mocktracer, which also sees native spans. Or record spans with `exporters.Memory` before the code is rewritten, as [MIGRATION.md](../MIGRATION.md#in-tests) says, or with the SDK's `tracetest.SpanRecorder` afterwards.",
}

// Library refuses what only tests use, and holds what comes from mocktracer: its tests look
// at just these spans.
func Library() plan.Library {
	return plan.Library{
		Claims: []flow.Claim{{
			Path: opentracing.MocktracerPath, Gives: flow.OriginMade | flow.OriginMock,
			Held: flow.Pin{Category: Refused, Reason: "it comes from mocktracer"},
		}},
		Categories: []*refusal.Category{Refused},
		Rules:      func(*plan.File) plan.Rules { return rules{} },
	}
}

type rules struct{ plan.NoVisit }

func (rules) Rows() []plan.Rule { return rows() }

// rows are those of all files.
var rows = sync.OnceValue(func() (all []plan.Rule) {
	for _, s := range opentracing.Symbols() {
		if s.Path == opentracing.MocktracerPath {
			all = append(all, plan.Rule{Symbol: s.String(), Name: "mocktracer", Category: Refused})
		}
	}
	return all
})
