// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/internal/secret"
)

func TestQuery(t *testing.T) {
	for _, tt := range []struct{ explanation, in, want string }{
		{"nothing to hide", "q=OpenTelemetry&page_token=3&key=k&code=404", ""},
		{"brackets", "user[password]=x&token[]=1&token[]=2", "user[password]=REDACTED&token[]=REDACTED&token[]=REDACTED"},
		{"encoded names", "user%5Bpassword%5D=x&%2570assword=y&token%00=z", "user%5Bpassword%5D=REDACTED&%2570assword=REDACTED&token%00=REDACTED"},
		{"order and encoding stay", "b=%20x&token=1&a=+&&c", "b=%20x&token=REDACTED&a=+&&c"},
		{"no value", "token=&token&sig", ""},
		{"signs in the value", "token=a=b==&x=1", "token=REDACTED&x=1"},
		{"semicolons", "a=1;token=2;b=3", "a=1;token=REDACTED;b=3"},
		{"a semicolon in the value", "token=a;b&c=1", "token=REDACTED&c=1"},
		{"a comma in the value, and padding", "token=a,b==&c=1", "token=REDACTED&c=1"},
		{"invalid encoding", "%zz=1&token=2%z", "%zz=1&token=REDACTED"},
		{"the answer of an OAuth server", "code=4/0A&state=s&scope=x", "code=REDACTED&state=s&scope=x"},
		{"a code with a state of another kind", "code=404&estate=1", ""},
		{"an API key of Google's", "key=AIzaSyD-1234&q=x", "key=REDACTED&q=x"},
		{"a URL to return to", "next=/cb?token=1&q=2", "next=/cb?token=REDACTED&q=2"},
		{"an encoded URL to return to", "next=https%3A%2F%2Fu%3Ap%40h%2Fcb%3Ftoken%3Da%2526b%26q%3D2&x=1", "next=https%3A%2F%2FREDACTED%40h%2Fcb%3Ftoken%3DREDACTED%26q%3D2&x=1"},
		{"a URL encoded twice", "next=%252Fcb%253Ftoken%253Da%2526q%253D2&x=1", "next=%252Fcb%253Ftoken%253DREDACTED%2526q%253D2&x=1"},
		{"an address", "email=bob@example.com&to=a:b@c", ""},
		{"a semicolon before a pair in the value", "token=a;b=S&c=1", "token=REDACTED&c=1"},
		{"JSON", "q=%7B%22password%22:%22S%22,%22a%22:%22b%22%7D&x=1", "q=%7B%22password%22:%22REDACTED%22,%22a%22:%22b%22%7D&x=1"},
		{"JSON that isn't encoded", `q={"token":"S\"&x=1`, `q={"token":"REDACTED&x=1`},
		{"JSON encoded as a whole", "q=%7B%22pin%22%3A%20%221%22%2C%22a%22%3A1%7D", "q=%7B%22pin%22%3A%20%22REDACTED%22%2C%22a%22%3A1%7D"},
		{"other types of JSON", "q=%7B%22pin%22:12,%22token%22:null,%22secrets%22:%5B%22S%5D%22,1%5D,%22credential%22:%7B%22a%22:%7B%7D%7D,%22b%22:1%7D", "q=%7B%22pin%22:%22REDACTED%22,%22token%22:null,%22secrets%22:%22REDACTED%22,%22credential%22:%22REDACTED%22,%22b%22:1%7D"},
		{"a header", "h=Bearer%20S&i=Basic+S&j=Bearer&k=bearer%2520S", "h=Bearer%20REDACTED&i=Basic+REDACTED&j=Bearer&k=bearer%2520REDACTED"},
		{"empty", "", ""},
	} {
		check(t, "Query", secret.Query, tt.explanation, tt.in, tt.want)
	}
}

func TestPath(t *testing.T) {
	for _, tt := range []struct{ explanation, in, want string }{
		{"nothing to hide", "/users/@me/a:b@c;v=1", ""},
		{"a matrix parameter", "/a;jsessionid=1A2B/b;v=1", "/a;jsessionid=REDACTED/b;v=1"},
		{"an encoded one", "/a%3Bjsessionid%3D1A2B/b", "/a%3Bjsessionid%3DREDACTED/b"},
		{"a pair as a segment", "/token=abc/b", "/token=REDACTED/b"},
		{"user and password behind two slashes", "//user:pw@host/path", "//host/path"},
		{"two slashes", "//a/b@c", ""},
	} {
		check(t, "Path", secret.Path, tt.explanation, tt.in, tt.want)
	}
}

