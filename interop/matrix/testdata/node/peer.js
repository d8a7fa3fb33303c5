// SPDX-License-Identifier: Apache-2.0

// A service on npm's jaeger-client, as peer.go says. Its argument is the number of bits
// of its trace IDs.
'use strict';

const http = require('http');
const { ConstSampler, InMemoryReporter, Tracer } = require('jaeger-client');
const opentracing = require('opentracing');

const item = 'tenant';
const value = 'acme inc+50%';

const tracers = {};
for (const sampled of [true, false]) {
  tracers[sampled] = new Tracer('peer', new InMemoryReporter(), new ConstSampler(sampled), { traceId128bit: process.argv[2] === '128' });
}

function seen(context) {
  return {
    trace: context.traceIdStr,
    span: context.spanIdStr,
    sampled: context.isSampled(),
    debug: context.isDebug(),
    baggage: (context.baggage || {})[item] || '',
  };
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  const answer = (status, body) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const sampled = url.searchParams.get('sampled') !== 'false';
  const parent = tracers[sampled].extract(opentracing.FORMAT_HTTP_HEADERS, request.headers);
  if (url.pathname === '/receive') {
    answer(200, seen(parent));
    return;
  }
  const span = tracers[sampled].startSpan('send', { childOf: parent });
  if (url.searchParams.get('debug') === 'true') {
    span.setTag(opentracing.Tags.SAMPLING_PRIORITY, 1);
  }
  span.setBaggageItem(item, value);
  const headers = {};
  tracers[sampled].inject(span.context(), opentracing.FORMAT_HTTP_HEADERS, headers);
  http.get(url.searchParams.get('target'), { headers }, (result) => {
    result.resume();
    result.on('end', () => {
      span.finish();
      answer(result.statusCode, seen(span.context()));
    });
  }).on('error', (error) => answer(502, String(error)));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.on('end', () => process.exit()).resume();
