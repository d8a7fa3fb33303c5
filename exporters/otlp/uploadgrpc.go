// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
)

// grpcUploader sends OTLP over gRPC, once a call, for the reasons of httpUploader.
type grpcUploader struct {
	settings settings
	conn     *grpc.ClientConn
	calls    []grpc.CallOption
	close    func() error // once
	life     context.Context
	stop     context.CancelFunc
}

func newGRPCUploader(s settings) (otlptrace.Client, error) {
	u := &grpcUploader{settings: s}
	transport := insecure.NewCredentials()
	if !s.insecure {
		transport = credentials.NewTLS(s.tls)
	}
	options := append(limits(), grpc.WithTransportCredentials(transport), grpc.WithUserAgent(userAgent()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect(), MinConnectTimeout: 20 * time.Second}))
	if len(s.addresses) > 0 {
		options = append(options, grpc.WithResolvers(s.resolver()))
	}
	if s.compression == "gzip" {
		u.calls = append(u.calls, grpc.UseCompressor(gzip.Name))
	}
	var err error
	if u.conn, err = grpc.NewClient(s.target, options...); err != nil {
		return nil, err
	}
	u.close = sync.OnceValue(u.conn.Close)
	u.life, u.stop = context.WithCancel(context.Background())
	return u, nil
}

// reconnect is gRPC's own backoff, but no longer than ten seconds: by default, it
// doesn't look for two minutes whether an endpoint is back again.
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
	return errors.Join(u.close(), ctx.Err())
}

// UploadTraces makes one call. Its error is one of package delivery.
func (u *grpcUploader) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	if u.life.Err() != nil {
		return errStopped
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
	response, err := collector.NewTraceServiceClient(u.conn).Export(ctx, request, u.calls...)
	if err != nil {
		after, says := retryInfo(err)
		return &delivery.Error{
			Outcome: delivery.OfGRPC(uint32(status.Code(err)), says),
			After:   after,
			Lasting: strings.Contains(err.Error(), "authentication handshake failed"),
			Err:     err,
		}
	}
	return partialSuccess(response.GetPartialSuccess())
}

// retryInfo returns when a receiver asks to be tried again.
func retryInfo(err error) (after time.Duration, says bool) {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(interface{ GetRetryDelay() *durationpb.Duration }); ok {
			return max(info.GetRetryDelay().AsDuration(), 0), true
		}
	}
	return 0, false
}
