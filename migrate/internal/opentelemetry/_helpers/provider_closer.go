// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"
)

// providerCloser shuts a provider down when it is closed.
type providerCloser struct {
	provider interface{ Shutdown(context.Context) error }
}

func (c providerCloser) Close() error { return shutdown(c.provider) }
