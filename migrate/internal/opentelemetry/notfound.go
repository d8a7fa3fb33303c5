// SPDX-License-Identifier: Apache-2.0

package opentelemetry

// NotFoundHelper declares the error where it is a package's own.
const NotFoundHelper = "errSpanContextNotFound"
