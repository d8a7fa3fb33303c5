// SPDX-License-Identifier: Apache-2.0

package compare

// origin is a resource as it is compared, and those of a recording that are the same.
type origin struct {
	service    string
	attributes []Attribute
	id         int32
	of         []*Resource
	line       int // of the first span
}

// origins returns the resources of a recording in their order.
func (c *comparison) origins(r *Recording) []*origin {
	var list []*origin
	byID := make(map[int32]*origin)
	seen := make(map[*Resource]bool)
	for _, s := range r.Spans {
		if seen[s.Resource] {
			continue
		}
		seen[s.Resource] = true
		var kept []Attribute
		for _, a := range s.Resource.Attributes {
			if !c.ignored.has(ofResource, a.Key) {
				kept = append(kept, a)
			}
		}
		c.interner.begin(internPair)
		c.interner.attributes(kept)
		id := c.interner.id()
		o := byID[id]
		if o == nil {
			o = &origin{service: s.Resource.service(), attributes: kept, id: id, line: s.Line}
			byID[id] = o
			list = append(list, o)
		}
		o.of = append(o.of, s.Resource)
	}
	return list
}

// matchResources gives the resources of both recordings that are the same, or of the same
// service, or the only ones left, the same number. So a change of a resource is one
// difference and not one of each span.
func (c *comparison) matchResources(a, b *Recording) {
	number := int32(0)
	pair := func(x, y *origin) {
		number++
		for _, o := range []*origin{x, y} {
			if o != nil {
				for _, r := range o.of {
					c.services[r] = number
				}
			}
		}
		if x != nil && y != nil {
			c.differInAttributes(x.attributes, y.attributes, resourceKinds(),
				Difference{Service: x.service, LineA: x.line, LineB: y.line})
		}
	}
	as, bs := c.origins(a), c.origins(b)
	as, bs = cancel(as, bs, func(o *origin) int32 { return o.id }, pair)
	as, bs = cancel(as, bs, func(o *origin) string { return o.service }, pair)
	as, bs = cancel(as, bs, func(o *origin) bool { return true }, pair)
	for _, o := range as {
		pair(o, nil)
	}
	for _, o := range bs {
		pair(nil, o)
	}
}
