// SPDX-License-Identifier: Apache-2.0

package rewrite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ot2otel/ot2otel/migrate/internal/opentelemetry"
)

// Instrumentations of contrib are got in one version.
func TestContribVersions(t *testing.T) {
	const http, grpc, remote = opentelemetry.OTelHTTPPath, opentelemetry.OTelGRPCPath, opentelemetry.RemotePath
	with := opentelemetry.ContribVersion(http)
	type versions map[string]string
	for _, tt := range []struct {
		explanation string
		have        versions
		replaced    []string
		get         []string
		want        versions
	}{
		{"none is there", nil, nil, []string{http}, versions{http: with}},
		{"what is got is there in an older version", versions{http: "v0.70.0"}, nil, []string{http}, versions{http: with}},
		{"the other one is older, too", versions{grpc: "v0.70.0"}, nil, []string{http}, versions{http: with, grpc: with}},
		{"the other one is newer", versions{grpc: "v0.99.0"}, nil, []string{http}, versions{http: "v0.99.0"}},
		{"the other one is as new", versions{grpc: with}, nil, []string{http}, versions{http: with}},
		{"the other one is replaced", versions{grpc: replacedVersion}, []string{grpc}, []string{http}, versions{http: with}},
		{"a sampler has versions of its own", versions{http: "v0.70.0", remote: "v0.30.0"}, nil, []string{remote}, versions{remote: "v0.38.0"}},
	} {
		r := &requirements{version: tt.have, replaced: make(map[string]bool)}
		for _, m := range tt.replaced {
			r.replaced[m] = true
		}
		modules := make(map[string]bool)
		for _, m := range tt.get {
			modules[m] = true
		}
		r.withInstrumentations(modules)
		got := make(versions)
		for m := range modules {
			got[m] = r.contribVersion(m)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.explanation, diff)
		}
	}
}

// An early genproto has packages that gRPC gets from another module now.
func TestBeforeSplit(t *testing.T) {
	const path = opentelemetry.GenprotoPath
	for _, tt := range []struct {
		explanation string
		version     string
		replaced    bool
		want        bool
	}{
		{"none is there", "", false, false},
		{"one with all packages", "v0.0.0-20200212174721-66ed5ce911ce", false, true},
		{"one with all packages that is replaced", "v0.0.0-20200212174721-66ed5ce911ce", true, false},
		{"one without them", "v0.0.0-20260128011058-8636f8732409", false, false},
	} {
		r := &requirements{version: map[string]string{path: tt.version}, replaced: map[string]bool{path: tt.replaced}}
		if got := r.beforeSplit(); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.explanation, got, tt.want)
		}
	}
}
