// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ot2otel/ot2otel/exporters/internal/delivery"
)

func TestRetry(t *testing.T) {
	later := func(after time.Duration) error {
		return &delivery.Error{Outcome: delivery.Later, After: after, Err: errors.New("503 quota exceeded")}
	}
	refused := &delivery.Error{Outcome: delivery.Refused, Err: errors.New("400 Bad Request")}
	partial := &delivery.Error{Outcome: delivery.Partial, Rejected: 1, Err: errors.New("1 is bad")}
	lasting := &delivery.Error{Outcome: delivery.Unanswered, Lasting: true, Err: errors.New("bad certificate")}
	dead := fmt.Errorf("dial: %w", syscall.ECONNREFUSED)
	hang := errors.New("never answers")

	tests := []struct {
		explanation string
		answers     []error // the last one is repeated
		hurry       time.Duration
		cancel      time.Duration
		tries       [2]int           // from, to
		took        [2]time.Duration // from, to
		want        string
	}{
		{"taken", []error{nil}, 0, 0, [2]int{1, 1}, [2]time.Duration{0, 0}, "<nil>"},
		{"refused: not again", []error{refused}, 0, 0, [2]int{1, 1}, [2]time.Duration{0, 0}, "400 Bad Request"},
		{"taken in part: not again, or what it has would be there twice", []error{partial}, 0, 0, [2]int{1, 1}, [2]time.Duration{0, 0}, "1 is bad"},
		{"nobody there, then somebody", []error{dead, nil}, 0, 0, [2]int{2, 2}, [2]time.Duration{500 * time.Millisecond, 1500 * time.Millisecond}, "<nil>"},
		{"busy, then taken", []error{later(0), later(0), nil}, 0, 0, [2]int{3, 3}, [2]time.Duration{1500 * time.Millisecond, 4500 * time.Millisecond}, "<nil>"},
		{"it says when", []error{later(7 * time.Second), nil}, 0, 0, [2]int{2, 2}, [2]time.Duration{7 * time.Second, 7 * time.Second}, "<nil>"},
		{"it says when, after the timeout of a try", []error{later(29 * time.Second), nil}, 0, 0, [2]int{2, 2}, [2]time.Duration{29 * time.Second, 29 * time.Second}, "<nil>"},
		{"when is too late: not waited for", []error{later(time.Hour)}, 0, 0, [2]int{1, 1}, [2]time.Duration{0, 0}, "503 quota exceeded"},
		{"busy to the end", []error{later(0)}, 0, 0, [2]int{4, 6}, [2]time.Duration{7 * time.Second, 30 * time.Second}, "503 quota exceeded"},
		{"nobody there to the end", []error{dead}, 0, 0, [2]int{4, 6}, [2]time.Duration{7 * time.Second, 30 * time.Second}, "dial: connection refused"},
		{"what a pause doesn't help", []error{lasting}, 0, 0, [2]int{1, 1}, [2]time.Duration{0, 0}, "bad certificate"},
		{"somebody waits: nobody there is tried once more, soon", []error{dead}, time.Nanosecond, 0, [2]int{2, 2}, [2]time.Duration{100 * time.Millisecond, 301 * time.Millisecond}, "dial: connection refused"},
		{"somebody waits since the pause", []error{dead}, 100 * time.Millisecond, 0, [2]int{2, 2}, [2]time.Duration{200 * time.Millisecond, 400 * time.Millisecond}, "dial: connection refused"},
		{"somebody waits: a connection broke", []error{io.EOF, nil}, time.Nanosecond, 0, [2]int{2, 2}, [2]time.Duration{100 * time.Millisecond, 301 * time.Millisecond}, "<nil>"},
		{"somebody waits: never answers, one timeout", []error{hang}, time.Nanosecond, 0, [2]int{1, 1}, [2]time.Duration{10 * time.Second, 10 * time.Second}, "context deadline exceeded"},
		{"somebody waits: what a pause doesn't help", []error{lasting}, time.Nanosecond, 0, [2]int{1, 1}, [2]time.Duration{0, 0}, "bad certificate"},
		{"somebody waits: the busy one is tried again", []error{later(0), nil}, time.Nanosecond, 0, [2]int{2, 2}, [2]time.Duration{500 * time.Millisecond, 1500 * time.Millisecond}, "<nil>"},
		{"cancelled in a pause: the answer stays", []error{later(5 * time.Second)}, 0, time.Second, [2]int{1, 1}, [2]time.Duration{time.Second, time.Second}, "503 quota exceeded (context canceled)"},
		{"cancelled in the next try: the answer stays", []error{later(0), hang}, 0, 3 * time.Second, [2]int{2, 2}, [2]time.Duration{3 * time.Second, 3 * time.Second}, "503 quota exceeded (context canceled)"},
		{"never answers once", []error{hang, nil}, 0, 0, [2]int{2, 2}, [2]time.Duration{10500 * time.Millisecond, 11500 * time.Millisecond}, "<nil>"},
		{"never answers: to the end of the batch", []error{hang}, 0, 0, [2]int{3, 3}, [2]time.Duration{30 * time.Second, 30 * time.Second}, "context deadline exceeded"},
	}
	for _, tt := range tests {
		t.Run(tt.explanation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second) // as the processors do
				defer cancel()
				if tt.cancel > 0 {
					time.AfterFunc(tt.cancel, cancel)
				}
				if tt.hurry > 0 {
					hurry := make(chan struct{})
					time.AfterFunc(tt.hurry, func() { close(hurry) })
					ctx = delivery.WithHints(ctx, delivery.Hints{Hurry: hurry})
				}
				e := &exporter{settings: settings{timeout: 10 * time.Second}}
				tries := 0
				begin := time.Now()
				err := e.retry(ctx, func(ctx context.Context) error {
					answer := tt.answers[min(tries, len(tt.answers)-1)]
					tries++
					if answer == hang {
						<-ctx.Done()
						return ctx.Err()
					}
					return answer
				})
				if got := fmt.Sprint(err); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
				if took := time.Since(begin); took < tt.took[0] || took > tt.took[1] {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if tries < tt.tries[0] || tries > tt.tries[1] {
					t.Errorf("%d tries, want %v", tries, tt.tries)
				}
			})
		})
	}
}