func TestURL(t *testing.T) {
	for _, tt := range []struct{ explanation, in, want string }{
		{"nothing to hide", "https://h:8080/users/@me?q=a@b&x=1#top", ""},
		{"nothing to hide in a path", "/users/a:b@c", ""},
		{"user and password", "https://u:p@h/p", "https://h/p"},
		{"a user alone", "HTTPS://ghp_x@h", "HTTPS://h"},
		{"a password with @", "https://u:p@S@h/", "https://h/"},
		{"an encoded @", "https://u%3Ap%40h/", "https://h/"},
		{"a password with a slash", "https://u:p/S?#S@h/x", "https://h/x"},
		{"no scheme", "me:pw@h/p?sig=1", "h/p?sig=REDACTED"},
		{"CONNECT", "user:pw@host:443", "host:443"},
		{"slashes alone", "//user:pw@host/path", "//host/path"},
		{"IPv6", "http://u:p@[::1]:80/x@y", "http://[::1]:80/x@y"},
		{"an empty user", "http://@h/", "http://h/"},
		{"a path that starts with a user's name", "http://h:x/@joe", ""},
		{"an address of mail", "mailto:joe@example.com?cc=a@b", ""},
		{"another address", "SIP:joe@h:5060", ""},
		{"backslashes", `http:\\u:S@h/x`, `http:\\h/x`},
		{"a slash and a backslash", `/\u:S@h`, `/\h`},
		{"one slash", "http:/u:S@h/x", "http:/h/x"},
		{"escaped slashes", `https:\/\/u:S@h\/`, `https:\/\/h\/`},
		{"the answer of OAuth in two parts", "/cb?state=1#code=S", "/cb?state=1#code=REDACTED"},
		{"fragments", "https://h/cb?a=1#/cb?access_token=1&b=2", "https://h/cb?a=1#/cb?access_token=REDACTED&b=2"},
		{"a fragment as a query", "https://h/#access_token=1", "https://h/#access_token=REDACTED"},
		{"a matrix parameter", "https://h/a;jsessionid=1?b=2", "https://h/a;jsessionid=REDACTED?b=2"},
		{"a data source", "postgres://joe:p%40w@db:5432/x?sslpassword=1", "postgres://db:5432/x?sslpassword=REDACTED"},
		{"control characters", "http://u:p@h/\x00?token=\x7f", "http://h/\x00?token=REDACTED"},
		{"empty", "", ""},
	} {
		check(t, "URL", secret.URL, tt.explanation, tt.in, tt.want)
	}
}

func TestWithoutUser(t *testing.T) {
	for _, tt := range []struct{ explanation, in, want string }{
		{"all else stays", "https://u:p@h/a;jsessionid=1?token=1#token=1", "https://h/a;jsessionid=1?token=1#token=1"},
		{"nothing to drop", "/a:b@c?x=d@e", ""},
		{"a host", "u:p@h:80", "h:80"},
		{"a host of IPv6", "[::1]:80", ""},
	} {
		check(t, "WithoutUser", secret.WithoutUser, tt.explanation, tt.in, tt.want)
	}
}

