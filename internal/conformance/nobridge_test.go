// SPDX-License-Identifier: Apache-2.0

//go:build nobridge

package conformance_test

// Without the bridge there is compat alone, and no span of the raw bridge.

func (f *fixture) useBridge(setup) { f.fatalf("built without the bridge") }

func (f *fixture) childOfRawBridge() {}
