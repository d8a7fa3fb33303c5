// SPDX-License-Identifier: Apache-2.0

// Package plan decides what is rewritten: uses become sites, sites that share a flow become groups,
// and a group is rewritten as a whole or not at all. It calls families of rules, and knows none by
// name.
package plan
