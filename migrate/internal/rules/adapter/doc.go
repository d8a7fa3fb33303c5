// SPDX-License-Identifier: Apache-2.0

// Package adapter has the rules for adapters, where code of the two APIs meets.
package adapter
