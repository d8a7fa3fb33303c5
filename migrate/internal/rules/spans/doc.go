// SPDX-License-Identifier: Apache-2.0

// Package spans has the rules for calls on spans: tags, logs, errors, the status, Finish.
package spans
