// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"fmt"
	"slices"
	"strings"
)

// A Rule says what a comparison ignores.
type Rule struct {
	of      string // a kind of difference, or what the pattern is of
	pattern string
}

// The things that a pattern of a rule is of.
const (
	ofAttribute = "attribute"
	ofValue     = "value"
	ofResource  = "resource"
	ofEvent     = "event"
	ofSpan      = "span"
)

// patterns are the forms of rules with a pattern, for messages.
func patterns() []string { return []string{ofAttribute, ofValue, ofResource, ofEvent, ofSpan} }

// ParseRule parses a rule:
//
//	KIND            differences of this kind, one of [Kinds]
//	attribute:KEY   attributes with this key, of spans, events and links
//	value:KEY       what their values are, but not their types, and not whether there are any
//	resource:KEY    attributes of resources with this key
//	event:NAME      events with this name
//	span:NAME       spans with this name: what is beneath them is beneath their parents
//
// In a key or a name, * stands for any characters.
func ParseRule(text string) (Rule, error) {
	of, pattern, ok := strings.Cut(text, ":")
	switch {
	case !ok && slices.Contains(Kinds(), Kind(text)):
		return Rule{of: text}, nil
	case !ok:
		return Rule{}, fmt.Errorf("%q is not a kind of difference (there are %s) and not one of %s", text, joinKinds(), forms())
	case !slices.Contains(patterns(), of):
		return Rule{}, fmt.Errorf("%q is not one of %s", text, forms())
	case pattern == "":
		return Rule{}, fmt.Errorf("%q has nothing after the colon: name what to ignore, or write %s:*", text, of)
	}
	return Rule{of, pattern}, nil
}

func joinKinds() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func forms() string {
	var forms []string
	for _, of := range patterns() {
		what := "KEY"
		if of == ofEvent || of == ofSpan {
			what = "NAME"
		}
		forms = append(forms, of+":"+what)
	}
	return strings.Join(forms, ", ")
}

// volatile are the attributes of resources that say which process, machine or SDK it was:
// they differ between two runs of the same program.
func volatile() []string {
	return []string{"telemetry.*", "process.*", "host.*", "os.*", "container.*", "k8s.pod.*", "service.instance.id",
		"client-uuid", "hostname", "ip"} // the last three are Jaeger's
}

// ignored is what all rules say. Keys and names repeat, so each is matched once.
type ignored struct {
	kinds    map[Kind]bool
	patterns map[string][]string        // by what they are of
	known    map[string]map[string]bool // the same, of what was matched
}

func newIgnored(rules []Rule) *ignored {
	ig := &ignored{
		kinds:    make(map[Kind]bool),
		patterns: map[string][]string{ofResource: volatile()},
		known:    make(map[string]map[string]bool),
	}
	for _, r := range rules {
		if r.pattern == "" {
			ig.kinds[Kind(r.of)] = true
			continue
		}
		ig.patterns[r.of] = append(ig.patterns[r.of], r.pattern)
	}
	if ig.kinds[AttributeValue] { // so that trees which differ in values only are the same
		ig.patterns[ofValue] = []string{"*"}
	}
	return ig
}

// has reports whether something of this name is ignored.
func (ig *ignored) has(of, name string) bool {
	patterns := ig.patterns[of]
	if len(patterns) == 0 {
		return false
	}
	found, known := ig.known[of][name]
	if !known {
		found = slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
		if ig.known[of] == nil {
			ig.known[of] = make(map[string]bool)
		}
		ig.known[of][name] = found
	}
	return found
}

// attributes returns what is compared of attributes.
func (ig *ignored) attributes(all []Attribute) []Attribute {
	if len(ig.patterns[ofAttribute]) == 0 && len(ig.patterns[ofValue]) == 0 {
		return all
	}
	kept := make([]Attribute, 0, len(all))
	for _, a := range all {
		if ig.has(ofAttribute, a.Key) {
			continue
		}
		if ig.has(ofValue, a.Key) {
			a.Value.Text = ""
		}
		kept = append(kept, a)
	}
	return kept
}

func (ig *ignored) events(all []Event) []Event {
	if len(ig.patterns[ofAttribute]) == 0 && len(ig.patterns[ofValue]) == 0 && len(ig.patterns[ofEvent]) == 0 {
		return all
	}
	kept := make([]Event, 0, len(all))
	for _, e := range all {
		if !ig.has(ofEvent, e.Name) {
			e.Attributes = ig.attributes(e.Attributes)
			kept = append(kept, e)
		}
	}
	return kept
}

// matches reports whether name has the form of a pattern, in which * stands for any
// characters. It takes the first place for each part of the pattern, which is as good as
// any, so it need not go back.
func matches(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(name) < len(first)+len(last) || !strings.HasPrefix(name, first) || !strings.HasSuffix(name, last) {
		return false
	}
	name = name[len(first) : len(name)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return true
}
