// SPDX-License-Identifier: Apache-2.0

// Package values has the rules for values: attributes, keys, names of tags, kinds of spans.
package values
