// SPDX-License-Identifier: Apache-2.0

package shop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// network is a handful of HTTP servers on loopback that are reached by name.
type network struct {
	transport *http.Transport

	mu        sync.Mutex
	addresses map[string]string
	servers   []*http.Server
	stopped   sync.WaitGroup
}

func newNetwork() *network {
	n := &network{addresses: make(map[string]string)}
	n.transport = &http.Transport{DialContext: n.dial}
	return n
}

// Transport returns the transport that knows the servers' names.
func (n *network) Transport() http.RoundTripper { return n.transport }

// Serve starts a server for host on a free port.
func (n *network) Serve(host string, handler http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("shop: listen for %s: %w", host, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addresses[host] = listener.Addr().String()
	n.servers = append(n.servers, server)
	n.stopped.Go(func() { _ = server.Serve(listener) })
	return nil
}

// Close stops the servers and waits for the requests that they still answer.
func (n *network) Close() error {
	n.transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	n.mu.Lock()
	defer n.mu.Unlock()
	var errs []error
	for _, server := range n.servers {
		errs = append(errs, server.Shutdown(ctx))
	}
	n.stopped.Wait()
	return errors.Join(errs...)
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	target, ok := n.addresses[host]
	n.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("shop: no server is called %q", host)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", target)
}
