// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/refusal"
)

// A Wall holds uses back for reasons of one category in one file.
type Wall struct {
	*flow.Pin     // the first of the reasons
	Places    int // where the reasons are
}

// A WallStep is a set of walls of which each one holds the same uses back.
type WallStep struct {
	Walls []Wall
	// Alone is how many uses would be converted without these walls, and With how many
	// without these and those of the steps before.
	Alone, With int
}

// A WallPart is a part of the code whose uses hold each other back.
type WallPart struct {
	// Uses is how many uses stay in it, and Code how many of these are outside of tests.
	Uses, Code int
	// Steps are its walls in the order in which their falls convert most. There are few at
	// most, and what is behind the walls is not told.
	Steps []WallStep
	// More is how many walls there are besides.
	More int
}

// The search for the order of walls is for the first steps, among the walls that hold most.
const (
	wallSteps     = 6
	wallsToChoose = 48
)

// Walls returns the parts that stay, those with most uses outside of tests first.
func (rw *Run) Walls() []*WallPart {
	w := rw.wallSearch()
	var all []*WallPart
	for _, part := range w.parts() {
		if part.Uses > 0 {
			w.order(part)
			all = append(all, part.WallPart)
		}
	}
	slices.SortStableFunc(all, func(a, b *WallPart) int { return cmp.Or(cmp.Compare(b.Code, a.Code), cmp.Compare(b.Uses, a.Uses)) })
	return all
}

// Without returns the sites that stay for no other reasons than those that falls tells to be
// gone. What only shows without these may hold some of them still.
func (rw *Run) Without(falls func(*flow.Pin) bool) (sites []*Site) {
	w := rw.wallSearch()
	stands := func(reasons []*flow.Pin) bool {
		return slices.ContainsFunc(reasons, func(why *flow.Pin) bool { return !falls(why) })
	}
	for _, part := range w.parts() {
		held, stays := w.heldBy(part, func(g *Group) bool { return stands(g.reasons) }, func(s *Site) bool { return stands(s.reasons()) })
		for _, s := range part.sites {
			if !stays[s] && !slices.ContainsFunc(w.groupsOf(s), func(g *Group) bool { return held[g] }) {
				sites = append(sites, s)
			}
		}
	}
	return sites
}

func (rw *Run) wallSearch() *wallSearch {
	w := &wallSearch{run: rw, ids: make(map[wallKey]int), of: make(map[*Group][]int), at: make(map[*Site][]int)}
	for _, g := range rw.List {
		for _, why := range g.reasons {
			w.of[g] = append(w.of[g], w.id(why))
		}
	}
	for _, s := range rw.Sites {
		for _, why := range s.reasons() {
			w.at[s] = append(w.at[s], w.id(why))
		}
	}
	return w
}

// wallKey is what makes reasons the same wall.
type wallKey struct {
	category *refusal.Category
	file     string
}

type wallSearch struct {
	run   *Run
	walls []Wall
	ids   map[wallKey]int
	of    map[*Group][]int // what holds a group itself
	at    map[*Site][]int  // what holds a site itself
}

func (w *wallSearch) id(why *flow.Pin) int {
	key := wallKey{why.Category, w.run.Position(why.Pos).Filename}
	id, ok := w.ids[key]
	if !ok {
		id = len(w.walls)
		w.ids[key] = id
		w.walls = append(w.walls, Wall{Pin: why})
	}
	wall := &w.walls[id]
	if why.Pos < wall.Pos {
		wall.Pin = why
	}
	return id
}

// A wallPart is a part with what is looked at of it.
type wallPart struct {
	*WallPart
	groups []*Group
	sites  []*Site
}

