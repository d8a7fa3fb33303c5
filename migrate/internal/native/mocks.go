// SPDX-License-Identifier: Apache-2.0

package native

func (f *file) mocks() {}
