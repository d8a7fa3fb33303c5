// SPDX-License-Identifier: Apache-2.0

// Package propagation has the rules for Inject, Extract and carriers.
package propagation
