// SPDX-License-Identifier: Apache-2.0

package migrate

// mocktracerClaims hold what comes from mocktracer: its tests look at just these spans.
var mocktracerClaims = []claim{{path: MocktracerPath, gives: originMade | originMock, held: pin{category: "mocktracer", reason: "it comes from mocktracer"}}}

// mocktracerFile refuses what only tests use.
type mocktracerFile struct{ noVisit }

func (mocktracerFile) rows() (all []rule) {
	for _, s := range Symbols() {
		if s.Path == MocktracerPath {
			all = append(all, rule{symbol: s.String(), name: "mocktracer", category: "mocktracer"})
		}
	}
	return all
}
