// SPDX-License-Identifier: Apache-2.0

package compat

import (
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel"
)

// requestAttribute is one attribute of a request that was asked for by name.
type requestAttribute struct {
	key   string // the name as given
	arg   string // of a name such as Header.<name>
	value attributeValue
	late  bool
}

// attributeValue returns the value of an attribute, empty where it is absent.
type attributeValue func(t *Tracing, r *http.Request, arg string) string

// plainAttributes are the names without an argument.
var plainAttributes = map[string]struct {
	value attributeValue
	late  bool // known only when the handler has returned
}{
	// Fields and methods of http.Request, by their Go names.
	"Method":           {value: methodAttribute},
	"URL":              {value: func(t *Tracing, r *http.Request, _ string) string { return textOfURL(t.redactURL(r.URL)) }},
	"URL.Scheme":       {value: ofURL(func(u *url.URL) string { return u.Scheme })},
	"URL.Opaque":       {value: ofURL(func(u *url.URL) string { return u.Opaque })},
	"URL.Host":         {value: ofURL(func(u *url.URL) string { return u.Host })},
	"URL.Hostname":     {value: ofURL((*url.URL).Hostname)},
	"URL.Port":         {value: ofURL((*url.URL).Port)},
	"URL.Path":         {value: ofURL(func(u *url.URL) string { return u.Path })},
	"URL.RawPath":      {value: ofURL(func(u *url.URL) string { return u.RawPath })},
	"URL.EscapedPath":  {value: ofURL((*url.URL).EscapedPath)},
	"URL.RawQuery":     {value: ofURL(func(u *url.URL) string { return u.RawQuery })},
	"URL.RequestURI":   {value: ofURL((*url.URL).RequestURI)},
	"Proto":            {value: func(_ *Tracing, r *http.Request, _ string) string { return r.Proto }},
	"ProtoMajor":       {value: func(_ *Tracing, r *http.Request, _ string) string { return strconv.Itoa(r.ProtoMajor) }},
	"ProtoMinor":       {value: func(_ *Tracing, r *http.Request, _ string) string { return strconv.Itoa(r.ProtoMinor) }},
	"ContentLength":    {value: contentLengthAttribute},
	"TransferEncoding": {value: func(_ *Tracing, r *http.Request, _ string) string { return strings.Join(r.TransferEncoding, ", ") }},
	"Close":            {value: func(_ *Tracing, r *http.Request, _ string) string { return strconv.FormatBool(r.Close) }},
	"Host":             {value: hostAttribute},
	"RemoteAddr":       {value: func(_ *Tracing, r *http.Request, _ string) string { return r.RemoteAddr }},
	"RequestURI":       {value: func(t *Tracing, r *http.Request, _ string) string { return t.redactText(r.RequestURI) }},
	"UserAgent":        {value: userAgentAttribute},
	"Referer":          {value: refererAttribute},
	"Pattern":          {value: patternAttribute, late: true},

	// The names that users of Flask-OpenTracing know, of Flask's request.
	"method":         {value: methodAttribute},
	"url":            {value: func(t *Tracing, r *http.Request, _ string) string { u := t.serverURL(r); return u.full() }},
	"base_url":       {value: func(t *Tracing, r *http.Request, _ string) string { u := t.serverURL(r); return u.withoutQuery() }},
	"url_root":       {value: rootAttribute},
	"host_url":       {value: rootAttribute},
	"path":           {value: ofURL(func(u *url.URL) string { return u.Path })},
	"full_path":      {value: func(t *Tracing, r *http.Request, _ string) string { u := t.serverURL(r); u.host = ""; return u.full() }},
	"query_string":   {value: func(t *Tracing, r *http.Request, _ string) string { return t.serverURL(r).query }},
	"scheme":         {value: func(t *Tracing, r *http.Request, _ string) string { return t.serverURL(r).scheme }},
	"is_secure":      {value: func(_ *Tracing, r *http.Request, _ string) string { return strconv.FormatBool(r.TLS != nil) }},
	"host":           {value: hostAttribute},
	"remote_addr":    {value: remoteHostAttribute},
	"user_agent":     {value: userAgentAttribute},
	"referrer":       {value: refererAttribute},
	"content_type":   {value: func(_ *Tracing, r *http.Request, _ string) string { return redactPeer(r.Header.Get("Content-Type")) }},
	"content_length": {value: contentLengthAttribute},
	"mimetype":       {value: func(_ *Tracing, r *http.Request, _ string) string { return mediaType(r) }},
	"is_json":        {value: isJSONAttribute},
	"endpoint":       {value: patternAttribute, late: true},
	"url_rule":       {value: func(_ *Tracing, r *http.Request, _ string) string { return routeOf(patternOf(r)) }, late: true},
}

// namedAttributes are the names with an argument after a dot.
var namedAttributes = map[string]struct {
	value attributeValue
	late  bool
}{
	"Header":    {value: func(t *Tracing, r *http.Request, arg string) string { return t.headerAttribute(r, arg) }},
	"Cookie":    {value: cookieAttribute},
	"URL.Query": {value: ofRedactedQuery},
	"PathValue": {value: func(_ *Tracing, r *http.Request, arg string) string { return redactValue(arg, r.PathValue(arg)) }, late: true},
	// The form is what the handler has parsed: reading it here would take the body
	// away from the handler.
	"FormValue":     {value: func(_ *Tracing, r *http.Request, arg string) string { return redactValue(arg, r.Form.Get(arg)) }, late: true},
	"PostFormValue": {value: func(_ *Tracing, r *http.Request, arg string) string { return redactValue(arg, r.PostForm.Get(arg)) }, late: true},
	"Trailer":       {value: func(t *Tracing, r *http.Request, arg string) string { return t.valuesAttribute(r.Trailer, arg) }, late: true},
}

