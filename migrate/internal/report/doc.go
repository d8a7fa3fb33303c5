// SPDX-License-Identifier: Apache-2.0

// Package report writes reports of uses and plans: text, Markdown, JSON and SARIF.
package report
