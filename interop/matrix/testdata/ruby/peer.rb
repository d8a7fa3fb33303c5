# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

# A service on ruby-jaeger-client, as peer.go says.

require 'cgi'
require 'jaeger/client'
require 'json'
require 'net/http'
require 'socket'
require 'uri'

ITEM = 'tenant'
VALUE = 'acme inc+50%'

TRACERS = [true, false].to_h do |sampled|
  [sampled, Jaeger::Client.build(service_name: 'peer', sampler: Jaeger::Samplers::Const.new(sampled), reporter: Jaeger::Reporters::NullReporter.new)]
end

def seen(context)
  {
    trace: context.trace_id.to_s(16), span: context.span_id.to_s(16), sampled: context.sampled?, debug: context.debug?,
    baggage: context.get_baggage_item(ITEM) || ''
  }
end

def answer(query, path, rack)
  sampled = query['sampled'] != ['false']
  tracer = TRACERS[sampled]
  parent = tracer.extract(OpenTracing::FORMAT_RACK, rack)
  return seen(parent) if path == '/receive'

  span = tracer.start_span('send', child_of: parent)
  span.set_tag('sampling.priority', 1) if query['debug'] == ['true']
  span.set_baggage_item(ITEM, VALUE)
  headers = {}
  tracer.inject(span.context, OpenTracing::FORMAT_RACK, headers)
  Net::HTTP.get_response(URI(query['target'].first), headers).value
  span.finish
  seen(span.context)
end

# A server of one request after the other: Ruby brings none.
server = TCPServer.new('127.0.0.1', 0)
puts "http://127.0.0.1:#{server.addr[1]}"
$stdout.flush
Thread.new do
  $stdin.read
  exit!
end
loop do
  client = server.accept
  url = URI(client.gets.split[1])
  rack = {}
  while (line = client.gets) && line != "\r\n"
    key, value = line.chomp.split(': ', 2)
    rack["HTTP_#{key.upcase.tr('-', '_')}"] = value
  end
  begin
    status = '200 OK'
    body = answer(CGI.parse(url.query || ''), url.path, rack).to_json
  rescue StandardError => e
    status = '500 Internal Server Error'
    body = e.full_message(highlight: false)
  end
  client.write "HTTP/1.1 #{status}\r\nContent-Type: application/json\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}"
  client.close
end
