// SPDX-License-Identifier: Apache-2.0

package exporters

import (
	"fmt"
)

// reason is why a span was dropped.
type reason int

const (
	queueFull  reason = iota
	outage            // nobody has answered, or only that it can't be now
	refused           // the batch was
	rejected          // of a batch that was taken
	unfinished        // Shutdown's time was over
	late              // ended when Shutdown had been called
	reasonCount
)

func (r reason) String() string {
	return [...]string{
		queueFull:  "found the queue full",
		outage:     "could not be sent",
		refused:    "refused",
		rejected:   "rejected in a partial success",
		unfinished: "had no time before Shutdown ended",
		late:       "ended after Shutdown",
	}[r]
}

// losses are dropped spans, by reason.
type losses [reasonCount]loss

// loss is how many spans, and the last error.
type loss struct {
	spans int64
	err   error
}

func (l *losses) add(why reason, n int64, err error) {
	l[why].spans += n
	if err != nil {
		l[why].err = err
	}
}

func (l *losses) sum() (n int64) {
	for i := range l {
		n += l[i].spans
	}
	return n
}

// since returns what l has more than before.
func (l losses) since(before losses) losses {
	for i := range l {
		if l[i].spans -= before[i].spans; l[i].spans == 0 {
			l[i].err = nil
		}
	}
	return l
}

// reasons says how many were dropped why.
func (l *losses) reasons() error {
	var errs []error
	for i, loss := range l {
		switch {
		case loss.spans > 0 && loss.err != nil:
			errs = append(errs, fmt.Errorf("%d %v: %w", loss.spans, reason(i), loss.err))
		case loss.spans > 0:
			errs = append(errs, fmt.Errorf("%d %v", loss.spans, reason(i)))
		}
	}
	return joined(errs...)
}

// joined is errors.Join on one line.
func joined(errs ...error) error {
	var all error
	for _, err := range errs {
		switch {
		case err == nil:
		case all == nil:
			all = err
		default:
			all = fmt.Errorf("%w; %w", all, err)
		}
	}
	return all
}
