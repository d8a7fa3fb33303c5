// SPDX-License-Identifier: Apache-2.0

package starts

import (
	"slices"

	"github.com/ot2otel/ot2otel/migrate/internal/edit"
	"github.com/ot2otel/ot2otel/migrate/internal/flow"
	"github.com/ot2otel/ot2otel/migrate/internal/rules/values"
)

// A startAttribute is a tag of a start, which a variable may hold as an option.
type startAttribute struct {
	text func(r *edit.Renderer) string
	tag  *flow.Node // of the variable, or nil
	at   int        // its place among the options, which it shares with other attributes
}

// A startTags is a set of tags among the options of a start.
type startTags struct {
	node *flow.Node
	at   int
}

func (p *File) isTagOption(a startAttribute) bool {
	return a.tag != nil && values.TagIsOption(p.Run.KnownOf(a.tag))
}

// attribute adds a tag, to those before it unless a set of tags stands between.
func (s *Start) attribute(a startAttribute) {
	a.at = len(s.options)
	if n := len(s.attrs); n > 0 && !slices.ContainsFunc(s.sets, func(set startTags) bool { return set.at >= s.attrs[n-1].at }) {
		a.at = s.attrs[n-1].at
	}
	s.attrs = append(s.attrs, a)
}

func (s *Start) setKind(option func(r *edit.Renderer) string) {
	s.kind, s.kindAt = option, len(s.options)
}

// kindFirst tells whether the kind can be the first option: none before it has a kind
// among its tags.
func (s *Start) kindFirst() bool {
	return !slices.ContainsFunc(s.sets, func(set startTags) bool { return set.at < s.kindAt && set.node.Facts&flow.TagsKind != 0 })
}

// arguments renders the options but references and links.
func (p *File) arguments(r *edit.Renderer, s *Start) (args []string) {
	first := s.kindFirst()
	if s.kind != nil && first {
		args = append(args, s.kind(r))
	}
	for _, a := range s.attrs {
		if p.isTagOption(a) {
			args = append(args, a.text(r))
		}
	}
	for i := range len(s.options) + 1 {
		if s.kind != nil && !first && s.kindAt == i {
			args = append(args, s.kind(r))
		}
		var texts []string
		for _, a := range s.attrs {
			if a.at == i && !p.isTagOption(a) {
				texts = append(texts, a.text(r))
			}
		}
		if len(texts) > 0 {
			args = append(args, edit.List(r.Trace("WithAttributes")+"(", texts, ")"))
		}
		if i < len(s.options) {
			args = append(args, s.options[i](r))
		}
	}
	return args
}
