// SPDX-License-Identifier: Apache-2.0

package report

import (
	"net/url"
	"path"
	"path/filepath"

	"github.com/ot2otel/ot2otel/migrate/internal/inventory"
	"github.com/ot2otel/ot2otel/migrate/internal/rewrite"
	"github.com/ot2otel/ot2otel/migrate/internal/rules"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// The parts of SARIF 2.1.0 (OASIS Standard, 2020) that a report needs.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		ColumnKind  string            `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
		HelpURI          string    `json:"helpUri"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI       string `json:"uri"`
		URIBaseID string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
)

// sarif returns the report as a SARIF log: a rule per symbol, a note per use. Paths
// are relative to %SRCROOT%, the root of the module or workspace. Columns are left
// out: SARIF counts them in characters, uses have them in bytes.
func (r *Report) sarif() sarifLog {
	driver := sarifDriver{Name: "ot2otel", InformationURI: "https://github.com/ot2otel/ot2otel", Rules: []sarifRule{}}
	index := make(map[string]int)
	for i, sym := range r.Symbols {
		index[sym.Symbol] = i
		driver.Rules = append(driver.Rules, sarifRule{
			ID:               sym.Symbol,
			ShortDescription: sarifText{"Use of " + sym.Symbol + " of the OpenTracing API (" + string(sym.Area) + ")"},
			HelpURI:          (&url.URL{Scheme: "https", Host: "pkg.go.dev", Path: "/" + sym.Path}).String(),
		})
	}
	run := sarifRun{Results: []sarifResult{}, ColumnKind: "unicodeCodePoints",
		Invocations: []sarifInvocation{{Successful: len(r.Broken) == 0}}}
	run.Tool.Driver = driver
	for _, u := range r.Uses {
		run.Results = append(run.Results, sarifResult{
			RuleID: u.Symbol, RuleIndex: index[u.Symbol], Level: "note",
			Message:   sarifText{useText(u)},
			Locations: sarifPlace(u.File, u.Line),
		})
	}
	for _, b := range r.Broken {
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{
			Level: "error", Message: sarifText{b.Package + " was not counted, it does not compile: " + source.Summary(b.Errors)},
		})
	}
	if r.Plan != nil {
		for _, t := range r.Plan.ForeignTracers {
			run.Invocations[0].Notifications = append(run.Invocations[0].Notifications, sarifNotification{
				Level: "warning", Message: sarifText{t.String() + ": " + rewrite.StageOneFirst + " See " + rewrite.StageOne}, Locations: sarifPlace(t.File, t.Line),
			})
		}
	}
	return sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	}
}

// sarifPlace returns a line as a location.
func sarifPlace(file string, line int) []sarifLocation {
	artifact := sarifArtifact{URI: (&url.URL{Path: file}).EscapedPath(), URIBaseID: "%SRCROOT%"}
	if path.IsAbs(file) || filepath.IsAbs(file) {
		artifact = sarifArtifact{URI: (&url.URL{Scheme: "file", Path: file}).String()}
	}
	return []sarifLocation{{sarifPhysical{artifact, sarifRegion{line}}}}
}

// useText says what a use is, and what becomes of it.
func useText(u ReportUse) string {
	text := "reference to " + u.Symbol
	if u.Kind == inventory.UseCall {
		text = "call of " + u.Symbol
	}
	switch u.Outcome {
	case OutcomeRewritten:
		text += "; ot2otel fix rewrites it"
	case OutcomeAdapted:
		text += "; after ot2otel fix it goes on behind an adapter"
	case OutcomeStays:
		about, _ := rules.LookupCategory(u.Category)
		text += "; ot2otel fix leaves it: " + u.Category + ", see " + about.Link()
	}
	return text
}
