// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"io"
	"time"

	"github.com/ot2otel/ot2otel/compat/jaegerclient/internal/destination"
)

// Transport sends spans out of the process, for [NewRemoteReporter]. Its methods are
// called from one goroutine at a time. One that is an sdktrace.SpanExporter as well, as
// those of this module are, is handed whole batches instead.
type Transport interface {
	// Append takes a span. It returns how many spans it sent because of that, or failed
	// to send where there is an error.
	Append(span *Span) (int, error)
	// Flush sends what Append took, and returns the same.
	Flush() (int, error)

	io.Closer
}

// udpTransport stands for an agent.
type udpTransport struct{ *destination.Sender }

func (t udpTransport) Append(span *Span) (int, error) { return t.Add(span.OTelSpan()) }

// NewUDPTransport returns a transport to the host of an agent, by OTLP and not by UDP: see
// the package's documentation. An empty hostPort is localhost. The size of packets means
// nothing. The error says what is wrong with the address or with a variable
// OTEL_EXPORTER_OTLP_….
func NewUDPTransport(hostPort string, _ int) (Transport, error) {
	params := UDPTransportParams{}
	params.HostPort = hostPort
	return NewUDPTransportWithParams(params)
}

// UDPTransportParams are the settings of an agent.
type UDPTransportParams struct {
	AgentClientUDPParams
}

// AgentClientUDPParams are the settings of an agent. It is the twin of a type of
// jaeger-client-go/utils.
type AgentClientUDPParams struct {
	// HostPort is the agent's address. Empty is localhost.
	HostPort string
	// MaxPacketSize, Logger, DisableAttemptReconnecting and AttemptReconnectInterval
	// mean nothing: nothing is sent by UDP, and HTTP connects as often as it has to.
	MaxPacketSize              int
	Logger                     Logger
	DisableAttemptReconnecting bool
	AttemptReconnectInterval   time.Duration
}

// NewUDPTransportWithParams is NewUDPTransport with all of the settings.
func NewUDPTransportWithParams(params UDPTransportParams) (Transport, error) {
	address, err := destination.OfAgent(params.HostPort)
	sender := destination.NewSender(address, err, destination.BatchSize, destination.Options{})
	if _, err := sender.Destination(); err != nil {
		return nil, err
	}
	return udpTransport{sender}, nil
}
