// SPDX-License-Identifier: Apache-2.0

package interop

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opentracing-contrib/go-grpc"
	"github.com/opentracing/opentracing-go"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"

	"github.com/ot2otel/ot2otel/exporters"
)

// grpcSide says how one end of a connection is instrumented: by go-grpc's
// interceptors (old), by otelgrpc's stats handler (new).
type grpcSide struct{ old, new bool }

func (s grpcSide) String() string {
	switch {
	case s.old && s.new:
		return "both"
	case s.old:
		return "old"
	}
	return "new"
}

var grpcSides = []grpcSide{{old: true}, {new: true}, {old: true, new: true}}

func (s grpcSide) serverOptions(tracer opentracing.Tracer) []grpc.ServerOption {
	var options []grpc.ServerOption
	if s.old {
		options = append(options,
			grpc.UnaryInterceptor(otgrpc.OpenTracingServerInterceptor(tracer)),
			grpc.StreamInterceptor(otgrpc.OpenTracingStreamServerInterceptor(tracer)))
	}
	if s.new {
		options = append(options, grpc.StatsHandler(otelgrpc.NewServerHandler()))
	}
	return options
}

func (s grpcSide) dialOptions(tracer opentracing.Tracer) []grpc.DialOption {
	options := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	if s.old {
		options = append(options,
			grpc.WithUnaryInterceptor(otgrpc.OpenTracingClientInterceptor(tracer)),
			grpc.WithStreamInterceptor(otgrpc.OpenTracingStreamClientInterceptor(tracer)))
	}
	if s.new {
		options = append(options, grpc.WithStatsHandler(otelgrpc.NewClientHandler()))
	}
	return options
}

// grpcService works once for each message that it gets, by the old API and below
// that by the new one.
type grpcService struct {
	testgrpc.UnimplementedTestServiceServer
	failure error
}

func (*grpcService) work(ctx context.Context) {
	legacy, ctx := opentracing.StartSpanFromContext(ctx, "legacy")
	defer legacy.Finish()
	legacy.SetTag("tenant", legacy.BaggageItem("tenant"))
	_, native := otel.Tracer("native").Start(ctx, "native")
	defer native.End()
	native.SetAttributes(attribute.String("tenant", baggage.FromContext(ctx).Member("tenant").Value()))
}

func (s *grpcService) UnaryCall(ctx context.Context, _ *testgrpc.SimpleRequest) (*testgrpc.SimpleResponse, error) {
	s.work(ctx)
	return &testgrpc.SimpleResponse{}, s.failure
}

func (s *grpcService) StreamingOutputCall(_ *testgrpc.StreamingOutputCallRequest, stream grpc.ServerStreamingServer[testgrpc.StreamingOutputCallResponse]) error {
	s.work(stream.Context())
	for range 2 {
		if err := stream.Send(&testgrpc.StreamingOutputCallResponse{}); err != nil {
			return err
		}
	}
	return s.failure
}

func (s *grpcService) StreamingInputCall(stream grpc.ClientStreamingServer[testgrpc.StreamingInputCallRequest, testgrpc.StreamingInputCallResponse]) error {
	for {
		_, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		s.work(stream.Context())
	}
	if s.failure != nil {
		return s.failure
	}
	return stream.SendAndClose(&testgrpc.StreamingInputCallResponse{})
}

func (s *grpcService) FullDuplexCall(stream grpc.BidiStreamingServer[testgrpc.StreamingOutputCallRequest, testgrpc.StreamingOutputCallResponse]) error {
	for {
		_, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return s.failure
		}
		if err != nil {
			return err
		}
		s.work(stream.Context())
		if err := stream.Send(&testgrpc.StreamingOutputCallResponse{}); err != nil {
			return err
		}
	}
}

