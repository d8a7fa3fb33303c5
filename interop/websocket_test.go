// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
	"go.opentelemetry.io/otel/trace"
)

// message is as long as several frames.
var message = bytes.Repeat([]byte("0123456789abcdef"), 4096)

// coderEcho is a WebSocket server that sends back what it gets, once.
func coderEcho(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(int64(len(message)))
		typ, data, err := conn.Read(r.Context())
		if err == nil {
			err = conn.Write(r.Context(), typ, data)
		}
		if err == nil {
			err = conn.Close(websocket.StatusNormalClosure, "")
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// gorillaEcho is the same by another library, which writes the response itself.
func gorillaEcho(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := new(gorilla.Upgrader).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		typ, data, err := conn.ReadMessage()
		if err == nil {
			err = conn.WriteMessage(typ, data)
		}
		if err == nil {
			_, _, err = conn.ReadMessage() // the client's closing handshake
		}
		if !gorilla.IsCloseError(err, gorilla.CloseNormalClosure) {
			t.Error(err)
		}
	}
}

// exchange has a WebSocket client connect, send a message and get it back.
func exchange(ctx context.Context, t *testing.T, client *http.Client, url string) (works bool) {
	t.Helper()
	conn, res, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPClient: client}) //nolint:bodyclose // conn is the body
	if err != nil {
		t.Logf("dial: %v, %v", res, err)
		return false
	}
	defer conn.CloseNow()
	if err := talk(ctx, conn); err != nil {
		t.Log(err)
		return false
	}
	return true
}

// talk sends a message over a connection, gets it back, and closes it.
func talk(ctx context.Context, conn *websocket.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn.SetReadLimit(int64(len(message)))
	if err := conn.Write(ctx, websocket.MessageBinary, message); err != nil {
		return err
	}
	typ, data, err := conn.Read(ctx)
	if err != nil {
		return err
	}
	if typ != websocket.MessageBinary || !bytes.Equal(data, message) {
		return fmt.Errorf("%d bytes of %v that aren't the message", len(data), typ)
	}
	return conn.Close(websocket.StatusNormalClosure, "")
}

// TestWebSocketIsOneTrace has compat on both ends of a WebSocket.
func TestWebSocketIsOneTrace(t *testing.T) {
	for name, echo := range map[string]func(*testing.T) http.HandlerFunc{"coder": coderEcho, "gorilla": gorillaEcho} {
		t.Run(name, func(t *testing.T) {
			in := newInstrumentation(t, (*instrumentation).useCompat)
			p := start(t, protocolHTTP1, in.server(echo(t)))
			ctx, end := in.parent(t.Context())
			conn, _, err := websocket.Dial(ctx, p.URL, &websocket.DialOptions{HTTPClient: in.client(p)}) //nolint:bodyclose // conn is the body
			if err != nil {
				t.Fatal(err)
			}
			defer conn.CloseNow()
			if n := len(in.recorder.Ended()); n != 0 {
				t.Errorf("%d spans have ended while the connection is open", n)
			}
			if err := talk(ctx, conn); err != nil {
				t.Error(err)
			}
			p.await(t)
			end()
			parent, client, server := in.span(t, trace.SpanKindInternal), in.span(t, trace.SpanKindClient), in.span(t, trace.SpanKindServer)
			if client.Parent().SpanID() != parent.SpanContext().SpanID() || server.Parent().SpanID() != client.SpanContext().SpanID() {
				t.Errorf("parents %v and %v, want a chain from the client's caller to the server", client.Parent().SpanID(), server.Parent().SpanID())
			}
			for _, span := range []recordedSpan{client, server} {
				if got := words(span.statusCode(), span.error(), span.exception()); got != "101, no error" {
					t.Errorf("%v span: %s, want 101, no error", span.SpanKind(), got)
				}
			}
		})
	}
}