// groupsOf returns the refused groups of a site.
func (w *wallSearch) groupsOf(s *Site) (groups []*Group) {
	for _, n := range s.Nodes {
		if g := w.run.Groups[n.Find()]; g.Refusal != nil && !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	return groups
}

// parts returns what refused groups hang together by their sites.
func (w *wallSearch) parts() (all []*wallPart) {
	seen := make(map[*Group]bool)
	sites := make(map[*Site]bool)
	for _, first := range w.run.List {
		if first.Refusal == nil || seen[first] {
			continue
		}
		part := &wallPart{WallPart: &WallPart{}}
		seen[first] = true
		for list := []*Group{first}; len(list) > 0; {
			g := list[len(list)-1]
			list = list[:len(list)-1]
			part.groups = append(part.groups, g)
			for _, s := range g.Sites {
				if sites[s] || s.Instead != nil {
					continue
				}
				sites[s] = true
				part.sites = append(part.sites, s)
				part.Uses += len(s.Uses)
				if !s.File.Test {
					part.Code += len(s.Uses)
				}
				for _, next := range w.groupsOf(s) {
					if !seen[next] {
						seen[next] = true
						list = append(list, next)
					}
				}
			}
		}
		all = append(all, part)
	}
	return all
}

// order fills the steps of a part.
func (w *wallSearch) order(part *wallPart) {
	places := make(map[int]map[string]bool)
	weights := make(map[int]int) // uses of the groups that a wall holds itself
	note := func(id int, why *flow.Pin, uses int) {
		weights[id] += uses
		if places[id] == nil {
			places[id] = make(map[string]bool)
		}
		position := w.run.Position(why.Pos)
		places[id][fmt.Sprint(position.Filename, position.Line)] = true
	}
	for _, g := range part.groups {
		for i, id := range w.of[g] {
			note(id, g.reasons[i], g.uses())
		}
	}
	for _, s := range part.sites {
		for i, why := range s.reasons() {
			note(w.at[s][i], why, len(s.Uses))
		}
	}
	var known []int
	for id := range weights {
		known = append(known, id)
	}
	slices.SortFunc(known, func(a, b int) int {
		return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(w.walls[a].Pos, w.walls[b].Pos), cmp.Compare(a, b))
	})
	sets := w.sets(part, known[:min(len(known), wallsToChoose)])
	down := make(map[int]bool)
	for len(part.Steps) < wallSteps {
		next, with := bestSet(sets, down)
		if next == nil {
			break
		}
		step := WallStep{Alone: freed(sets, next, nil), With: with}
		for _, id := range next {
			if !down[id] {
				down[id] = true
				wall := w.walls[id]
				wall.Places = len(places[id])
				step.Walls = append(step.Walls, wall)
			}
		}
		part.Steps = append(part.Steps, step)
	}
	part.More = len(known) - len(down)
}

// A wallSet is all walls that hold the same uses back.
type wallSet struct {
	walls []int // in the order of their weights
	uses  int
}

// sets returns what holds the uses of a part back, those with most uses first. Uses that
// walls hold which are not among the known ones are left out.
func (w *wallSearch) sets(part *wallPart, known []int) []*wallSet {
	holding := make(map[*Site][]int)
	for _, id := range known {
		held, sites := w.heldBy(part,
			func(g *Group) bool { return slices.Contains(w.of[g], id) },
			func(s *Site) bool { return slices.Contains(w.at[s], id) })
		for _, s := range part.sites {
			if sites[s] || slices.ContainsFunc(w.groupsOf(s), func(g *Group) bool { return held[g] }) {
				holding[s] = append(holding[s], id)
			}
		}
	}
	all := make(map[int]bool)
	for _, id := range known {
		all[id] = true
	}
	byWalls := make(map[string]*wallSet)
	var sets []*wallSet
	for _, s := range part.sites {
		if len(holding[s]) == 0 || slices.ContainsFunc(w.at[s], func(id int) bool { return !all[id] }) {
			continue
		}
		key := fmt.Sprint(holding[s])
		set := byWalls[key]
		if set == nil {
			set = &wallSet{walls: holding[s]}
			byWalls[key] = set
			sets = append(sets, set)
		}
		set.uses += len(s.Uses)
	}
	slices.SortStableFunc(sets, func(a, b *wallSet) int { return cmp.Compare(b.uses, a.uses) })
	return sets
}

// heldBy returns the groups and sites that are held themselves, with all that these hold.
func (w *wallSearch) heldBy(part *wallPart, group func(*Group) bool, site func(*Site) bool) (held map[*Group]bool, sites map[*Site]bool) {
	held, sites = make(map[*Group]bool), make(map[*Site]bool)
	var list []*Group
	hold := func(s *Site) {
		for _, g := range w.groupsOf(s) {
			if !held[g] && !w.run.keeps(g, s) {
				held[g] = true
				list = append(list, g)
			}
		}
	}
	for _, g := range part.groups {
		if group(g) {
			held[g] = true
			list = append(list, g)
		}
	}
	for _, s := range part.sites {
		if site(s) {
			sites[s] = true
			hold(s)
		}
	}
	for len(list) > 0 {
		g := list[len(list)-1]
		list = list[:len(list)-1]
		for _, s := range g.Sites {
			if s.Instead == nil {
				hold(s)
			}
		}
	}
	return held, sites
}

// bestSet returns the walls of a set that convert most uses, for each wall that still
// stands, and how many uses are converted then with those that are down.
func bestSet(sets []*wallSet, down map[int]bool) (best []int, with int) {
	before := freed(sets, nil, down)
	gain, cost := 0, 1
	for _, set := range sets[:min(len(sets), wallsToChoose)] {
		standing := 0
		for _, id := range set.walls {
			if !down[id] {
				standing++
			}
		}
		if standing == 0 {
			continue
		}
		n := freed(sets, set.walls, down)
		if (n-before)*cost > gain*standing {
			best, with, gain, cost = set.walls, n, n-before, standing
		}
	}
	return best, with
}

// freed counts the uses that are converted when some walls are down, and those of next, too.
func freed(sets []*wallSet, next []int, down map[int]bool) (uses int) {
	for _, set := range sets {
		if !slices.ContainsFunc(set.walls, func(id int) bool { return !down[id] && !slices.Contains(next, id) }) {
			uses += set.uses
		}
	}
	return uses
}
