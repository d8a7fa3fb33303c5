// SPDX-License-Identifier: Apache-2.0

package spans

import "github.com/ot2otel/ot2otel/migrate/internal/flow"

// A tagClass is what an error tag may do.
type tagClass int

const (
	tagFailing    tagClass = iota
	tagFalse               // it may be false
	tagBare                // it may be a true without a description
	tagDescribing          // it has a description
	tagKeptFalse           // it may be false, and is kept
	tagUnnamed             // only at run time it is known whether it is an error tag
	tagTakesBack           // it may be false, is kept, and may follow one that fails
	tagClasses
)

// is tells whether a tag is of a class.
func (t *errorTag) is(class tagClass) bool {
	switch class {
	case tagFailing:
		return t.mayFail()
	case tagFalse:
		return t.mayBeFalse()
	case tagKeptFalse:
		return t.kept && t.mayTakeBack()
	case tagBare:
		return t.mayBeBare()
	case tagUnnamed:
		return t.unnamed
	case tagTakesBack:
		return t.takesBack
	}
	return t.Facts&flow.SetsErrorText != 0
}

// decides returns the class of tags whose order with a tag of this class matters, or
// would if one of the two stayed.
func (c tagClass) decides() tagClass {
	return [...]tagClass{tagFailing: tagFalse, tagFalse: tagFailing, tagBare: tagDescribing, tagDescribing: tagBare}[c]
}
