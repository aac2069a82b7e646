//! What endpoints really answer, and what none of them can do to us.

use std::time::Duration;

use shopclerk_domain::chat::{Completion, Line, Prompt, ToolCall, ToolSpec, Usage};
use shopclerk_domain::secret::Secret;

use super::chat::{Chat, ChatSettings, DECLINED, NO_TOOLS};
use crate::UpstreamError;
use crate::canned::{Canned, Reply, client};

fn prompt() -> Prompt {
    Prompt {
        lines: vec![Line::Ours("Be kind.".to_owned()), Line::Shopper("A candle?".to_owned())],
        tools: vec![ToolSpec {
            name: "look",
            purpose: "Looks.",
            arguments: r#"{"type":"object"}"#.to_owned(),
        }],
        most_tokens: 300,
    }
}

fn chat_at(endpoint: String) -> Chat {
    let settings = ChatSettings {
        endpoint,
        key: Some(Secret::new("sk-canary".to_owned())),
        model: Some("small".to_owned()),
        silence: Duration::from_millis(200),
        total: Duration::from_millis(600),
    };
    Chat::new(settings, &client().0).unwrap()
}

async fn answer_to(reply: Reply) -> Result<Completion, UpstreamError> {
    let endpoint = Canned::answering(vec![reply]);
    chat_at(endpoint.url()).complete(&prompt()).await
}

fn stream(events: &[&str]) -> Reply {
    let lines: Vec<String> = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    let body = lines.concat();
    Reply::Bytes(
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{body}")
            .into_bytes(),
    )
}

fn call(id: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: "look".to_owned(), arguments: arguments.to_owned() }
}

#[tokio::test]
async fn an_answer_is_read_whole_or_in_pieces() {
    let whole = r#"{"choices":[{"message":{"content":"Yes."},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3}}"#;
    let said = answer_to(Reply::Json(200, whole.to_owned())).await.unwrap();
    assert_eq!((said.text.as_str(), said.usage), ("Yes.", Usage { prompt: 12, answer: 3 }));

    let pieces = stream(&[
        r#"{"choices":[{"delta":{"role":"assistant"},"finish_reason":null}]}"#,
        r#"{"choices":[{"delta":{"content":"Ye"}}]}"#,
        r#"{"choices":[{"delta":{"content":"s."},"finish_reason":""}]}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}}"#,
        "[DONE]",
        r#"{"choices":[{"delta":{"content":" never read"}}]}"#,
    ]);
    assert_eq!(answer_to(pieces).await.unwrap(), said);
}

