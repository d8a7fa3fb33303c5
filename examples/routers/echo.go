// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/ot2otel/ot2otel/compat"
)

// echoRouter is traced around the instance too: there compat sees what middlewares
// further out answer.
func echoRouter(tracing *compat.Tracing) http.Handler {
	return tracing.TraceAll(echoInstance(tracing))
}

// echoInstance is traced by the last middleware.
func echoInstance(tracing *compat.Tracing) *echo.Echo {
	e := echo.New()
	e.Use(middleware.Recover(), echoTraced(tracing))
	echoRoutes(e, shop{tracing})
	return e
}

// echoTraced is TraceAll as a middleware of echo. It tells pattern and path values
// in the way of net/http, as echo doesn't.
func echoTraced(tracing *compat.Tracing) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		traced := echo.WrapMiddleware(tracing.TraceAll)(func(c echo.Context) error {
			err := next(c)
			if err != nil {
				c.Error(err) // answered here, inside the span, not after it
			}
			return err
		})
		return func(c echo.Context) error {
			c.Request().Pattern = c.Path()
			for i, name := range c.ParamNames() {
				c.Request().SetPathValue(name, c.ParamValues()[i])
			}
			return traced(c)
		}
	}
}

func echoRoutes(e *echo.Echo, shop shop) {
	api := e.Group("/api")
	api.GET("/orders/:id", func(c echo.Context) error {
		return c.String(http.StatusOK, shop.order(c.Request(), c.Param("id")))
	})
	api.POST("/orders", func(echo.Context) error {
		return echo.NewHTTPError(http.StatusConflict, refusal)
	})
	api.GET("/fail", func(c echo.Context) error {
		return c.String(http.StatusOK, shop.fail())
	})
}
