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
}

func planParts(p *source.Program, parts []rewrite.Part) []PlanPart {
	all := []PlanPart{}
	for _, part := range parts {
		out := PlanPart{Uses: part.Uses, Code: part.Code, Steps: []PlanStep{}, More: part.More}
		for _, s := range part.Steps {
			step := PlanStep{Alone: s.Alone, With: s.With}
			for _, w := range s.Walls {
				step.Walls = append(step.Walls, PlanWall{File: p.Rel(w.Pos.Filename), Line: w.Pos.Line, Places: w.Places, Category: w.Category, Reason: w.Reason})
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
	s.heading(w, "Walls behind walls")
	s.line(w, "Uses that hold each other back go through when all walls before them are gone. Walls on one line hold the same uses.")
	for _, part := range parts[:shown(len(parts))] {
		s.line(w, sprintf(s, "%s behind %s:", terminal.Count(part.Uses, "use"), terminal.Count(part.walls(), "wall")))
		var items []markup
		for i, step := range part.Steps {
			var walls []string
			for _, w := range step.Walls {
				walls = append(walls, string(wall(s, w)))
			}
			item := sprintf(s, "%s: %d go through without", markup(strings.Join(walls, ", ")), step.Alone)
			if i > 0 {
				item = sprintf(s, "%s, %d without those above, too", item, step.With)
			}
			items = append(items, item)
		}
		if part.More > 0 {
			items = append(items, sprintf(s, "%s", terminal.Count(part.More, "more wall")))
		}
		s.items(w, items)
	}
	if left := len(parts) - shown(len(parts)); left > 0 {
		s.line(w, sprintf(s, "And %s: -format json lists all.", terminal.Count(left, "more part")))
	}
}

// biggestWall says what holds back most of the uses.
func (p *Plan) biggestWall(s style) markup {
	cause := p.Causes[0]
	if len(p.Parts) > 0 && len(p.Parts[0].Steps) > 0 {
		part := p.Parts[0]
		first := part.Steps[0].Walls[0]
		if part.walls() > 1 {
			return part.firstStep(s)
		}
		i := slices.IndexFunc(p.Causes, func(c PlanCause) bool {
			return c.File == first.File && c.Line == first.Line && c.Category == first.Category
		})
		cause = p.Causes[max(i, 0)]
	}
	return sprintf(s, "The biggest wall: %s:%d (%s) keeps %s. See ot2otel explain %s.", cause.File, cause.Line, cause.Category, inFiles(cause), cause.Category)
}

// firstStep says what the first walls of a part hold.
func (p *PlanPart) firstStep(s style) markup {
	step, these := p.Steps[0], "it"
	line := sprintf(s, "The biggest wall: %s", wall(s, step.Walls[0]))
	if n := len(step.Walls) - 1; n > 0 {
		line, these = sprintf(s, "%s and %s", line, terminal.Count(n, "more wall")), "these"
	}
	return sprintf(s, "%s. Without %s, %d of %d uses go through: see -section reasons.", line, these, step.Alone, p.Uses)
}
