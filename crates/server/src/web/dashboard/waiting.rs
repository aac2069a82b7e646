//! `GET /app/waiting`: what waits for a person, in plain words; `POST /app/waiting/{id}/{decision}`: what the person decides of it.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use shopclerk_flows::app::App;
use shopclerk_flows::deliveries::{self, Decision, DeliveryId, Undone, UndoneKind};
use shopclerk_flows::paging::Slice;

use crate::web::extract::query::MOST;
use crate::web::extract::{Segments, SignedIn};
use crate::web::pages;
use crate::web::problem::Problem;

#[derive(Template)]
#[template(path = "waiting.html")]
struct Page {
    lines: Vec<Line>,
    more: bool,
}

/// One thing that waits, ready to be shown.
struct Line {
    id: String,
    what: &'static str,
    /// The shopper's first name.
    who: Option<String>,
    why: String,
    since: String,
    /// What having it done after all is called; `None` where only a person can do it.
    again: Option<&'static str>,
    may_have_arrived: bool,
}

pub(crate) async fn list(State(app): State<App>, SignedIn(merchant): SignedIn) -> Result<Response, Problem> {
    let found = deliveries::list(&app, merchant, &Slice { after: None, most: MOST }).await?;
    let more = found.next.is_some();
    let mut lines = Vec::with_capacity(found.rows.len());
    for (id, undone) in found.rows {
        let who = deliveries::shopper_of(&app, merchant, &undone).await?;
        lines.push(line(id, who, &undone));
    }
    Ok(Html(pages::render(&Page { lines, more })?).into_response())
}

pub(crate) async fn decide(
    State(app): State<App>,
    SignedIn(merchant): SignedIn,
    Segments(named): Segments,
) -> Result<Response, Problem> {
    let [id, decision] = named.as_slice() else { return Err(Problem::not_found()) };
    let Some(DeliveryId::Undone(kind, row)) = DeliveryId::parse(id) else {
        return Err(Problem::not_found());
    };
    let decision = match decision.as_str() {
        "again" => Decision::Again,
        "sent" => Decision::WasSent,
        "drop" => Decision::Drop,
        _ => return Err(Problem::not_found()),
    };
    deliveries::decide(&app, merchant, kind, row, decision).await?;
    Ok(Redirect::to("/app/waiting").into_response())
}

fn line(id: DeliveryId, who: Option<String>, undone: &Undone) -> Line {
    let kind = if let DeliveryId::Undone(kind, _) = id { Some(kind) } else { None };
    let (what, again) = match kind {
        Some(UndoneKind::Event) => ("A shopper's message", Some("Answer it")),
        Some(UndoneKind::Part) => ("A reply", Some("Send it")),
        Some(UndoneKind::Person) => ("A shopper who asked for a person", None),
        Some(UndoneKind::Job) | None => ("Work in the background", Some("Try it again")),
    };
    let why = undone.why.as_deref();
    Line {
        id: id.to_string(),
        what,
        who,
        why: why.map_or_else(String::new, |why| sentence(why).map_or_else(|| why.to_owned(), str::to_owned)),
        since: undone.since.to_the_minute(),
        again,
        may_have_arrived: kind == Some(UndoneKind::Part),
    }
}

/// Why it waits, as a shop assistant would say it.
fn sentence(why: &str) -> Option<&'static str> {
    Some(match why {
        "turn.too_late" => "It came too late to be answered by itself",
        "turn.no_answer" | "turn.panicked" => "No answer to it could be found",
        "person.wanted" => "Answer in the Page's inbox: then this line goes by itself",
        "restore.unsettled" => "It was under way when the backup was made that was put back",
        "outbox.not_readable" => "It may have arrived; Facebook does not let us look",
        "outbox.not_recognised" => "It may have arrived; what we see of it is not clear enough",
        "outbox.missing_twice" => "It was sent twice and does not show: look before you send it again",
        "window.closed" | "meta.window_closed" => "The shopper's last message is more than 24 hours old",
        "meta.unreachable" => "The shopper cannot be reached until they write again",
        _ => return None,
    })
}
