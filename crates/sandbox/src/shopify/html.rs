//! Writing pages that cannot be talked into anything: escaping, the frame of each page, and HTML turned into plain text.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The whole style of the fake's pages; inline, so its hash stands in the policy instead of an address.
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c2a26;--quiet:#5c6b66;--paper:#f6f7f4;--card:#fff;--line:#d9dfda;--act:#0b6b50}\
@media(prefers-color-scheme:dark){:root{--ink:#e8eeea;--quiet:#9dada6;--paper:#131816;--card:#1b2220;--line:#323d39;--act:#5fd0a8}}\
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}\
header,main{max-width:60rem;margin:0 auto;padding:1rem}header a{color:inherit;font-weight:650;text-decoration:none}\
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}h2{font-size:1.05rem;margin:.75rem 0 .25rem}a{color:var(--act)}main.narrow{max-width:30rem;margin-top:8vh}\
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.25rem}\
.shelf{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));list-style:none;padding:0}\
.shelf a{color:inherit;text-decoration:none;display:block;height:100%}\
img{width:100%;border-radius:10px;background:var(--line);aspect-ratio:1;object-fit:cover}\
.quiet{color:var(--quiet)}.price{font-weight:650}s{color:var(--quiet);font-weight:400}\
.pair{display:grid;gap:1.5rem}@media(min-width:44rem){.pair{grid-template-columns:1fr 1fr}}\
.text{white-space:pre-line}table{border-collapse:collapse;width:100%}td,th{padding:.5rem;border-top:1px solid var(--line);text-align:left}\
.row{display:flex;gap:.75rem;margin-top:1.25rem}button,.button{font:inherit;padding:.6rem 1.2rem;border-radius:10px;\
border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer;text-decoration:none}\
button.act,.button.act{background:var(--act);border-color:var(--act);color:var(--card);font-weight:600}\
button:focus-visible,a:focus-visible{outline:3px solid var(--act);outline-offset:2px}";

/// `text` made safe inside elements and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

/// A whole page; `title` is escaped here, `body` is HTML.
pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}</title>\
         <style>{STYLE}</style></head><body>{body}</body></html>",
        escape(title)
    );
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    // No form-action: browsers apply it to the redirect after a form as well, and "Install" leads to the app.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src 'self' data: https: http://127.0.0.1:* \
         http://localhost:*; frame-ancestors 'none'; base-uri 'none'"
    );
    let mut response = (status, guarded("text/html; charset=utf-8"), html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A page that says why something was refused, as Shopify's own "Oauth error" page does.
pub(crate) fn refusal(status: StatusCode, code: &str, why: &str) -> Response {
    let body = format!(
        "<main class=\"narrow\"><div class=\"card\"><h1>Something is not right</h1><p>Oauth error {}: {}</p></div></main>",
        escape(code),
        escape(why)
    );
    page(status, "Oauth error", &body)
}

/// Headers every answer of a page or file carries.
pub(crate) fn guarded(content_type: &'static str) -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ]
}

/// The words of a piece of HTML: no tags, no scripts, the commonest entities read, white space folded.
pub(crate) fn to_text(html: &str) -> String {
    let mut words = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        words.push_str(before);
        let name: String = tag
            .chars()
            .skip(1)
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        if !is_inline(&name) {
            words.push('\n');
        }
        rest = match name.as_str() {
            "script" | "style" => after(tag, &format!("</{name}")),
            _ => tag,
        };
        rest = after(rest, ">");
    }
    words.push_str(rest);
    let lines = words.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    // `&amp;` last: `&amp;lt;` is the text `&lt;`, not a tag.
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

fn is_inline(tag: &str) -> bool {
    matches!(
        tag,
        "" | "a" | "b" | "i" | "em" | "strong" | "span" | "u" | "s" | "small" | "sup" | "sub" | "code"
    )
}

fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    let found =
        text.as_bytes().windows(mark.len()).position(|part| part.eq_ignore_ascii_case(mark.as_bytes()));
    found.and_then(|at| text.get(at + mark.len()..)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_leave_its_attribute() {
        assert_eq!(escape("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
    }

    #[test]
    fn a_description_reads_as_text() {
        let cases = [
            ("<p>Warm &amp; soft.</p><script>alert(1)</script><ul><li>Wool</li></ul>", "Warm & soft.\nWool"),
            ("a<b>bold</b>&nbsp;word", "abold word"),
            ("cut <a href=\"", "cut"),
            ("<STYLE>p{}</STYLE>after", "after"),
            ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
            ("plain", "plain"),
        ];
        for (html, expected) in cases {
            assert_eq!(to_text(html), expected, "{html}");
        }
    }
}
