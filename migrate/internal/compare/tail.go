// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"bytes"
	"encoding/json"
)

// A stubTail is the end of a line of stdouttrace, which says where a span comes from. It is
// half of the line, and the same in most, so each is decoded once.
type stubTail struct {
	resource *Resource
	scope    *Scope
}

// tailBegin begins a tail. In JSON, these bytes are the name of a member: a quote inside of
// a text is escaped.
var tailBegin = []byte(`,"Resource":`)

// maxTails bounds what is remembered of a recording whose lines have all another end.
const maxTails = 1000

// unmarshal decodes an object, without its tail where that is known.
func (r *reader) unmarshal(text []byte, of *object) error {
	at := bytes.LastIndex(text, tailBegin)
	if at < 0 {
		return json.Unmarshal(text, of)
	}
	if known := r.tails[string(text[at:])]; known != nil {
		text[at] = '}'
		err := json.Unmarshal(text[:at+1], of)
		text[at] = tailBegin[0]
		if err == nil {
			of.tail = known
			return nil
		}
		*of = object{} // the error is that of the whole
	}
	if err := json.Unmarshal(text, of); err != nil {
		return err
	}
	if of.SpanContext == nil || len(r.tails) >= maxTails {
		return nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(append([]byte(`{"":0`), text[at:]...), &members) != nil {
		return nil // it is a member of another object
	}
	delete(members, "")
	delete(members, "InstrumentationLibrary") // the scope again
	if len(members) != 2 || members["Resource"] == nil || members["InstrumentationScope"] == nil {
		return nil
	}
	known := new(stubTail)
	var err error
	if known.resource, err = r.stubResource(of.Resource); err != nil {
		return nil // which is said by who needs it
	}
	if known.scope, err = r.stubScope(of.InstrumentationScope); err != nil {
		return nil
	}
	r.tails[string(text[at:])] = known
	return nil
}