// grpcCalls are the four kinds of calls. Each returns when the call has ended.
var grpcCalls = []struct {
	name, method string
	messages     int // that the service gets
	call         func(context.Context, testgrpc.TestServiceClient) error
}{
	{"unary", "UnaryCall", 1, func(ctx context.Context, client testgrpc.TestServiceClient) error {
		_, err := client.UnaryCall(ctx, &testgrpc.SimpleRequest{})
		return err
	}},
	{"server stream", "StreamingOutputCall", 1, func(ctx context.Context, client testgrpc.TestServiceClient) error {
		stream, err := client.StreamingOutputCall(ctx, &testgrpc.StreamingOutputCallRequest{})
		if err != nil {
			return err
		}
		return receiveAll(stream)
	}},
	{"client stream", "StreamingInputCall", 2, func(ctx context.Context, client testgrpc.TestServiceClient) error {
		stream, err := client.StreamingInputCall(ctx)
		if err != nil {
			return err
		}
		for range 2 {
			if err := stream.Send(&testgrpc.StreamingInputCallRequest{}); err != nil {
				return err
			}
		}
		_, err = stream.CloseAndRecv()
		return err
	}},
	{"both stream", "FullDuplexCall", 2, func(ctx context.Context, client testgrpc.TestServiceClient) error {
		stream, err := client.FullDuplexCall(ctx)
		if err != nil {
			return err
		}
		for range 2 {
			if err := stream.Send(&testgrpc.StreamingOutputCallRequest{}); err != nil {
				return err
			}
		}
		if err := stream.CloseSend(); err != nil {
			return err
		}
		return receiveAll(stream)
	}},
}

