// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
)

// serviceNameKey is the attribute of the service's name.
const serviceNameKey = attribute.Key("service.name")

// newResource returns what tells the process: the SDK, OTEL_RESOURCE_ATTRIBUTES, the host,
// the tags and the service, of which a later one has precedence. Where something is wrong,
// it returns the rest with the error.
func newResource(serviceName string, tags []Tag) (*resource.Resource, error) {
	attributes := attributesOf(append(hostTags(), tags...))
	detected, err := resource.New(context.Background(),
		resource.WithTelemetrySDK(), resource.WithHost(), resource.WithFromEnv(),
		resource.WithAttributes(attributes...), resource.WithAttributes(serviceNameKey.String(serviceName)))
	if detected == nil {
		detected = resource.NewSchemaless(append(attributes, serviceNameKey.String(serviceName))...)
	}
	return detected, err
}

// hostTags are those that Jaeger's client finds out, and the random ID that it makes.
func hostTags() []Tag {
	tags := []Tag{{TracerUUIDTagKey, strconv.FormatUint(rand.Uint64(), 16)}}
	if name, err := os.Hostname(); err == nil {
		tags = append(tags, Tag{TracerHostnameTagKey, name})
	}
	if ip, err := hostIP(); err == nil {
		tags = append(tags, Tag{TracerIPTagKey, ip})
	}
	return tags
}

// hostIP returns the host's first address of version 4 that isn't a loopback one.
func hostIP() (string, error) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return "", err
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && !network.IP.IsLoopback() {
			if v4 := network.IP.To4(); v4 != nil {
				return v4.String(), nil
			}
		}
	}
	return "", errors.New("jaeger: the host has no address but loopback ones")
}
