// SPDX-License-Identifier: Apache-2.0

// Package starts has the rules for starts of spans: options, references, parents.
package starts
