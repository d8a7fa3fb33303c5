// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
	"github.com/ot2otel/ot2otel/migrate/internal/source"
)

// NotFoundError returns the name of the error that takes the place of
// opentracing.ErrSpanContextNotFound.
func (r *Renderer) NotFoundError() string {
	if path := r.names.importedError(r.Source.Unit); path != "" {
		return r.Pkg(path) + ".ErrSpanContextNotFound"
	}
	return r.Helper(opentelemetry.NotFoundHelper)
}

// importedError returns the package that a package has the error from, or "".
func (n *names) importedError(u *source.Unit) string {
	if n.errorFrom[u] == u.Path {
		return ""
	}
	return n.errorFrom[u]
}
