// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
)

// grpcUploader sends OTLP over gRPC, once a call, for the reasons of httpUploader.
type grpcUploader struct {
	settings settings
	dial     func() (*grpc.ClientConn, error)
	calls    []grpc.CallOption
	life     context.Context
	stop     context.CancelFunc

	mu   sync.Mutex
	conn *grpc.ClientConn
}

func newGRPCUploader(s settings) (otlptrace.Client, error) {
	u := &grpcUploader{settings: s}
	transport := insecure.NewCredentials()
	if !s.insecure {
		transport = credentials.NewTLS(s.tls)
	}
	options := append(limits(), grpc.WithTransportCredentials(transport), grpc.WithUserAgent(userAgent()),
		grpc.WithStatsHandler(answers{}),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect(), MinConnectTimeout: 20 * time.Second}))
	if len(s.addresses) > 0 {
		options = append(options, grpc.WithResolvers(s.resolver()))
	}
	if s.compression == "gzip" {
		u.calls = append(u.calls, grpc.UseCompressor(gzip.Name))
	}
	u.dial = func() (*grpc.ClientConn, error) { return grpc.NewClient(s.target, options...) }
	var err error
	if u.conn, err = u.dial(); err != nil {
		return nil, err
	}
	u.life, u.stop = context.WithCancel(context.Background())
	return u, nil
}

// reconnect is gRPC's own backoff with a maximum of ten seconds. By default, gRPC waits
// for up to two minutes before it dials again.
func reconnect() backoff.Config {
	config := backoff.DefaultConfig
	config.MaxDelay = 10 * time.Second
	return config
}

// limits are those on what an answer may take.
func limits() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithMaxHeaderListSize(maxHeaders), // an error's message is a header
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxBody)),
	}
}

// Start does nothing: a connection is made when it is needed.
func (u *grpcUploader) Start(context.Context) error { return nil }

// Stop ends the calls under way.
func (u *grpcUploader) Stop(ctx context.Context) error {
	u.stop()
	u.mu.Lock()
	defer u.mu.Unlock()
	err := u.conn.Close()
	if status.Code(err) == codes.Canceled {
		err = nil // it was closed before
	}
	return errors.Join(err, ctx.Err())
}

// connection returns the connection for a call. One that waits before it looks for its
// endpoint again fails all calls meanwhile, though the endpoint may be back: it is
// replaced, since the pauses between calls are those of retry.
func (u *grpcUploader) connection() (*grpc.ClientConn, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.life.Err() != nil {
		return nil, errStopped
	}
	if u.conn.GetState() == connectivity.TransientFailure {
		conn, err := u.dial()
		if err != nil {
			return nil, err
		}
		_ = u.conn.Close() // has nothing that could fail
		u.conn = conn
	}
	return u.conn, nil
}

// UploadTraces makes one call. Its error is one of package delivery.
func (u *grpcUploader) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	conn, err := u.connection()
	if err != nil {
		return err
	}
	request := &collector.ExportTraceServiceRequest{ResourceSpans: spans}
	if size := proto.Size(request); size > maxRequest {
		return tooLarge(size)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(u.life, cancel)()
	if len(u.settings.headers) > 0 {
		outgoing, _ := metadata.FromOutgoingContext(ctx)
		ctx = metadata.NewOutgoingContext(ctx, metadata.Join(metadata.New(u.settings.headers), outgoing))
	}
	var answered atomic.Bool
	response, err := collector.NewTraceServiceClient(conn).Export(context.WithValue(ctx, answers{}, &answered), request, u.calls...)
	if err != nil {
		after, says := retryInfo(err)
		outcome := delivery.OfGRPC(uint32(status.Code(err)), says)
		if outcome == delivery.Unanswered && (answered.Load() || strings.Contains(err.Error(), httpStatus)) {
			outcome = delivery.Later
		}
		return &delivery.Error{
			Outcome: outcome,
			After:   after,
			Lasting: strings.Contains(err.Error(), "authentication handshake failed"),
			Err:     err,
		}
	}
	return partialSuccess(response.GetPartialSuccess())
}

// httpStatus is in the error for an answer that isn't of gRPC, as a proxy's.
const httpStatus = "unexpected HTTP status code received from server"

// answers notes, where the context of a call says, that a status came from the server.
// The same ones are what gRPC says of connections that it can't make, or that break.
type answers struct{}

func (answers) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

func (answers) HandleRPC(ctx context.Context, s stats.RPCStats) {
	if _, ok := s.(*stats.InTrailer); ok {
		if answered, ok := ctx.Value(answers{}).(*atomic.Bool); ok {
			answered.Store(true)
		}
	}
}

func (answers) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (answers) HandleConn(context.Context, stats.ConnStats)                       {}

// retryInfo returns when a receiver asks to be tried again.
func retryInfo(err error) (after time.Duration, says bool) {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(interface{ GetRetryDelay() *durationpb.Duration }); ok {
			return max(info.GetRetryDelay().AsDuration(), 0), true
		}
	}
	return 0, false
}