#[tokio::test]
async fn tools_are_asked_for_whole_in_pieces_and_carelessly() {
    let pieces = stream(&[
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"look","arguments":"{\"a\""}}]}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},{"index":1,"id":"c2","function":{"name":"look","arguments":"{}"}}]}}]}"#,
        "[DONE]",
    ]);
    assert_eq!(answer_to(pieces).await.unwrap().calls, [call("c1", r#"{"a":1}"#), call("c2", "{}")]);

    let careless = r#"{"choices":[{"message":{"content":null,"tool_calls":[
        {"function":{"name":"look","arguments":{"a":1}}},
        {"id":"","function":{"name":"look","arguments":"not json"}},
        {"function":{"name":"","arguments":"{}"}}]},"finish_reason":""}],"usage":{}}"#;
    let said = answer_to(Reply::Json(200, careless.to_owned())).await.unwrap();
    assert_eq!(said.calls, [call("call_0", r#"{"a":1}"#), call("call_1", "not json")]);
    assert!(said.usage.prompt > 0 && said.usage.answer > 0, "what is not counted is estimated");

    let old = r#"{"choices":[{"message":{"function_call":{"name":"look","arguments":"{}"}}}]}"#;
    assert_eq!(answer_to(Reply::Json(200, old.to_owned())).await.unwrap().calls, [call("call_0", "{}")]);
}

#[tokio::test]
async fn words_come_in_every_form_that_is_in_use() {
    for body in [
        r#"{"choices":[{"message":{"content":[{"type":"text","text":"Y"},{"type":"text","text":"es."}]}}]}"#,
        r#"{"choices":[{"message":{"content":[{"text":{"value":"Yes."}}]}}],"usage":null}"#,
        r#"{"choices":[{"text":"Yes."}]}"#,
        r#"{"error":null,"choices":[{"message":{"content":"Yes.","tool_calls":null}}],"usage":{"prompt_tokens":"7"}}"#,
    ] {
        assert_eq!(answer_to(Reply::Json(200, body.to_owned())).await.unwrap().text, "Yes.", "{body}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_sorted_by_what_can_be_done() {
    let refused = |code: &str| UpstreamError::Refused { code: code.to_owned() };
    for (status, body, expected) in [
        (401, "{}", UpstreamError::TokenRefused),
        (429, "{}", UpstreamError::Limited { retry_after: None }),
        (503, "<html>", UpstreamError::Unavailable),
        (500, "{}", UpstreamError::Unavailable),
        (502, "<html>", UpstreamError::Unclear),
        (504, "", UpstreamError::Unclear),
        (524, "<html>", UpstreamError::Unclear),
        (400, r#"{"error":{"message":"this model does not support tools"}}"#, refused(NO_TOOLS)),
        (404, r#"{"error":{"message":"no such model sk-canary"}}"#, refused("http/404")),
        (302, "", refused("http/302")),
        (200, "", UpstreamError::Malformed),
        (200, "<html>Welcome</html>", UpstreamError::Malformed),
        (200, r#"{"hello":"world"}"#, UpstreamError::Malformed),
        (404, r#"{"error":{"message":"No endpoints found that support tool use"}}"#, refused(NO_TOOLS)),
        (400, r#"{"error":{"code":"content_filter"}}"#, refused(DECLINED)),
        (400, r#"{"error":{"message":"maximum context: 9 in messages, 7 in functions"}}"#, refused(DECLINED)),
        (403, r#"{"error":{"message":"Your input was flagged by moderation"}}"#, refused(DECLINED)),
        (403, r#"{"error":{"message":"no such key"}}"#, UpstreamError::TokenRefused),
        (413, "", refused(DECLINED)),
        (422, "{}", refused(DECLINED)),
        (200, r#"{"choices":[{"delta":{"role":"assistant"}}]}"#, UpstreamError::Malformed),
        (200, r#"{"error":{"message":"overloaded"}}"#, UpstreamError::Malformed),
    ] {
        let answer = answer_to(Reply::Json(status, body.to_owned())).await;
        assert_eq!(answer.unwrap_err(), expected, "{status} {body}");
    }
    assert_eq!(
        answer_to(stream(&[r#"{"choices":[{"delta":{"content":"Hal"}}]}"#, "{broken"])).await,
        Err(UpstreamError::Malformed)
    );
}

#[tokio::test]
async fn who_has_answered_with_tools_takes_them_whatever_a_later_refusal_says() {
    let body = r#"{"error":{"message":"messages[3].tool_calls: bad request"}}"#;
    let endpoint = Canned::answering(vec![Reply::Json(400, body.to_owned())]);
    let mut prompt = prompt();
    prompt.lines.push(Line::Clerk { text: String::new(), calls: vec![call("c1", "{}")] });
    prompt.lines.push(Line::Found { call: "c1".to_owned(), result: "{}".to_owned() });

    let refused = UpstreamError::Refused { code: DECLINED.to_owned() };
    assert_eq!(chat_at(endpoint.url()).complete(&prompt).await, Err(refused));
}

#[tokio::test]
async fn t50_nobody_reads_and_writes_for_nothing() {
    const SAID: &str = r#"{"choices":[{"message":{"content":"Twelve letters."}}]"#;
    let estimate = prompt().estimate();
    for (rest, cost) in [
        ("", (estimate, 4)),
        (r#","usage":null"#, (estimate, 4)),
        (r#","usage":{}"#, (estimate, 4)),
        (r#","usage":{"prompt_tokens":0,"completion_tokens":0}"#, (estimate, 4)),
        (r#","usage":{"prompt_tokens":90}"#, (90, 4)),
        (r#","usage":{"output_tokens":"7"}"#, (estimate, 7)),
        (r#","usage":{"prompt_tokens":-1,"completion_tokens":1.5}"#, (estimate, 4)),
        (r#","usage":{"prompt_tokens":90,"completion_tokens":7}"#, (90, 7)),
    ] {
        let said = answer_to(Reply::Json(200, format!("{SAID}{rest}}}"))).await.unwrap();
        assert_eq!((said.usage.prompt, said.usage.answer), cost, "{rest}");
    }
    let silent =
        r#"{"choices":[{"message":{"content":""}}],"usage":{"prompt_tokens":90,"completion_tokens":0}}"#;
    let said = answer_to(Reply::Json(200, silent.to_owned())).await.unwrap();
    assert_eq!(said.usage, Usage { prompt: 90, answer: 300 }, "it may have thought");

    let pieces = stream(&[
        r#"{"choices":[{"delta":{"content":"Yes."}}],"usage":{"prompt_tokens":90,"completion_tokens":7}}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}"#,
    ]);
    assert_eq!(answer_to(pieces).await.unwrap().usage, Usage { prompt: 90, answer: 7 });
}

#[tokio::test]
async fn of_many_tools_asked_for_at_once_the_first_ones_are_heard() {
    let whole: Vec<String> = (0..40)
        .map(|id| format!(r#"{{"id":"c{id}","function":{{"name":"look","arguments":"{{}}"}}}}"#))
        .collect();
    let whole = format!(r#"{{"choices":[{{"message":{{"tool_calls":[{}]}}}}]}}"#, whole.join(","));
    let piece = |index: usize, rest: &str| {
        format!(r#"{{"choices":[{{"delta":{{"tool_calls":[{{"index":{index},{rest}}}]}}}}]}}"#)
    };
    let pieces: Vec<String> = (0..40)
        .flat_map(|index| {
            let name =
                piece(index, &format!(r#""id":"c{index}","function":{{"name":"look","arguments":"{{"}}"#));
            [name, piece(index, r#""function":{"arguments":"}"}"#)]
        })
        .collect();
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();

    for reply in [Reply::Json(200, whole), stream(&pieces)] {
        let heard = answer_to(reply).await.unwrap().calls;
        assert_eq!(heard, (0..16).map(|id| call(&format!("c{id}"), "{}")).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn nothing_to_say_is_an_answer() {
    for body in [
        r#"{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}"#,
        r#"{"choices":[{"message":{"content":null}}]}"#,
    ] {
        assert_eq!(answer_to(Reply::Json(200, body.to_owned())).await.unwrap().text, "", "{body}");
    }
    for events in [
        [r#"{"choices":[{"delta":{"role":"assistant"},"finish_reason":null}]}"#, "[DONE]"],
        [r#"{"choices":[{"delta":{}}]}"#, r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#],
    ] {
        assert_eq!(answer_to(stream(&events)).await.unwrap().text, "", "{events:?}");
    }
}

#[tokio::test]
async fn it_is_there_if_it_answers_for_a_single_token() {
    let answered = |body: &str| Reply::Json(200, body.to_owned());
    for (reply, is_there) in [
        (answered(r#"{"choices":[{"message":{"content":"H"}}]}"#), true),
        (answered(r#"{"choices":[{"message":{"content":""},"finish_reason":"length"}]}"#), true),
        (Reply::Json(400, r#"{"error":{"message":"at least 16 tokens"}}"#.to_owned()), true),
        (answered("<html>Welcome</html>"), false),
        (Reply::Json(401, "{}".to_owned()), false),
        (Reply::Json(404, "{}".to_owned()), false),
        (Reply::Json(429, "{}".to_owned()), false),
        (Reply::Json(503, "{}".to_owned()), false),
        (Reply::Silence, false),
    ] {
        let endpoint = Canned::answering(vec![reply]);
        assert_eq!(chat_at(endpoint.url()).is_there().await, is_there);
        let request = endpoint.asked().remove(0);
        assert!(request.starts_with("POST /v1/chat/completions") && request.contains("\"max_tokens\":1,"));
    }
}

#[tokio::test]
async fn t20_endless_slow_and_huge_answers_end() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\n\r\n";
    let piece = br#"data: {"choices":[{"delta":{"content":"more and more "}}]}"#;
    let babble = [piece.as_slice(), b"\n\n"].concat();
    let cases = [
        (Reply::Endless(HEAD, babble.repeat(50), Duration::ZERO), UpstreamError::Malformed),
        (Reply::Endless(HEAD, b": still here\n".to_vec(), Duration::from_millis(20)), UpstreamError::Unclear),
        (Reply::Endless(HEAD, vec![b'x'; 64 * 1024], Duration::ZERO), UpstreamError::Malformed),
        (Reply::Endless(HEAD, vec![b'{'; 64 * 1024], Duration::ZERO), UpstreamError::Malformed),
        (
            Reply::Json(200, format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
            UpstreamError::Malformed,
        ),
        (Reply::Silence, UpstreamError::Unclear),
    ];
    for (number, (reply, expected)) in cases.into_iter().enumerate() {
        assert_eq!(answer_to(reply).await, Err(expected), "case {number}");
    }
}

#[tokio::test]
async fn the_key_goes_into_the_header_alone_and_the_address_may_be_written_in_three_ways() {
    const OK: &str = r#"{"choices":[{"message":{"content":"Yes."}}]}"#;
    for (given, asked) in [
        ("", "POST /v1/chat/completions "),
        ("/v1", "POST /v1/chat/completions "),
        ("/api/v1/", "POST /api/v1/chat/completions "),
        ("/openai/chat/completions", "POST /openai/chat/completions "),
    ] {
        let endpoint = Canned::with_json(&[OK]);
        chat_at(format!("{}{given}", endpoint.url())).complete(&prompt()).await.unwrap();
        let request = endpoint.asked().remove(0);
        assert!(request.starts_with(asked), "{request}");
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("authorization: Bearer sk-canary") && !body.contains("sk-canary"));
    }
}

#[tokio::test]
async fn a_model_that_knows_the_newer_name_alone_is_asked_by_it_from_then_on() {
    const NO: &str = r#"{"error":{"message":"Unsupported parameter: use 'max_completion_tokens' instead."}}"#;
    const OK: &str = r#"{"choices":[{"message":{"content":"Yes."}}]}"#;
    let json = |status, body: &str| Reply::Json(status, body.to_owned());
    let endpoint = Canned::answering(vec![json(400, NO), json(200, OK), json(200, OK)]);
    let chat = chat_at(endpoint.url());

    chat.complete(&prompt()).await.unwrap();
    chat.complete(&prompt()).await.unwrap();

    let newer: Vec<bool> =
        endpoint.asked().iter().map(|body| body.contains("max_completion_tokens")).collect();
    assert_eq!(newer, [false, true, true]);
}
