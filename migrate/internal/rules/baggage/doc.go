// SPDX-License-Identifier: Apache-2.0

// Package baggage has the rules for baggage.
package baggage
