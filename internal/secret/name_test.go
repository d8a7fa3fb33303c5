// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/ot2otel/ot2otel/internal/secret"
)

func TestName(t *testing.T) {
	for _, tt := range []struct {
		explanation string
		want        bool
		names       string
	}{
		{"the OpenTelemetry semantic conventions, for url.query", true, "X-Amz-Signature X-Amz-Credential X-Amz-Security-Token sig X-Goog-Signature AWSAccessKeyId Signature X-Goog-Credential"},
		{"passwords", true, "password Password old_password pass passwd pwd pw passphrase passcode user[password] user[pass] passwordConfirmation new-password pass2 pwd1 db.password DB_PASSWORD userPass"},
		{"tokens", true, "token token[] access_token oauth_token private_token x-auth-token PRIVATE-TOKEN id_token_hint csrfToken authenticity_token csrfmiddlewaretoken tokenValue token_id LtpaToken2 access_tokens X-Vault-Token"},
		{"keys", true, "api_key apiKey x-api-key api.key access_key_id secret_key private_key session_key client-secret Ocp-Apim-Subscription-Key AccountKey SharedAccessKey signing-key"},
		{"credentials and signatures", true, "credential credentials aws_credentials hmac X-Shopify-Hmac-Sha256 X-Hub-Signature-256 client_assertion assertion SAMLResponse samlart wresult ticket code_verifier auth_code"},
		{"headers", true, "Authorization Proxy-Authorization Cookie Set-Cookie Set-Cookie2 X-Auth authorization[0] http.request.header.authorization X-Amzn-Oidc-Data Cf-Access-Jwt-Assertion X-CSRF X-XSRF-TOKEN"},
		{"sessions", true, "session session_id sessionid session.id sid connect.sid PHPSESSID JSESSIONID _app_session ASPSESSIONIDQQ ASP.NET_SessionId"},
		{"short codes", true, "pin card.pin otp totp cvv"},
		{"encoded and padded", true, "token%00 %70assword access%5Ftoken user%5Bpassword%5D %2570assword %25%37%30assword pass%2Dword to\x00ken -_token_- ?token #access_token /access_token"},
		{"where a list goes on", false, "page_token next_page_token nextPageToken continuation_token next_token sync_token"},
		{"numbers of tokens, and what is said about one", false, "gen_ai.usage.input_tokens max_tokens maxTokens tokens token_type token_count tokenizer gen_ai.token.type token_expires_in token_endpoint"},
		{"words that have a short one in them", false, "author authority authorize auth.method keyboard monkey design signal passenger compass bypass assignment signed inside beside spin opinion shipping secretary pinned session_count sessions process_id sidebar passthrough"},
		{"short words in camel case", true, "smtpPass userPin basicAuth emailOtp requestSig loginPass MYSQLPASS PGPASS smtp2Pass user.loginPass http.basicAuth userPIN DPoP dpop"},
		{"what describes a secret", false, "signature_algorithm signature_valid csrf_enabled credential_type passwordless token_name token.total lexer.token cookie_name aws.secretsmanager.secret.arn token_bucket.size password.length passwordLength cookie_consent secretName http.request.header.cookie.size llm.token.total"},
		{"too often something else", false, "key code id user username name state nonce hash digest type sort q status_code http.status_code X-Amz-Date X-Goog-Algorithm Sec-WebSocket-Key Idempotency-Key primary_key public_key WWW-Authenticate"},
	} {
		for name := range strings.FieldsSeq(tt.names) {
			if got := secret.Name(name); got != tt.want {
				t.Errorf("%s: Name(%q) = %t", tt.explanation, name, got)
			}
		}
	}
	for _, name := range []string{"", "%", "%2", "%%%", "é", "\xff", "[]", "0", "%25"} {
		if secret.Name(name) {
			t.Errorf("Name(%q) = true", name)
		}
	}
}

func TestFurtherWords(t *testing.T) {
	words := secret.New(" Matr-Nr ", "", "…", "Straße")
	for name, want := range map[string]bool{
		"matrnr": true, "X-MATR-NR-2": true, "matr%2Dnr": true, "STRAßE_1": true, "password": true, "matr": false, "": false, "q": false,
	} {
		if got := words.Name(name); got != want {
			t.Errorf("Name(%q) = %t", name, got)
		}
	}
	if got, want := words.Text("matr-nr=4711 n=1"), "matr-nr=REDACTED n=1"; got != want {
		t.Errorf("Text = %s, want %s", got, want)
	}
}

func TestNameAllocates(t *testing.T) {
	if got := testing.AllocsPerRun(100, func() {
		for _, name := range [...]string{"http.request.header.x-request-id", "page", "gen_ai.usage.input_tokens", "access%5Ftoken"} {
			secret.Name(name)
		}
	}); got != 0 {
		t.Errorf("%v allocations for names of usual length", got)
	}
}

func FuzzName(f *testing.F) {
	for _, name := range []string{"user[password]", "pageToken", "access%5Ftoken", "%25%37%30assword", "connect.sid", "X-Amz-Date", "%", "é"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		want := secret.Name(name)
		swapped := []byte(name)
		for i, c := range swapped {
			if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
				swapped[i] ^= 0x20
			}
		}
		for _, other := range []string{encode(name), encode(encode(name)), url.QueryEscape(url.PathEscape(name))} {
			if got := secret.Name(other); got != want && !strings.ContainsAny(name, "%") {
				t.Errorf("Name(%q) = %t, Name(%q) = %t", name, want, other, got)
			}
		}
		// The parts of a word in camel case depend on its case.
		if got := secret.Name(string(swapped)); got != want && name == strings.ToLower(name) {
			t.Errorf("Name(%q) = %t, Name(%q) = %t", name, want, swapped, got)
		}
	})
}

// encode encodes every byte.
func encode(s string) string {
	var out strings.Builder
	for i := range len(s) {
		out.WriteByte('%')
		out.WriteByte("0123456789abcdef"[s[i]>>4])
		out.WriteByte("0123456789ABCDEF"[s[i]&15])
	}
	return out.String()
}
