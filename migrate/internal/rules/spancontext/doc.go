// SPDX-License-Identifier: Apache-2.0

// Package spancontext has the rules for code that looks into span contexts: their IDs, their texts.
package spancontext
