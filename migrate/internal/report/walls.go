// SPDX-License-Identifier: Apache-2.0

package report

import (
	"io"
	"slices"
	"strings"

	"github.com/ot2otel/ot2otel/migrate/internal/rewrite"
	"github.com/ot2otel/ot2otel/migrate/internal/rules"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
	"github.com/ot2otel/ot2otel/migrate/internal/terminal"
)

// A PlanPart is a rewrite.Part in a report.
type PlanPart struct {
	Uses  int        `json:"uses"`
	Code  int        `json:"code"` // uses outside of tests
	Steps []PlanStep `json:"steps"`
	More  int        `json:"more"` // walls that are not listed
}

// A PlanStep is a rewrite.Step in a report.
type PlanStep struct {
	Walls []PlanWall `json:"walls"`
	Alone int        `json:"alone"` // uses that go through without these walls
	With  int        `json:"with"`  // uses that go through without these and those of the steps before
}

// A PlanWall is a rewrite.Wall in a report.
type PlanWall struct {
	File     string `json:"file"`
	Line     int    `json:"line"`   // of the first place
	Places   int    `json:"places"` // in the file
	Category string `json:"category"`
	Reason   string `json:"reason"`
	StageOne bool   `json:"stageOne,omitempty"` // whether stage 1 takes it away
}

func planParts(p *source.Program, parts []rewrite.Part) []PlanPart {
	all := []PlanPart{}
	for _, part := range parts {
		out := PlanPart{Uses: part.Uses, Code: part.Code, Steps: []PlanStep{}, More: part.More}
		for _, s := range part.Steps {
			step := PlanStep{Alone: s.Alone, With: s.With}
			for _, w := range s.Walls {
				step.Walls = append(step.Walls, PlanWall{File: p.Rel(w.Pos.Filename), Line: w.Pos.Line, Places: w.Places, Category: w.Category, Reason: w.Reason, StageOne: w.StageOne})
			}
			out.Steps = append(out.Steps, step)
		}
		all = append(all, out)
	}
	return all
}

// walls counts the walls of a part.
func (p *PlanPart) walls() int {
	n := p.More
	for _, step := range p.Steps {
		n += len(step.Walls)
	}
	return n
}

// several returns the parts that have more than one wall.
func (p *Plan) several() (parts []PlanPart) {
	for _, part := range p.Parts {
		if part.walls() > 1 && len(part.Steps) > 0 {
			parts = append(parts, part)
		}
	}
	return parts
}

// wall says where a wall is.
func wall(s style, w PlanWall) markup {
	about, _ := rules.LookupCategory(w.Category)
	at := sprintf(s, "%s:%d", w.File, w.Line)
	if w.File == "" {
		at = "another module" // whose declaration is not in the code that was read
	}
	text := sprintf(s, "%s (%s", at, s.link(w.Category, about.Link()))
	if w.Places > 1 {
		text = sprintf(s, "%s, %d places", text, w.Places)
	}
	return text + ")"
}

// writeWalls says which walls stand behind each other.
func (p *Plan) writeWalls(w io.Writer, s style) {
	parts := p.several()
	if len(parts) == 0 {
		return
	}
	s.heading(w, "Which reasons to remove first")
	s.line(w, "Some uses stay for several reasons. These are the reasons that hold most, in the order in which they are worth removing. Those on one line hold the same uses.")
	for _, part := range parts[:shown(len(parts))] {
		s.line(w, sprintf(s, "%s for %s:", verb(part.Uses, "use stays", "uses stay"), terminal.Count(part.walls(), "reason")))
		var items []markup
		for i, step := range part.Steps {
			var walls []string
			for _, w := range step.Walls {
				walls = append(walls, string(wall(s, w)))
			}
			item := sprintf(s, "%s: fix rewrites %d without %s", markup(strings.Join(walls, ", ")), step.Alone, these(len(walls)))
			if i > 0 {
				item = sprintf(s, "%s, and %d without those above, too", item, step.With)
			}
			items = append(items, item)
		}
		if part.More > 0 {
			items = append(items, sprintf(s, "%s", terminal.Count(part.More, "more reason")))
		}
		s.items(w, items)
	}
	if left := len(parts) - shown(len(parts)); left > 0 {
		s.line(w, sprintf(s, "And %s: -format json lists all.", terminal.Count(left, "more part")))
	}
}

// biggestWall says what holds back most of the uses, apart from what stage 1 takes away. It is
// empty if nothing does.
func (p *Plan) biggestWall(s style) markup {
	first := markup("What holds back most: ")
	if p.StageOne != nil {
		first = "What holds back most after it: "
	}
	for _, part := range p.Parts {
		if len(part.Steps) == 0 {
			continue
		}
		step := part.Steps[0]
		walls := slices.DeleteFunc(slices.Clone(step.Walls), func(w PlanWall) bool { return w.StageOne })
		if len(walls) == 0 {
			continue
		}
		biggest := walls[0]
		if i := slices.IndexFunc(p.Causes, func(c PlanCause) bool { return c.Category == biggest.Category }); biggest.File == "" && i >= 0 {
			biggest.File, biggest.Line = p.Causes[i].File, p.Causes[i].Line // where it shows
		}
		line := sprintf(s, "%s%s", first, wall(s, biggest))
		if n := len(walls) - 1; n > 0 {
			line = sprintf(s, "%s and %s", line, terminal.Count(n, "more reason"))
		}
		switch {
		case len(walls) < len(step.Walls):
			return sprintf(s, "%s. See ot2otel explain %s.", line, walls[0].Category)
		case part.walls() == 1:
			return sprintf(s, "%s keeps %s. See ot2otel explain %s.", line, terminal.Count(part.Uses, "use"), walls[0].Category)
		}
		return sprintf(s, "%s. Without %s, fix rewrites %d more uses: see -section reasons.", line, these(len(walls)), step.Alone)
	}
	if p.StageOne != nil {
		return ""
	}
	cause := p.Causes[0]
	return sprintf(s, "%s%s:%d (%s) keeps %s. See ot2otel explain %s.", first, cause.File, cause.Line, cause.Category, inFiles(cause), cause.Category)
}

// these stands for so many reasons.
func these(n int) string {
	if n == 1 {
		return "it"
	}
	return "these"
}
