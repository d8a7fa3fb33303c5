// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// notion is something of a trace that travels, in one direction.
type notion string

// The notions of requests that a peer sends to us, and of those that we send to it.
const (
	traceTo     notion = "trace to us"
	parentTo    notion = "parent to us"
	sampledTo   notion = "sampled to us"
	unsampledTo notion = "not sampled to us"
	baggageTo   notion = "baggage to us"
	debugTo     notion = "debug to us"
	debugIDTo   notion = "debug ID to us"

	traceFrom     notion = "trace from us"
	parentFrom    notion = "parent from us"
	sampledFrom   notion = "sampled from us"
	unsampledFrom notion = "not sampled from us"
	baggageFrom   notion = "baggage from us"
	debugFrom     notion = "debug from us"
	debugIDFrom   notion = "debug ID from us"
)

// directions are the two tables.
var directions = []struct {
	name, title string
	notions     []notion
}{
	{"matrix-to", "from the peer", []notion{traceTo, parentTo, sampledTo, unsampledTo, baggageTo, debugTo, debugIDTo}},
	{"matrix-from", "to the peer", []notion{traceFrom, parentFrom, sampledFrom, unsampledFrom, baggageFrom, debugFrom, debugIDFrom}},
}

// reasons are those for a dash, in the order of their letters.
var reasons = []string{noDebugFlag, noDebugID, noB3Baggage, noClientFlag}

const works = "yes"

// measure sends requests between a peer and services of ours, in both APIs. The result
// has a cell for each notion: works, a dash with the letter of its reason, or what was
// wrong.
func measure(ctx context.Context, p *peer) (map[notion]string, error) {
	cells := make(map[notion]string)
	for n, reason := range p.without {
		cells[n] = "– " + letter(reason)
	}
	for _, a := range apis {
		check := func(n notion, want, got any) {
			if cells[n] != "" && cells[n] != works {
				return
			}
			cells[n] = works
			if want != got {
				cells[n] = fmt.Sprintf("**no**, %s: %v instead of %v", a.name, got, want)
			}
		}
		for _, sampled := range []bool{true, false} {
			service, err := newOwn(a, sampled)
			if err != nil {
				return nil, err
			}
			err = exchange(ctx, p, service, sampled, check)
			service.stop()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", a.name, err)
			}
		}
	}
	return cells, nil
}

// exchange sends requests between a peer and a service whose new traces are sampled, or
// not.
func exchange(ctx context.Context, p *peer, service *own, sampled bool, check func(n notion, want, got any)) error {
	sent, err := p.send(ctx, service.url+"/receive", sampled, false, nil)
	if err != nil {
		return err
	}
	received, _ := service.last()
	if sampled {
		check(traceTo, id(sent.Trace, 32), received.Trace)
		check(parentTo, id(sent.Span, 16), received.Span)
		check(sampledTo, true, sent.Sampled && received.Sampled)
		check(baggageTo, itemValue, received.Baggage)
	} else {
		check(unsampledTo, false, sent.Sampled || received.Sampled)
	}

	answer, err := ask(ctx, toPeer(p, service), nil)
	if err != nil {
		return err
	}
	_, client := service.last()
	if sampled {
		check(traceFrom, p.traceID(client.TraceID().String()), p.traceID(answer.Trace))
		check(parentFrom, client.SpanID().String(), id(answer.Span, 16))
		check(sampledFrom, true, client.IsSampled() && answer.Sampled)
		check(baggageFrom, itemValue, answer.Baggage)
		return nil
	}
	check(unsampledFrom, false, client.IsSampled() || answer.Sampled)

	// A debug trace is sampled where no other is.
	if _, dash := p.without[debugTo]; !dash {
		if sent, err = p.send(ctx, service.url+"/receive", false, true, p.debugHeader); err != nil {
			return err
		}
		received, _ = service.last()
		check(debugTo, "debug, sampled", words(received))
		check(debugTo, id(sent.Trace, 32), received.Trace)
	}
	if _, dash := p.without[debugIDTo]; !dash {
		if sent, err = p.send(ctx, service.url+"/receive", false, false, map[string]string{"jaeger-debug-id": "ticket-7"}); err != nil {
			return err
		}
		received, _ = service.last()
		check(debugIDTo, "debug, sampled", words(received))
		check(debugIDTo, id(sent.Trace, 32), received.Trace)
	}
	if _, dash := p.without[debugFrom]; !dash {
		if answer, err = ask(ctx, toPeer(p, service), map[string]string{"uber-trace-id": "abc:1f:0:3"}); err != nil {
			return err
		}
		check(debugFrom, "debug, sampled", words(answer))
		check(debugFrom, id("abc", 32), id(answer.Trace, 32))
	}
	if _, dash := p.without[debugIDFrom]; !dash {
		if answer, err = ask(ctx, toPeer(p, service), map[string]string{"jaeger-debug-id": "ticket-7"}); err != nil {
			return err
		}
		check(debugIDFrom, "debug, sampled", words(answer))
		received, _ = service.last()
		check(debugIDFrom, "ticket-7", received.DebugID)
	}
	return nil
}

// toPeer is the URL that has our service send a request to the peer.
func toPeer(p *peer, service *own) string {
	return service.url + "/send?" + url.Values{"target": {p.url + "/receive"}}.Encode()
}

func words(s seen) string {
	var of []string
	if s.Debug {
		of = append(of, "debug")
	}
	if s.Sampled {
		of = append(of, "sampled")
	}
	return strings.Join(of, ", ")
}

// id returns an ID with all its digits.
func id(text string, digits int) string {
	return strings.Repeat("0", max(0, digits-len(text))) + text
}

// traceID returns what the peer's format has of a trace ID.
func (p *peer) traceID(text string) string {
	text = id(text, 32)
	if p.trace64 {
		return text[16:]
	}
	return text
}

// tables are those of the documents, by the names of their directions. A row that
// wasn't measured is asked of absent.
func tables(measured map[string]map[notion]string, absent func(table, peer string) string) map[string]string {
	texts := make(map[string]string)
	for _, direction := range directions {
		var b strings.Builder
		fmt.Fprintf(&b, "| %s |", direction.title)
		for _, n := range direction.notions {
			fmt.Fprintf(&b, " %s |", strings.TrimSuffix(strings.TrimSuffix(string(n), " to us"), " from us"))
		}
		b.WriteString("\n|---|" + strings.Repeat(":-:|", len(direction.notions)) + "\n")
		for _, p := range peers {
			cells := measured[p.name]
			if cells == nil {
				b.WriteString(absent(direction.name, p.name))
				continue
			}
			fmt.Fprintf(&b, "| %s |", p.name)
			for _, n := range direction.notions {
				fmt.Fprintf(&b, " %s |", cells[n])
			}
			b.WriteString("\n")
		}
		texts[direction.name] = b.String()
	}
	var b strings.Builder
	for _, reason := range reasons {
		fmt.Fprintf(&b, "- %s %s\n", letter(reason), reason)
	}
	texts["matrix-reasons"] = b.String()
	return texts
}

func letter(reason string) string {
	return fmt.Sprintf("(%c)", 'a'+slices.Index(reasons, reason))
}