// resolveAttributes finds the attributes of these names. Each unknown name is
// reported once.
func (t *Tracing) resolveAttributes(names []string) []requestAttribute {
	var attributes []requestAttribute
	for _, name := range names {
		if a, known := attributeNamed(name); known {
			if !hasAttribute(attributes, name) {
				attributes = append(attributes, a)
			}
			continue
		}
		if _, reported := t.reported.LoadOrStore(name, nil); !reported {
			otel.Handle(fmt.Errorf("compat: unknown request attribute %q: no tag is set for it; known are %s", name, knownAttributes()))
		}
	}
	return attributes
}

func hasAttribute(attributes []requestAttribute, key string) bool {
	return slices.ContainsFunc(attributes, func(a requestAttribute) bool { return a.key == key })
}

func attributeNamed(name string) (requestAttribute, bool) {
	if plain, ok := plainAttributes[name]; ok {
		return requestAttribute{key: name, value: plain.value, late: plain.late}, true
	}
	for kind, named := range namedAttributes {
		arg, ok := strings.CutPrefix(name, kind+".")
		if !ok || arg == "" {
			continue
		}
		if kind == "Header" || kind == "Trailer" {
			arg = textproto.CanonicalMIMEHeaderKey(arg)
		}
		return requestAttribute{key: name, arg: arg, value: named.value, late: named.late}, true
	}
	return requestAttribute{}, false
}

// knownAttributes lists the known names, for a message.
func knownAttributes() string {
	var names []string
	for name := range plainAttributes {
		names = append(names, name)
	}
	for name := range namedAttributes {
		names = append(names, name+".<name>")
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

// tag sets the attribute as a tag of a new span.
func (a *requestAttribute) tag(tags *startTags, t *Tracing, r *http.Request) {
	tags.text(a.key, a.value(t, r, a.arg))
}

// set sets the attribute as a tag of a request's span.
func (a *requestAttribute) set(req *request, r *http.Request) {
	if value := a.value(req.tracing, r, a.arg); value != "" && !req.ended.Load() {
		req.span.SetTag(a.key, clip(value))
	}
}

func ofURL(part func(*url.URL) string) attributeValue {
	return func(t *Tracing, r *http.Request, _ string) string {
		u := t.redactURL(r.URL)
		if u == nil {
			return ""
		}
		return part(u)
	}
}

func ofRedactedQuery(t *Tracing, r *http.Request, arg string) string {
	u := t.redactURL(r.URL)
	if u == nil {
		return ""
	}
	return u.Query().Get(arg)
}

func methodAttribute(_ *Tracing, r *http.Request, _ string) string { return r.Method }

// hostAttribute is the host that the client has asked.
func hostAttribute(t *Tracing, r *http.Request, _ string) string {
	if r.Host == "" {
		return ""
	}
	return t.serverURL(r).host
}

func userAgentAttribute(_ *Tracing, r *http.Request, _ string) string {
	return redactPeer(r.UserAgent())
}

func refererAttribute(t *Tracing, r *http.Request, _ string) string { return t.redactText(r.Referer()) }

func patternAttribute(_ *Tracing, r *http.Request, _ string) string { return patternOf(r) }

func rootAttribute(t *Tracing, r *http.Request, _ string) string {
	u := t.serverURL(r)
	u.path, u.query = "/", ""
	return u.full()
}

func remoteHostAttribute(_ *Tracing, r *http.Request, _ string) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// contentLengthAttribute is absent where the length is unknown, and where there is
// no body and no such header.
func contentLengthAttribute(_ *Tracing, r *http.Request, _ string) string {
	if r.ContentLength > 0 || r.ContentLength == 0 && r.Header.Get("Content-Length") != "" {
		return strconv.FormatInt(r.ContentLength, 10)
	}
	return ""
}

func (t *Tracing) headerAttribute(r *http.Request, name string) string {
	if name == "Host" {
		return hostAttribute(t, r, "") // net/http takes it out of the headers
	}
	return t.valuesAttribute(r.Header, name)
}

// valuesAttribute returns all values of a header. Each is redacted by itself, as a
// second one starts anew.
func (t *Tracing) valuesAttribute(header http.Header, name string) string {
	values := header[name]
	switch len(values) {
	case 0:
		return ""
	case 1:
		return t.redactHeader(name, values[0])
	}
	recorded := make([]string, len(values))
	for i, value := range values {
		recorded[i] = t.redactHeader(name, value)
	}
	return strings.Join(recorded, ", ")
}

func cookieAttribute(_ *Tracing, r *http.Request, arg string) string {
	cookie, err := r.Cookie(arg)
	if err != nil {
		return ""
	}
	return redactValue(arg, cookie.Value)
}

func mediaType(r *http.Request) string {
	given := r.Header.Get("Content-Type")
	if given == "" {
		return ""
	}
	parsed, _, err := mime.ParseMediaType(given)
	if err != nil {
		return ""
	}
	return parsed
}

func isJSONAttribute(_ *Tracing, r *http.Request, _ string) string {
	media := mediaType(r)
	return strconv.FormatBool(media == "application/json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json"))
}
