// SPDX-License-Identifier: Apache-2.0

package groundtruth_test

import "strings"

// difference is something that is meant to be other than recorded.
type difference struct {
	in  string // "" is every case; else a group, or a case by its key
	run string // "" is both runs; else the tracer's name

	// as replaces all that was recorded by what was recorded for another case.
	as string

	// fact is the end of a fact's name: "name" is that of every span. The first row
	// that fits counts.
	fact string
	// recorded restricts the row to this value; with … at its end, to values that
	// begin so. absent is a fact, given by its full name, that was not recorded.
	recorded string
	// want is the fact in Go; absent means that there is none.
	want string

	reason string
}

const absent = "(absent)"

func (d *difference) appliesTo(run string) bool { return d.run == "" || d.run == run }

func (d *difference) matches(run string, c *recordedCase) bool {
	return d.appliesTo(run) && (d.in == "" || d.in == c.Group || d.in == c.key())
}

func (d *difference) covers(fact, value string) bool {
	if fact != d.fact && !strings.HasSuffix(fact, " "+d.fact) {
		return false
	}
	if prefix, ok := strings.CutSuffix(d.recorded, "…"); ok {
		return strings.HasPrefix(value, prefix)
	}
	return d.recorded == "" || d.recorded == value
}

// differences is the table of what is meant to be other than recorded.
var differences = []difference{
	// Faults of Flask-OpenTracing 2.0.0, which are not ported.
	{
		in:     "trace-all | context not hexadecimal (ValueError from MockTracer.extract is not caught)",
		as:     "trace-all | half a context (corrupted -> new root)",
		reason: "headers that can't be read start a new trace, whatever is wrong with them; Flask answers 500",
	},
	{
		in:     "selected (decorator) | view returns str (AttributeError inside the decorator: 500, span leaked)",
		as:     "selected (decorator) | decorated view",
		reason: "a handler that writes text is like any other; Flask answers 500 and leaks the span",
	},
	{
		in:     "selected (decorator) | view returns tuple (same)",
		as:     "selected (decorator) | Response with 201",
		reason: "a handler that writes status and text is like any other; Flask answers 500 and leaks the span",
	},
	{
		in:     "selected, one-threaded server | leak: str view, 1st request",
		as:     "selected (decorator) | decorated view",
		reason: "no span is leaked",
	},
	{
		in:   "selected, one-threaded server | leak: next request becomes a child of the leaked span",
		fact: "parent", want: "none",
		reason: "no span is leaked that could become the parent of the next request's",
	},
	{
		in:     "attributes (trace-all) | attribute 'json' on a non-JSON request (hasattr raises BadRequest)",
		as:     "trace-all | simple GET",
		reason: "an attribute never costs a request, and never takes the body from the handler; Flask parses it and answers 400",
	},

	// Names.
	{fact: "tag component", recorded: `string "Flask"`, want: `string "net/http"`, reason: "the component is net/http"},
	{in: "trace-all | POST", fact: "name", want: "POST /test", reason: routeName},
	{in: "trace-all | OPTIONS (automatic)", fact: "name", want: "OPTIONS /test", reason: routeName},
	{in: "attributes (trace-all) | POST json", fact: "name", want: "POST /test", reason: routeName},
	{
		in: "trace-all | path param of wrong type (404)", fact: "name", want: "GET /user/{name}/{n}",
		reason: "http.ServeMux has no typed path parameters: it has a route, whose handler answers 404",
	},
	{
		in: "trace-all | slash redirect", fact: "name", want: "GET /slash/",
		reason: "http.ServeMux redirects to a route, and says to which",
	},
	{fact: "name", recorded: "None", want: "GET", reason: "without a route there is the method; Flask has no endpoint then, and a span without a name"},
	{fact: "name", recorded: "check_test_works", want: "GET /test", reason: routeName},
	{fact: "name", recorded: "returns_tuple", want: "GET /tuple", reason: routeName},
	{fact: "name", recorded: "returns_json", want: "GET /json", reason: routeName},
	{fact: "name", recorded: "user", want: "GET /user/{name}/{n}", reason: routeName},
	{fact: "name", recorded: "redir", want: "GET /redirect", reason: routeName},
	{fact: "name", recorded: "error", want: "GET /error", reason: routeName},
	{fact: "name", recorded: "handled", want: "GET /handled", reason: routeName},
	{fact: "name", recorded: "decorated", want: "GET /decorated", reason: routeName},
	{fact: "name", recorded: "admin.x", want: "GET /admin/x", reason: routeName},
	{fact: "name", recorded: "simple", want: "GET /simple", reason: routeName},
	{fact: "name", recorded: "attrs", want: "GET /attrs", reason: routeName},
	{fact: "name", recorded: "resp201", want: "GET /resp201", reason: routeName},
	{fact: "name", recorded: "with_child", want: "GET /child", reason: routeName},
	{fact: "name", recorded: "child_err", want: "GET /childerr", reason: routeName},
	{fact: "name", recorded: "inject", want: "GET /inject", reason: routeName},
	{fact: "name", recorded: "wire", want: "GET /wire", reason: routeName},
	{fact: "name", recorded: "wire_child", want: "GET /wire-child", reason: routeName},
	{fact: "name", recorded: "back", want: "GET /back", reason: routeName},

	// What net/http does otherwise.
	{fact: "response body", recorded: "<!doctype html>\n<html lang=en>\n<title>404 …", want: "404 page not found\n", reason: "net/http's page"},
	{
		in: "trace-all | exception, production mode", fact: "response body", want: "Internal Server Error\n",
		reason: "the text is that of whatever recovers",
	},
	{in: "selected (decorator) | view raises", fact: "response body", want: "Internal Server Error\n", reason: "the text is that of whatever recovers"},
	{in: "selected (decorator) | error inside a child span", fact: "response body", want: "Internal Server Error\n", reason: "the text is that of whatever recovers"},
	{in: "trace-all | redirect()", fact: "response body", want: "<a href=\"/test\">Found</a>.\n\n", reason: "http.Redirect's page"},
	{in: "trace-all | slash redirect", fact: "response body", want: "<a href=\"/slash/\">Temporary Redirect</a>.\n\n", reason: "http.Redirect's page"},
	{in: "trace-all | slash redirect", fact: "response location", want: "/slash/", reason: "http.ServeMux redirects by path"},
	{in: "trace-all | slash redirect", fact: "response status", want: "307", reason: "http.ServeMux redirects with 307"},
	{in: "trace-all | slash redirect", fact: "tag http.status_code", want: "int 307", reason: "http.ServeMux redirects with 307"},
	{
		in: "trace-all | percent-encoded and unicode path", fact: "tag http.url",
		want:   `string "http://example.test:8000/user/%C3%A9%20x/7"`,
		reason: "the URL as it was on the wire; Flask makes half of it readable",
	},

	// Errors.
	{
		in: "trace-all | exception, production mode", fact: "span tracer/0 tag error", recorded: absent, want: "bool true",
		reason: "a status of 500 is an error of the server, as go-stdlib and otelhttp have it, whoever made it of what",
	},
	{in: propagated, fact: "response status", want: "connection closed", reason: goesOn},
	{in: propagated, fact: "response body", want: "", reason: goesOn},
	{in: propagated, fact: "span tracer/0 tag http.status_code", recorded: absent, want: "int 500", reason: status500},
	{in: "selected (decorator) | view raises", fact: "span tracer/0 tag http.status_code", recorded: absent, want: "int 500", reason: status500},
	{in: childFails, fact: "span tracer/1 tag http.status_code", recorded: absent, want: "int 500", reason: status500},
	{
		in: childFails, run: "mocktracer", fact: "span tracer/0 log 0 error.kind", want: `string "*errors.errorString"`,
		reason: "the error's type, which the twin logs itself, is a Go type",
	},
	{in: childFails, run: "mocktracer", fact: "log 0 stack", want: "stack with the handler", reason: "the stack, which the twin logs itself, is Go's"},

	// Attributes.
	{fact: "tag endpoint", recorded: `string "check_test_works"`, want: `string "/test"`, reason: "Go's counterpart of the endpoint is http.Request.Pattern"},
	{fact: "tag endpoint", recorded: `string "user"`, want: `string "/user/{name}/{n}"`, reason: "Go's counterpart of the endpoint is http.Request.Pattern"},
	{fact: "tag url_rule", recorded: `string "/user/<name>/<int:n>"`, want: `string "/user/{name}/{n}"`, reason: "the route in http.ServeMux's syntax"},
	{fact: "tag content_length", recorded: `string "None"`, want: absent, reason: absentAttribute},
	{fact: "tag content_type", recorded: `string "None"`, want: absent, reason: absentAttribute},
	{fact: "tag referrer", recorded: `string "None"`, want: absent, reason: absentAttribute},
	{fact: "tag is_json", recorded: `string "False"`, want: `string "false"`, reason: goText},
	{fact: "tag is_json", recorded: `string "True"`, want: `string "true"`, reason: goText},
	{fact: "tag is_secure", recorded: `string "False"`, want: `string "false"`, reason: goText},
	{fact: "tag query_string", recorded: `string "b'a=1&b=2&a=3'"`, want: `string "a=1&b=2&a=3"`, reason: goText},
	{fact: "tag full_path", recorded: `string "/test?"`, want: `string "/test"`, reason: "no question mark without a query"},
	{fact: "tag full_path", recorded: `string "/user/bob/7?"`, want: `string "/user/bob/7"`, reason: "no question mark without a query"},
	{fact: "tag get_data", want: absent, reason: "a method of Flask's request, recorded as the text of a bound method"},
	{fact: "tag data", want: absent, reason: "the body is the handler's"},
	{fact: "tag form", want: absent, reason: "the body is the handler's; FormValue.name is what the handler has parsed"},
	{fact: "tag values", want: absent, reason: "the body is the handler's; URL.Query.name and FormValue.name are single values"},
	{fact: "tag args", want: absent, reason: "the text of a Python class; query_string is all of it, URL.Query.name a single value"},
	{fact: "tag cookies", want: absent, reason: "the text of a Python class; Cookie.name is a single one"},
	{fact: "tag view_args", want: absent, reason: "the text of a Python class; PathValue.name is a single one"},
	{fact: "tag access_route", want: absent, reason: "the text of a Python class; there are remote_addr and Header.X-Forwarded-For"},
	{fact: "tag accept_languages", want: absent, reason: "a parsed header; Header.Accept-Language is its text"},
	{fact: "tag authorization", want: absent, reason: "a credential"},
	{fact: "tag date", want: absent, reason: "a parsed header; Header.Date is its text"},
	{fact: "tag if_match", want: absent, reason: "a parsed header; Header.If-Match is its text"},
	{fact: "tag range", want: absent, reason: "a parsed header; Header.Range is its text"},
	{fact: "tag remote_user", want: absent, reason: "of WSGI"},
	{fact: "tag blueprint", want: absent, reason: "of Flask"},
	{fact: "tag routing_exception", want: absent, reason: "of Flask"},
	{fact: "tag max_content_length", want: absent, reason: "of Flask's configuration"},

	// What a mock tracer shows otherwise than Python's.
	{run: "mocktracer", fact: "tag order", want: absent, reason: "Go's mock tracer keeps tags in a map"},
	{in: propagated, run: "mocktracer", fact: "span tracer/0 log 0 message", recorded: absent, want: `string "Intentional testing exception"`, reason: moreOfPanics},
	{in: propagated, run: "mocktracer", fact: "span tracer/0 log 0 stack", recorded: absent, want: "stack with the handler", reason: moreOfPanics},
	{in: "selected (decorator) | view raises", run: "mocktracer", fact: "span tracer/0 log 0 message", recorded: absent, want: `string "Intentional testing exception"`, reason: moreOfPanics},
	{in: "selected (decorator) | view raises", run: "mocktracer", fact: "span tracer/0 log 0 stack", recorded: absent, want: "stack with the handler", reason: moreOfPanics},
	{in: childFails, run: "mocktracer", fact: "span tracer/1 log 0 message", recorded: absent, want: `string "in the child"`, reason: moreOfPanics},
	{in: childFails, run: "mocktracer", fact: "span tracer/1 log 0 stack", recorded: absent, want: "stack with the handler", reason: moreOfPanics},

	// What OpenTelemetry's spans hold otherwise than OpenTracing's.
	{
		in: "trace-all | get_span in the view", run: "compat", fact: "baggage who", want: absent,
		reason: "baggage is in the context, not in the span: what a handler sets is seen by the spans that it starts",
	},
	{in: "attributes (trace-all) | GET with query and cookie", run: "compat", fact: "tag order", want: byKeyFirst, reason: sortedTags},
	{in: "attributes (trace-all) | GET nothing", run: "compat", fact: "tag order", want: byKeyFirst, reason: sortedTags},
	{in: "attributes (trace-all) | POST json", run: "compat", fact: "tag order", want: byKeyFirst, reason: sortedTags},
	{in: "attributes (trace-all) | path parameters", run: "compat", fact: "tag order", want: byKeyFirst, reason: sortedTags},
	{in: propagated, run: "compat", fact: "span tracer/0 log 0 event", want: `string "exception"`, reason: exceptionEvent},
	{in: propagated, run: "compat", fact: "span tracer/0 log 0 error.object", want: absent, reason: exceptionEvent},
	{in: propagated, run: "compat", fact: "span tracer/0 log 0 exception.type", recorded: absent, want: `string "*errors.errorString"`, reason: exceptionEvent},
	{in: propagated, run: "compat", fact: "span tracer/0 log 0 exception.message", recorded: absent, want: `string "Intentional testing exception"`, reason: exceptionEvent},
	{in: propagated, run: "compat", fact: "span tracer/0 log 0 exception.stacktrace", recorded: absent, want: "stack with the handler", reason: exceptionEvent},
	{in: propagated, run: "compat", fact: "span tracer/0 log 0 message", recorded: absent, want: `string "Intentional testing exception"`, reason: moreOfPanics},
	{in: "selected (decorator) | view raises", run: "compat", fact: "span tracer/0 log 0 event", want: `string "exception"`, reason: exceptionEvent},
	{in: "selected (decorator) | view raises", run: "compat", fact: "span tracer/0 log 0 error.object", want: absent, reason: exceptionEvent},
	{in: "selected (decorator) | view raises", run: "compat", fact: "span tracer/0 log 0 exception.type", recorded: absent, want: `string "*errors.errorString"`, reason: exceptionEvent},
	{in: "selected (decorator) | view raises", run: "compat", fact: "span tracer/0 log 0 exception.message", recorded: absent, want: `string "Intentional testing exception"`, reason: exceptionEvent},
	{in: "selected (decorator) | view raises", run: "compat", fact: "span tracer/0 log 0 exception.stacktrace", recorded: absent, want: "stack with the handler", reason: exceptionEvent},
	{in: "selected (decorator) | view raises", run: "compat", fact: "span tracer/0 log 0 message", recorded: absent, want: `string "Intentional testing exception"`, reason: moreOfPanics},
	{in: childFails, run: "compat", fact: "span tracer/0 log 0 event", want: `string "exception"`, reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/0 log 0 error.object", want: absent, reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/0 log 0 exception.type", recorded: absent, want: `string "*errors.errorString"`, reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/0 log 0 exception.message", recorded: absent, want: `string "in the child"`, reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/0 log 0 exception.stacktrace", recorded: absent, want: "stack with the handler", reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/0 log 0 stack", want: absent, reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/0 log 0 error.kind", want: `string "*errors.errorString"`, reason: "the error's type, which the twin logs itself, is a Go type"},
	{in: childFails, run: "compat", fact: "span tracer/1 log 0 event", want: `string "exception"`, reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/1 log 0 error.object", want: absent, reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/1 log 0 exception.type", recorded: absent, want: `string "*errors.errorString"`, reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/1 log 0 exception.message", recorded: absent, want: `string "in the child"`, reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/1 log 0 exception.stacktrace", recorded: absent, want: "stack with the handler", reason: exceptionEvent},
	{in: childFails, run: "compat", fact: "span tracer/1 log 0 message", recorded: absent, want: `string "in the child"`, reason: moreOfPanics},
}

// Cases that have several rows.
const (
	propagated = "trace-all, PROPAGATE_EXCEPTIONS | exception (app.testing=True)"
	childFails = "selected (decorator) | error inside a child span"
)

// Reasons of several rows.
const (
	goesOn          = "the panic goes on, and net/http closes the connection; werkzeug's development server answers 500"
	status500       = "a panic is a status of 500 to the client or to whoever recovers; Flask's extension has no status by then"
	moreOfPanics    = "a panic's log has its text and its stack, which is nowhere else to be found"
	absentAttribute = "an attribute that is absent sets no tag; Python writes the text None"
	exceptionEvent  = "a log of an error becomes an exception event, in the names of OpenTelemetry's conventions"
	sortedTags      = "the tags that are known at the start are there when samplers look at them, in the same order each time: by key"
	goText          = "the value as Go writes it"
)

const routeName = "the name is the method and Go's route pattern; Flask's is that of a function"
