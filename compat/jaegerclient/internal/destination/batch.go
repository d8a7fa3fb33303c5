// SPDX-License-Identifier: Apache-2.0

package destination

import (
	"os"
	"strconv"
	"time"
)

// The variables of OpenTelemetry for batches that count where the code says nothing.
const (
	QueueVariable    = "OTEL_BSP_MAX_QUEUE_SIZE"
	IntervalVariable = "OTEL_BSP_SCHEDULE_DELAY" // in milliseconds
)

const (
	// BatchSize is how many spans are sent together where nobody says so. Jaeger's client
	// had 100, and about as many in a packet to an agent.
	BatchSize = 100
	// defaultQueueSize is that of OpenTelemetry. Jaeger's client had 100, whose queue was
	// emptied span by span; this one is emptied by batches.
	defaultQueueSize = 2048
	// defaultFlushInterval is that of Jaeger's client.
	defaultFlushInterval = time.Second
)

// QueueSize returns how many spans wait at most: as many as is said, above 0, else as the
// environment says.
func QueueSize(said int) int {
	if said > 0 {
		return said
	}
	return ofVariable(QueueVariable, defaultQueueSize)
}

// FlushInterval returns how long a span waits for others at most, by the same rule.
func FlushInterval(said time.Duration) time.Duration {
	if said > 0 {
		return said
	}
	return time.Duration(ofVariable(IntervalVariable, int(defaultFlushInterval/time.Millisecond))) * time.Millisecond
}

// ofVariable returns the value of a variable, above 0, else the default. The SDK reports a
// variable that isn't a number.
func ofVariable(variable string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil && n > 0 {
		return n
	}
	return otherwise
}
