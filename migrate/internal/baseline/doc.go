// SPDX-License-Identifier: Apache-2.0

// Package baseline keeps the uses that are known, for a guard that refuses new ones.
package baseline
