// SPDX-License-Identifier: Apache-2.0

// Package faults holds the tests of what a service and its users notice when spans
// can't get where they are to go. They make the tables of docs/faults.md.
package faults
