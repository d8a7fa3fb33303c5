// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
	"github.com/ot2otel/ot2otel/internal/printable"
)

// maxRequest is how many bytes a request has at most, before it is compressed.
const maxRequest = 64 << 20

var errStopped = errors.New("the exporter was shut down")

// httpUploader sends OTLP over HTTP, once a call. OpenTelemetry's own client reads
// the environment again and prints what it can't parse, also where that is for
// gRPC or was replaced; and its errors don't tell the status of an answer.
type httpUploader struct {
	settings settings
	client   *http.Client
	life     context.Context // ends with Stop
	stop     context.CancelFunc
	writers  sync.Pool // of *gzip.Writer: one is 800 KB
}

func newHTTPUploader(s settings) otlptrace.Client {
	u := &httpUploader{settings: s, client: s.client()}
	u.life, u.stop = context.WithCancel(context.Background())
	return u
}

// Start does nothing: a connection is made when it is needed.
func (u *httpUploader) Start(context.Context) error { return nil }

// Stop ends the requests under way.
func (u *httpUploader) Stop(ctx context.Context) error {
	u.stop()
	u.client.CloseIdleConnections()
	return ctx.Err()
}

// UploadTraces sends one request. Its error is one of package delivery, of the
// network, or of a redirect.
func (u *httpUploader) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	if u.life.Err() != nil {
		return errStopped
	}
	body, err := u.body(&collector.ExportTraceServiceRequest{ResourceSpans: spans})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(u.life, cancel)()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.settings.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", userAgent())
	for name, value := range u.settings.headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("Content-Type", u.contentType())
	if u.settings.compression == "gzip" {
		request.Header.Set("Content-Encoding", "gzip")
	}
	response, err := u.client.Do(request)
	if refused := (*redirectError)(nil); errors.As(err, &refused) {
		return &delivery.Error{Outcome: delivery.Refused, Err: err}
	}
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return u.read(response)
}

func userAgent() string { return "OTel OTLP Exporter Go/" + otlptrace.Version() }

func (u *httpUploader) contentType() string {
	if u.settings.protocol == ProtocolJSON {
		return "application/json"
	}
	return "application/x-protobuf"
}

func (u *httpUploader) body(message *collector.ExportTraceServiceRequest) ([]byte, error) {
	encode := proto.Marshal
	if u.settings.protocol == ProtocolJSON {
		encode = marshalJSON
	}
	body, err := encode(message)
	if err != nil {
		return nil, err
	}
	if len(body) > maxRequest {
		return nil, tooLarge(len(body))
	}
	if u.settings.compression != "gzip" {
		return body, nil
	}
	var zipped bytes.Buffer
	writer, _ := u.writers.Get().(*gzip.Writer)
	if writer == nil {
		writer = gzip.NewWriter(&zipped)
	}
	writer.Reset(&zipped)
	defer func() {
		writer.Reset(io.Discard) // so that it doesn't hold the body
		u.writers.Put(writer)
	}()
	_, err = writer.Write(body)
	err = errors.Join(err, writer.Close())
	return zipped.Bytes(), err
}

func tooLarge(size int) error {
	return fmt.Errorf("the batch has %d bytes, which is more than %d: lower OTEL_BSP_MAX_EXPORT_BATCH_SIZE, or the limits of spans", size, maxRequest)
}

// read reads an answer.
func (u *httpUploader) read(response *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	switch {
	case err != nil:
		return err
	case len(body) > maxBody && response.StatusCode <= 299:
		return &delivery.Error{Outcome: delivery.Partial, Err: fmt.Errorf("%s: response body too large: exceeded %d bytes", response.Status, maxBody)}
	case len(body) > maxBody:
		return &delivery.Error{Outcome: delivery.Refused, Err: fmt.Errorf("%s: response body too large: exceeded %d bytes", response.Status, maxBody)}
	case response.StatusCode >= 200 && response.StatusCode <= 299:
		return u.partial(response.Status, response.Header.Get("Content-Type"), body)
	}
	text := strings.TrimSpace(string(body))
	if text == "" {
		text = "the answer has no body"
	}
	return &delivery.Error{
		Outcome: delivery.OfHTTP(response.StatusCode),
		After:   retryAfter(response.Header.Get("Retry-After")),
		Err:     fmt.Errorf("%s: %s", response.Status, text),
	}
}

// partial returns the error for a success that isn't whole. A page is that of a login or
// of another server, which has not taken the spans. Other answers that aren't of OTLP may
// be those of a receiver that is careless with them; that has something to say.
func (u *httpUploader) partial(status, contentType string, body []byte) error {
	var answer collector.ExportTraceServiceResponse
	var err error
	mediaType, _, _ := strings.Cut(contentType, ";")
	mediaType = strings.ToLower(strings.TrimSpace(mediaType))
	switch {
	case len(body) == 0 || mediaType == "":
	case mediaType == "application/x-protobuf":
		err = proto.Unmarshal(body, &answer)
	case mediaType == "application/json":
		err = protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(body, &answer)
	default:
		outcome := delivery.Partial
		if mediaType == "text/html" || mediaType == "application/xhtml+xml" {
			outcome = delivery.Refused
		}
		return &delivery.Error{Outcome: outcome, Err: fmt.Errorf(
			"%s with the content type %q, which is not one of OTLP: check that the endpoint is the URL of a collector", status, printable.Clip(contentType))}
	}
	if err != nil {
		return &delivery.Error{Outcome: delivery.Partial, Err: fmt.Errorf("the answer to a success can't be read: %w", err)}
	}
	return partialSuccess(answer.GetPartialSuccess())
}

func partialSuccess(partial *collector.ExportTracePartialSuccess) error {
	rejected, message := max(partial.GetRejectedSpans(), 0), partial.GetErrorMessage()
	if rejected == 0 && message == "" {
		return nil
	}
	if message == "" {
		message = "the receiver says no reason"
	}
	return &delivery.Error{Outcome: delivery.Partial, Rejected: rejected, Err: errors.New(message)}
}

// retryAfter follows RFC 9110, 10.2.3: seconds, or a date.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
