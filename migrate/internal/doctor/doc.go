// SPDX-License-Identifier: Apache-2.0

// Package doctor looks for what breaks a migration and compiles all the same: versions in
// go.mod, set-ups, middlewares, headers, and variables in files that a program is deployed by.
package doctor
