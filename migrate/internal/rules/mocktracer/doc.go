// SPDX-License-Identifier: Apache-2.0

// Package mocktracer has the rules for mocktracer, which only tests use.
package mocktracer
