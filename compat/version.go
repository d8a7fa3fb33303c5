// SPDX-License-Identifier: Apache-2.0

package compat

// Version is the version of this package. It is the version of the
// instrumentation scope of every span that OpenTracing code starts.
const Version = "0.1.0"
