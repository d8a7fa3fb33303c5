# What `.ci/run` does step by step; `make ci` is the whole of it.

STATICCHECK  := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCILINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME     := 5s

.PHONY: all test nested example vet lint fix fuzz bench load soak ci
all: vet test

test: ## every test of the library's module
	go test -race ./...

nested: ## the modules that play users and peers
	.ci/run nested

example: ## two services, one trace
	go run ./examples/twoservices

vet: ## what .ci/run refuses
	test -z "$$(gofmt -l $$(git ls-files '*.go' | grep -v /testdata/))"
	go vet ./...
	go run $(STATICCHECK) ./...
	go fix -diff ./...

lint: ## what a reviewer would say
	go run $(GOLANGCILINT) run ./...

fix: ## formatting and modern Go
	gofmt -w $$(git ls-files '*.go' | grep -v /testdata/)
	go fix ./...

fuzz: ## every fuzz target, FUZZTIME each
	FUZZTIME=$(FUZZTIME) .ci/run fuzz

bench: ## every benchmark, ten times, for benchstat; those against peers last
	go test -run '^$$' -bench . -benchmem -count 10 ./...
	cd interop && go test -run '^$$' -bench . -benchmem -count 10 .

load: ## servers with and without tracing under load, for 40 seconds; fails on what is left behind
	cd interop/load && go run .

soak: ## all operations of the tracer from 50 goroutines, for a minute
	go test -race -run '^TestSoak$$' -v ./compat -soak 60s

ci: ## everything, as it runs before a change is taken
	.ci/run
