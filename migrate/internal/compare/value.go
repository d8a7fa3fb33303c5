// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"slices"
	"strconv"
	"strings"
)

// A Value is the value of an attribute, the same for both formats of recordings.
type Value struct {
	// Type is string, bool, int, float, bytes, map, empty, or of an array: [] before the
	// type of its elements, []any where they differ, [] where there are none. OTLP does
	// not say what an array without elements is an array of.
	Type string
	// Text is the value as a literal, "" where it is ignored. Two values are the same if
	// their literals are: that of an int has no point, that of a float has.
	Text string
}

// String returns the type and the literal.
func (v Value) String() string {
	if v.Text == "" {
		return v.Type
	}
	return v.Type + " " + v.Text
}

func stringValue(s string) Value { return Value{"string", strconv.Quote(s)} }
func boolValue(b bool) Value     { return Value{"bool", strconv.FormatBool(b)} }
func intValue(i int64) Value     { return Value{"int", strconv.FormatInt(i, 10)} }
func bytesValue(s string) Value  { return Value{"bytes", "base64:" + strconv.Quote(s)} }
func emptyValue() Value          { return Value{"empty", "null"} }

func floatValue(f float64) Value {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".eIN") { // the infinities and NaN have letters
		text += ".0"
	}
	return Value{"float", text}
}

// jsonFloat decodes a number, or the text of one that JSON does not have, such as NaN.
func jsonFloat(data []byte) (float64, error) {
	return strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
}

func arrayValue(elements []Value) Value {
	v := Value{Type: "[]"}
	texts := make([]string, len(elements))
	for i, e := range elements {
		texts[i] = e.Text
		switch {
		case i == 0:
			v.Type = "[]" + e.Type
		case v.Type != "[]"+e.Type:
			v.Type = "[]any"
		}
	}
	v.Text = "[" + strings.Join(texts, ", ") + "]"
	return v
}

func mapValue(members []Attribute) Value {
	members = sorted(slices.Clone(members))
	texts := make([]string, len(members))
	for i, m := range members {
		texts[i] = strconv.Quote(m.Key) + ": " + m.Value.Text
	}
	return Value{"map", "{" + strings.Join(texts, ", ") + "}"}
}