func TestCredentials(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Basic dTpw": "Basic REDACTED", "bearer\tx": "bearer\tREDACTED", "Digest username=u, response=r": "Digest REDACTED",
		"S3cret": "REDACTED", "S3cret x": "REDACTED", "Bearer": "REDACTED", "Bearer ": "REDACTED", " Bearer x": "REDACTED",
	} {
		check(t, "Credentials", secret.Credentials, "", in, want)
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct{ explanation, in, want string }{
		{"nothing to hide", "GET /orders/{id}: dial tcp 10.0.0.1:80: connect: connection refused", ""},
		{"just the word", "the token is missing", ""},
		{"what is wrong with one", "invalid token: signature is invalid; no password: it is required", ""},
		{"sentences with a scheme", "use Basic authentication, a bearer token or token 12345", ""},
		{"times, addresses and images", "at 12:30:05 to:bob@example.com, git@github.com:o/r, pull repo/img:v1@sha256:ab12 pkg:golang/x@v1", ""},
		{"what is no data source", "12:30@home from:joe@example.com npm:lodash@4.17.21 foo.go:12@v1.2 pool-1:worker-2@host order:123@store to:a@b.c,cc:d@e.f mailto:joe@example.com/x sip:joe@h:5060", ""},
		{"data sources without a host", "open user:S@/db, user:S@:3306/db", "open REDACTED:REDACTED@/db, REDACTED:REDACTED@:3306/db"},
		{"data sources with one", "user:S@h:80 user:S@h/x user:S@[::1]:80 from:S@tcp(h)", "REDACTED:REDACTED@h:80 REDACTED:REDACTED@h/x REDACTED:REDACTED@[::1]:80 REDACTED:REDACTED@tcp(h)"},
		{"an error of net/http", `Get "https://u:***@h/?token=x&a=1": EOF`, `Get "https://REDACTED@h/?token=REDACTED&a=1": EOF`},
		{"a password with @", "dial https://u:p@S@h failed", "dial https://REDACTED@h failed"},
		{"a password with a quote and a slash", "dial https://u:p'/S@h/x failed", "dial https://REDACTED@h/x failed"},
		{"a user alone", "clone https://ghp_abc@h/x", "clone https://REDACTED@h/x"},
		{"a data source with a scheme", "open postgres://joe:pw@db/x: refused", "open postgres://REDACTED@db/x: refused"},
		{"a data source without", "open user:p/w@S@tcp(h:3306)/db: refused", "open REDACTED:REDACTED@tcp(h:3306)/db: refused"},
		{"CONNECT", "CONNECT user:pw@host:443", "CONNECT REDACTED:REDACTED@host:443"},
		{"a proxy", "proxyconnect tcp: dial http://u:p@proxy:3128: no route", "proxyconnect tcp: dial http://REDACTED@proxy:3128: no route"},
		{"a scheme", "sent Bearer abc to h", "sent Bearer REDACTED to h"},
		{"a scheme and a tab", "Bearer\tsecret", "Bearer\tREDACTED"},
		{"a scheme and a quoted tab", `"Bearer\tsecret"`, `"Bearer\tREDACTED"`},
		{"a scheme in small letters", "basic dXNlcjpwdw==", "basic REDACTED"},
		{"a header", "Authorization: Token x y\r\nAccept: z", "Authorization: Token REDACTED\r\nAccept: z"},
		{"a header without a scheme", "authorization: S3cret x\nb: c", "authorization: REDACTED\nb: c"},
		{"digest", "Proxy-Authorization: Digest username=\"u\", response=\"S\"\nx", "Proxy-Authorization: Digest REDACTED\nx"},
		{"another header with a scheme", "X-Auth: ApiKey S3 x", "X-Auth: ApiKey REDACTED x"},
		{"cookies", "Cookie: a=b; sid=S; c=d\nHost: h", "Cookie: REDACTED\nHost: h"},
		{"a cookie that is set", "set-cookie: sid=S; Path=/; HttpOnly\r\nHost: h", "set-cookie: REDACTED\r\nHost: h"},
		{"cookies as a pair", "cookie=a=b; sid=S next=1", "cookie=REDACTED next=1"},
		{"a quoted header", `curl -H 'Authorization: Token S x' -H "Cookie: a=b; c=S" https://h`, `curl -H 'Authorization: Token REDACTED' -H "Cookie: REDACTED" https://h`},
		{"an escaped header", `"GET / HTTP/1.1\r\nCookie: a=S; b=S\r\nHost: h"`, `"GET / HTTP/1.1\r\nCookie: REDACTED\r\nHost: h"`},
		{"headers as Go prints them", "map[Accept:[a] Authorization:[Bearer S] Cookie:[a=b; c=S] X:[y]]", "map[Accept:[a] Authorization:[Bearer REDACTED] Cookie:[REDACTED] X:[y]]"},
		{"pairs", "user=joe password=S token=S, n=1", "user=joe password=REDACTED token=REDACTED, n=1"},
		{"a pair with a comma", "password=S,S n=1", "password=REDACTED n=1"},
		{"pairs with commas", "password=S,n=1;pwd=S;m=2", "password=REDACTED,n=1;pwd=REDACTED;m=2"},
		{"a pair with a colon", "password: hunter2", "password: REDACTED"},
		{"a name of two words", "the API key: S, private key = S", "the API key: REDACTED, private key = REDACTED"},
		{"a form", "grant_type=password&client_secret=S&x=1", "grant_type=password&client_secret=REDACTED&x=1"},
		{"an encoded form", "body a%26token%3DS%26b%3D1", "body a%26token%3DREDACTED%26b%3D1"},
		{"a quoted value", `password="S S" token='S S' n=1`, `password="REDACTED" token='REDACTED' n=1`},
		{"a quoted value that isn't closed", `password="S S n=1`, `password="REDACTED`},
		{"brackets around", "(token=S) {pwd:S} [pin=1].", "(token=REDACTED) {pwd:REDACTED} [pin=REDACTED]."},
		{"a flag", `["-v","--password=S"]`, `["-v","--password=REDACTED"]`},
		{"JSON", `{"user":"joe","password": "a \"S\" b","n":1}`, `{"user":"joe","password": "REDACTED","n":1}`},
		{"JSON of other types", `{"pin":1234,"token":true,"secret":null,"n":1}`, `{"pin":"REDACTED","token":true,"secret":null,"n":1}`},
		{"JSON lists and objects", `{"tokens":[1],"secrets":["S","]"],"credentials":{"a":{"b":"}S"}},"n":1}`, `{"tokens":[1],"secrets":"REDACTED","credentials":"REDACTED","n":1}`},
		{"JSON that isn't whole", `{"secrets":["S","S`, `{"secrets":"REDACTED"`},
		{"JSON in JSON", `{"body":"{\"password\":\"S\",\"secrets\":[\"S]\"],\"n\":1}"}`, `{"body":"{\"password\":\"REDACTED\",\"secrets\":\"REDACTED\",\"n\":1}"}`},
		{"indented JSON", "{\n  \"token\":\n    \"S\",\n  \"n\": 1\n}", "{\n  \"token\":\n    \"REDACTED\",\n  \"n\": 1\n}"},
		{"Ruby", `{:password=>"S", "token"=>"S"}`, `{:password=>"REDACTED", "token"=>"REDACTED"}`},
		{"an API key of Google's", "key=AIzaS key: \"AIzaS\" key=a", "key=REDACTED key: \"REDACTED\" key=a"},
		{"a number of tokens", "input_tokens=12 max_tokens: 3", ""},
		{"a span's name", "GET /reset?token=S", "GET /reset?token=REDACTED"},
		{"an answer of OAuth", "GET https://h/cb?code=S&state=1 failed", "GET https://h/cb?code=REDACTED&state=1 failed"},
		{"bytes that aren't UTF-8", "\xff password=\xfe\xff \xff", "\xff password=REDACTED \xff"},
		{"nothing after it", "password= n=1 token: ", ""},

		{"a quoted URL with a space in its password", `invalid proxy address "http://joe:pa S3@p:1": parse "http://joe:pa S3@p:1": net/url: invalid userinfo`, `invalid proxy address "http://REDACTED@p:1": parse "http://REDACTED@p:1": net/url: invalid userinfo`},
		{"with a space behind digits", `parse "http://joe:12 S3@p:1": no`, `parse "http://REDACTED@p:1": no`},
		{"with a bracket", `parse "http://S:S3<x@p:1": net/url: invalid userinfo`, `parse "http://REDACTED@p:1": net/url: invalid userinfo`},
		{"with a slash, quoted again as a port", `parse "http://joe:S3/cret@p:1": invalid port ":S3" after host`, `parse "http://REDACTED@p:1": invalid port "REDACTED" after host`},
		{"with a slash and a space", `parse "http://joe:S3/S3 S3@p:1": invalid port ":S3" after host`, `parse "http://REDACTED@p:1": invalid port "REDACTED" after host`},
		{"a password without its host", `invalid proxy address "http://joe:S3": parse "http://joe:S3": invalid port ":S3" after host`, `invalid proxy address "http://joe:REDACTED": parse "http://joe:REDACTED": invalid port "REDACTED" after host`},
		{"an escape of a password", `parse "http://joe:%S3@h": invalid URL escape "%S3"`, `parse "http://REDACTED@h": invalid URL escape "REDACTED"`},
		{"an escape of a path", `parse "http://h/%S3": invalid URL escape "%S3"`, ""},
		{"in an error of an error", `"parse \"http://joe:p S3@p:1\": no"`, `"parse \"http://REDACTED@p:1\": no"`},
		{"a quoted URL and an address", `"http://h:80 of joe@example.com" and "http://h is of joe@example.com, 'http://h:80'"`, ""},
		{"what follows a quoted URL", `"http://h/x: Bearer S3" and 'http://h: token=S3'`, `"http://h/x: Bearer REDACTED" and 'http://h: token=REDACTED'`},
		{"headers as Go's source", `http.Header{"A":[]string{"b"}, "X-Api-Key":[]string{"S3", "}S3"}, "B":[]string{}}`, `http.Header{"A":[]string{"b"}, "X-Api-Key":"REDACTED", "B":[]string{}}`},
		{"other types of Go", `T{Password:[]uint8{0x53}, Secrets:map[string]interface {}{"a":"S3"}, Token:&t.T{V:"S3"}, Tokens:[]interface {}{1}, APIKey:[]interface {}{"S3"}}`, `T{Password:REDACTED, Secrets:REDACTED, Token:REDACTED, Tokens:[]interface {}{1}, APIKey:REDACTED}`},
		{"types with a package, and maps", `T{Token:t.Token{A:"S3", B:"S3"}, n:1} session: map[a:S3 b:S3] n=1`, `T{Token:REDACTED, n:1} session: REDACTED n=1`},
		{"a data source without a network", "root:S3@(h:3306)/db", "REDACTED:REDACTED@(h:3306)/db"},
		{"a user with a space", `parse "http://S3 S3@p:1": no`, `parse "http://REDACTED@p:1": no`},
		{"a password with a space, and no host", `parse "http://joe:S3 S3": invalid port ":S3 S3" after host`, `parse "http://joe:REDACTED": invalid port "REDACTED" after host`},
		{"JSON with escaped slashes", `{"url":"https:\/\/u:S3@h\/","v":"https:\/\/h\/a@b"}`, `{"url":"https:\/\/REDACTED@h\/","v":"https:\/\/h\/a@b"}`},
		{"SQL", `token='S3''CRET' AND password='' AND a='b'`, `token='REDACTED' AND password='' AND a='b'`},
		{"a quoted token", `Bearer "S3" and Bearer 'S3' and Bearer%20S3, a bearer "token"`, `Bearer "REDACTED" and Bearer 'REDACTED' and Bearer%20REDACTED, a bearer "token"`},
		{"Python", `{'password': ['a]', 'S3'], 'a': 'it]s'}`, `{'password': 'REDACTED', 'a': 'it]s'}`},
		{"a list of flags", `["--password","S3","-v"] ["--token" "S3"] [\"--token\",\"S3\"] ["--token","--x","--token"]`, `["--password","REDACTED","-v"] ["--token" "REDACTED"] [\"--token\",\"REDACTED\"] ["--token","--x","--token"]`},
		{"a name and a value", `{"name":"password","value":"S3"} {"Name": "DB_PASSWORD", "Value": "S3"} {"name":"a","value":"b"} {"title":"password","value":"b"}`, `{"name":"password","value":"REDACTED"} {"Name": "DB_PASSWORD", "Value": "REDACTED"} {"name":"a","value":"b"} {"title":"password","value":"b"}`},
		{"camel case", `smtpPass=S3 {"userPin":1234,"requestSig":"S3"} authType=x`, `smtpPass=REDACTED {"userPin":"REDACTED","requestSig":"REDACTED"} authType=x`},

		{"what a test tells", "--- PASS: TestFoo (0.00s) pass=12 fail=3", ""},
		{"how something went", `auth: ok, session=closed, session: "expired", auth=failed pass: 3`, ""},
		{"a password of digits", "pass=123456 pin=12", "pass=REDACTED pin=REDACTED"},
		{"a password that is a word", "password=ok smtp_pass=ok", "password=REDACTED smtp_pass=REDACTED"},
		{"the session of a client", "session=8f14e45f auth=S3", "session=REDACTED auth=REDACTED"},
		{"what a parser expects", "unexpected token: } or token: ), or token: ;", ""},
		{"a status of HTTP", "oauth2: cannot fetch token: 401 Unauthorized", ""},
		{"a password like a status", "password: 401 password: 40100 x", "password: REDACTED password: REDACTED x"},
		{"parameters of statements and formats", `password = $1, token = ?, secret=:name, token=%s "secret":"%v"`, ""},
		{"nothing", `token=null secret: none password=nil token=<nil> {"token":null,"secret":false}`, ""},
		{"what describes a secret", `token_name=a credential_type: b {"signature_algorithm":"RS256","secretName":"x"} cookie_name=c secret.arn=arn:aws:x`, ""},
		{"empty", "", ""},
	} {
		check(t, "Text", secret.Text, tt.explanation, tt.in, tt.want)
	}
}

