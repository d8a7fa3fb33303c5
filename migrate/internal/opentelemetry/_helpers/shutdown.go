// SPDX-License-Identifier: Apache-2.0

package helpers

import (
	"context"
	"time"
)

// shutdown sends the spans that a provider holds, for ten seconds at most.
func shutdown(provider interface{ Shutdown(context.Context) error }) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return provider.Shutdown(ctx)
}
