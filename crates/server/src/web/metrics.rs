//! `GET /metrics`: what the product did and what waits, in Prometheus' text form. Only for a token that is good for it; where
//! there is none, there is no such route.

use std::fmt::{Display, Write as _};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use shopclerk_flows::app::App;
use shopclerk_flows::operator::{self, Scope};

use super::api::problem;
use super::extract::caller::Bearer;
use super::problem::Problem;
use crate::meters::Meters;

/// The text form, as Prometheus names it.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What every answer is counted by: its route, its method and, once it is there, its status.
pub(super) struct Asked<'a> {
    route: &'a str,
    method: &'static str,
}

impl<'a> Asked<'a> {
    pub(super) fn of(route: &'a str, method: &Method) -> Self {
        Self { route, method: word(method) }
    }

    pub(super) fn answered(&self, meters: &Meters, status: StatusCode) {
        meters.answered(self.route, self.method, status.as_u16());
    }
}

/// Whoever asks chooses the method's name, so only those that HTTP itself names are told apart.
fn word(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|word| method.as_str() == *word).unwrap_or("other")
}

pub(super) async fn show(
    State(app): State<App>,
    State(meters): State<Meters>,
    request: Request,
) -> Result<Response, Problem> {
    admit(&app, request).await?;
    let mut text = Text::default();
    text.counted(&meters);
    text.standing(&app).await?;
    Ok(([(CONTENT_TYPE, TEXT)], text.0).into_response())
}

async fn admit(app: &App, request: Request) -> Result<(), Problem> {
    let (parts, _) = request.into_parts();
    match Bearer::of(&parts).token(app).await {
        Ok(Some(token)) if token.scopes.contains(&Scope::Metrics) => Ok(()),
        Ok(Some(_)) => Err(problem::SCOPE_MISSING),
        Ok(None) if operator::any_for(app, Scope::Metrics).await? => Err(problem::UNAUTHENTICATED),
        Err(_) if !operator::any_for(app, Scope::Metrics).await? => Err(Problem::not_found()),
        Ok(None) => Err(Problem::not_found()),
        Err(refused) => Err(refused),
    }
}

/// The answer as it grows.
#[derive(Default)]
struct Text(String);

impl Text {
    /// What this process counted since its start.
    fn counted(&mut self, meters: &Meters) {
        self.head("shopclerk_build_info", "gauge", "The version that runs.");
        self.line("shopclerk_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
        self.head("shopclerk_happenings_total", "counter", "What the product did since its start, by kind.");
        for (kind, count) in meters.happenings() {
            self.line("shopclerk_happenings_total", &[("kind", kind)], count);
        }
        self.head("shopclerk_http_answers_total", "counter", "Requests answered since the start.");
        for ((route, method, status), count) in meters.answers() {
            let status = status.to_string();
            let labels = [("route", &*route), ("method", method), ("status", &*status)];
            self.line("shopclerk_http_answers_total", &labels, count);
        }
    }

    /// How things stand in the store.
    async fn standing(&mut self, app: &App) -> Result<(), Problem> {
        let standing = operator::standing(app).await?;
        self.head("shopclerk_undone", "gauge", "What waits for a person, by kind.");
        for (kind, count) in standing.undone {
            self.line("shopclerk_undone", &[("kind", kind)], count);
        }
        self.head("shopclerk_connections", "gauge", "Linked shops and accounts, by state.");
        for (kind, state, count) in standing.connections {
            self.line("shopclerk_connections", &[("kind", kind), ("state", &state)], count);
        }
        self.head("shopclerk_overdue_seconds", "gauge", "How long the oldest due work has waited, by kind.");
        for (kind, late) in standing.overdue {
            self.line("shopclerk_overdue_seconds", &[("kind", kind)], seconds(late));
        }
        Ok(())
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.push(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
        self.push(format_args!("{name}{{{}}} {value}\n", labels.join(",")));
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        if self.0.write_fmt(text).is_err() {
            tracing::error!("the figures could not be written");
        }
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn seconds(span: Duration) -> String {
    format!("{:.3}", span.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_end_its_line() {
        let mut text = Text::default();

        text.line("x", &[("route", "a\"b\\c\nd"), ("method", "GET")], 7);

        assert_eq!(text.0, "x{route=\"a\\\"b\\\\c\\nd\",method=\"GET\"} 7\n");
    }
}