func receiveAll(stream interface {
	Recv() (*testgrpc.StreamingOutputCallResponse, error)
}) error {
	for {
		_, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// grpcRoots start the span that makes the call, by either API, with baggage.
var grpcRoots = []struct {
	name  string
	start func(context.Context, *testing.T) (ctx context.Context, end func())
}{
	{"legacy root", func(ctx context.Context, _ *testing.T) (context.Context, func()) {
		root, ctx := opentracing.StartSpanFromContext(ctx, "root")
		root.SetBaggageItem("tenant", "acme")
		return ctx, root.Finish
	}},
	{"native root", func(ctx context.Context, t *testing.T) (context.Context, func()) {
		bag, err := baggage.Parse("tenant=acme")
		if err != nil {
			t.Fatal(err)
		}
		ctx, root := otel.Tracer("native").Start(baggage.ContextWithBaggage(ctx, bag), "root")
		return ctx, func() { root.End() }
	}},
}

// dialGRPC serves the service on loopback, and returns a client of it.
func dialGRPC(t *testing.T, tracer opentracing.Tracer, from, to grpcSide, service *grpcService) testgrpc.TestServiceClient {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(to.serverOptions(tracer)...)
	testgrpc.RegisterTestServiceServer(server, service)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	connection, err := grpc.NewClient("passthrough:///"+listener.Addr().String(), from.dialOptions(tracer)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeQuietly(t, connection)
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return testgrpc.NewTestServiceClient(connection)
}

// grpcTree writes a span with its children in brackets: those of gRPC by their
// kind and which instrumentation made them.
func grpcTree(spans exporters.Spans, span *exporters.Span) string {
	text := span.Name
	if strings.Contains(span.Name, "grpc.testing.TestService/") {
		text = span.SpanKind.String() + " old"
		if span.InstrumentationScope.Name == otelgrpc.ScopeName {
			text = span.SpanKind.String() + " new"
		}
	}
	var children []string
	for _, child := range spans.ChildrenOf(span) {
		children = append(children, grpcTree(spans, child))
	}
	if len(children) == 0 {
		return text
	}
	slices.Sort(children)
	return text + "(" + strings.Join(children, ", ") + ")"
}

// wantGRPCTree returns the tree of a call. Where an end has both instrumentations,
// both spans are children of the one that made the call: go-grpc doesn't activate
// its client's span, and its server's has the parent of the headers. The headers
// are otelgrpc's then, and the handler runs in go-grpc's span.
func wantGRPCTree(from, to grpcSide, messages int) string {
	work := strings.TrimSuffix(strings.Repeat("legacy(native), ", messages), ", ")
	var server []string
	if to.new && !to.old {
		server = []string{"server new(" + work + ")"}
	} else {
		server = []string{"server old(" + work + ")"}
		if to.new {
			server = []string{"server new", "server old(" + work + ")"}
		}
	}
	served := "(" + strings.Join(server, ", ") + ")"
	switch {
	case from.old && from.new:
		return "root(client new" + served + ", client old)"
	case from.old:
		return "root(client old" + served + ")"
	}
	return "root(client new" + served + ")"
}

// grpcSpans waits for a call's spans.
func grpcSpans(t *testing.T, memory *exporters.Memory, from, to grpcSide, messages int) exporters.Spans {
	t.Helper()
	n := 1 + 2*messages
	for _, made := range []bool{from.old, from.new, to.old, to.new} {
		if made {
			n++
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	spans, err := memory.WaitFor(ctx, n)
	if err != nil || len(spans) != n {
		t.Fatalf("%d spans, want %d: %v\n%s", len(spans), n, err, memory)
	}
	return spans
}

// TestGRPC makes each kind of call between the old instrumentation and the new
// one, in one process.
func TestGRPC(t *testing.T) {
	for _, from := range grpcSides {
		for _, to := range grpcSides {
			for _, call := range grpcCalls {
				for _, root := range grpcRoots {
					t.Run(from.String()+" client, "+to.String()+" server, "+call.name+", "+root.name, func(t *testing.T) {
						tracer, memory := install(t)
						client := dialGRPC(t, tracer, from, to, &grpcService{})
						ctx, end := root.start(t.Context(), t)
						if err := call.call(ctx, client); err != nil {
							t.Fatal(err)
						}
						end()
						spans := grpcSpans(t, memory, from, to, call.messages)
						roots := spans.Roots()
						if len(roots) != 1 {
							t.Fatalf("%d traces, want 1:\n%s", len(roots), memory)
						}
						if got, want := grpcTree(spans, roots[0]), wantGRPCTree(from, to, call.messages); got != want {
							t.Errorf("%s\nwant %s\n%s", got, want, memory)
						}
						for _, span := range spans {
							switch {
							case span.Name == "legacy" || span.Name == "native":
								if got := span.Tag("tenant"); got != "acme" {
									t.Errorf("%s sees the baggage tenant = %v", span.Name, got)
								}
							case span.SpanKind == trace.SpanKindServer && !span.Parent.IsRemote():
								t.Errorf("%s has a parent that isn't remote", span.Name)
							case strings.HasSuffix(span.Name, call.method) && span.Status.Code == codes.Error:
								t.Errorf("%v %s has failed: %v", span.SpanKind, span.Name, span.Status)
							}
						}
					})
				}
			}
		}
	}
}

// TestGRPCFailure has the service fail: the spans of both ends say so.
func TestGRPCFailure(t *testing.T) {
	for _, from := range grpcSides {
		for _, to := range grpcSides {
			for _, call := range grpcCalls {
				t.Run(from.String()+" client, "+to.String()+" server, "+call.name, func(t *testing.T) {
					tracer, memory := install(t)
					client := dialGRPC(t, tracer, from, to, &grpcService{failure: status.Error(grpccodes.Internal, "out of stock")})
					ctx, end := grpcRoots[0].start(t.Context(), t)
					if err := call.call(ctx, client); err == nil || !strings.Contains(err.Error(), "out of stock") {
						t.Fatalf("the client gets %v", err)
					}
					end()
					for _, span := range grpcSpans(t, memory, from, to, call.messages) {
						if failed := strings.HasSuffix(span.Name, call.method); failed != (span.Status.Code == codes.Error) {
							t.Errorf("%v %s: status %v, want an error: %t", span.SpanKind, span.Name, span.Status, failed)
						}
					}
				})
			}
		}
	}
}