// check calls a function that hides secrets; want is in itself where it is empty.
func check(t *testing.T, name string, hide func(string) string, explanation, in, want string) {
	t.Helper()
	if want == "" {
		want = in
	}
	got := hide(in)
	if got != want {
		t.Errorf("%s: %s\n     %s\ngot  %s\nwant %s", name, explanation, in, got, want)
	}
	if again := hide(got); again != got {
		t.Errorf("%s: %s: again\n     %s\ngot  %s", name, explanation, got, again)
	}
	if got == in && testing.AllocsPerRun(10, func() { hide(in) }) != 0 {
		t.Errorf("%s: %s: it allocates where nothing is to hide", name, explanation)
	}
}

// hostile are texts that make a scanner look at them again and again, by a part that
// is repeated.
var hostile = []string{
	"a", " ", "=", ":", "@", "%", "%25", "/", "://", "\\", `"`, "'", "[", "{", "token", "token=", "token=;", "token=,", "token:", `"token":`,
	`"token":"`, `token="\`, `"token":[`, `"token":["`, "a:b@", "a@", "a:@", "x://a:b'", "x://a:b@", "x://u:p/", "Bearer ", "Bearer a ",
	"Basic ", "Authorization: ", "Authorization:", "cookie=a; ", "a=b=", "token%3D", "token%3Da;", "key key ", "API key:", "a;b,c&d|",
	"'Cookie: a", "token: is ", "code=1&state=2&", "//", "%2F", "\xff", "a.", ")", "token=)", "=\\", `token=a"b`, ":a/@tcp(",
}

var functions = map[string]func(string) string{"Query": secret.Query, "Path": secret.Path, "URL": secret.URL, "Text": secret.Text, "WithoutUser": secret.WithoutUser}

// TestLinear ends within seconds where the time is linear, and in hours where it is
// quadratic.
func TestLinear(t *testing.T) {
	for name, hide := range functions {
		for _, part := range hostile {
			text := strings.Repeat(part, 1<<18/len(part))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			hide(text)
			runtime.ReadMemStats(&after)
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 32<<20 {
				t.Errorf("%s of 256 KB of %q allocates %d MB", name, part, allocated>>20)
			}
		}
	}
}

// TestSettled puts texts together that look like secrets in more than one way. What
// is found in one mustn't make another of it when it is looked at again.
func TestSettled(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	parts := append([]string{
		"u:p@", "host", "&", "code=", "state=", "?", "#", ";", "x", "0", "\n", "%40", "%3A%2F%2F", "digest ", "it ", "}", "]", `\"`, ",",
		"S3cretValue1 ", "tcp(", "sha256:", "AIza", "key=", "\r\n", `\t`, "=>", "<", ">",
	}, hostile...)
	for range 20_000 {
		var text strings.Builder
		for range 1 + random.IntN(9) {
			text.WriteString(parts[random.IntN(len(parts))])
		}
		settles(t, text.String())
	}
}

func settles(t *testing.T, text string) {
	t.Helper()
	for name, hide := range functions {
		once := hide(text)
		if twice := hide(once); twice != once {
			t.Errorf("%s(%q) = %q, then %q", name, text, once, twice)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, text := range append(hostile, `{"a":"b"}`, "Authorization: Basic dTpw, x", "https://u:p@h/?token=x#a=b", `secret: "a\"b" [c] {d}`, "a:b@c:d@e;pwd=f)") {
		f.Add(text)
	}
	f.Fuzz(settles)
}

func BenchmarkText(b *testing.B) {
	for name, text := range map[string]string{
		"plain": "dial tcp 10.0.0.1:80: connect: connection refused",
		"url":   `Get "https://u:p@host/path?token=x&a=1": context deadline exceeded`,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				secret.Text(text)
			}
		})
	}
}

func BenchmarkName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		secret.Name("http.request.header.x-request-id")
	}
}
