// SPDX-License-Identifier: Apache-2.0

// Package journal writes the files of a module all or not at all, and repairs what an interruption
// left.
package journal
