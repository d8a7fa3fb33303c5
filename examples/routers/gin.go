// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/ot2otel/ot2otel/compat"
)

// ginRouter is traced around the engine too: there compat sees the response as it is
// sent, also by middlewares further out.
func ginRouter(tracing *compat.Tracing) http.Handler {
	return tracing.TraceAll(ginEngine(tracing))
}

// ginEngine is traced by the last middleware.
func ginEngine(tracing *compat.Tracing) *gin.Engine {
	engine := gin.New()
	engine.Use(gin.Recovery(), ginTraced(tracing))
	ginRoutes(engine, shop{tracing})
	return engine
}

// ginTraced is TraceAll as a middleware of gin. It tells pattern and path values in
// the way of net/http, as gin doesn't.
func ginTraced(tracing *compat.Tracing) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Request.Pattern = c.FullPath()
		for _, param := range c.Params {
			c.Request.SetPathValue(param.Key, param.Value)
		}
		tracing.TraceAll(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.Request = r // the span is in its context
			c.Next()
			w.WriteHeader(c.Writer.Status()) // handlers have written to c.Writer, not to w
		})).ServeHTTP(c.Writer, c.Request)
	}
}

func ginRoutes(engine *gin.Engine, shop shop) {
	api := engine.Group("/api")
	api.GET("/orders/:id", func(c *gin.Context) {
		c.String(http.StatusOK, shop.order(c.Request, c.Param("id")))
	})
	api.POST("/orders", func(c *gin.Context) {
		c.String(http.StatusConflict, refusal)
	})
	api.GET("/fail", func(c *gin.Context) {
		c.String(http.StatusOK, shop.fail())
	})
}
