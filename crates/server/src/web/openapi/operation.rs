//! One route and method, described: whoever adds a route says here what it is for.

use axum::http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::web::problem::Problem;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Anybody.
    Anyone,
    /// A browser with a session.
    Session,
    /// A session, or an operator's token with one of the scopes.
    Caller,
    /// An operator's token.
    Token,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
}

/// One thing a route takes beside its body.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub(super) place: Place,
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    pub(super) schema: serde_json::Value,
}

/// What a body holds.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// JSON of a type of ours.
    Json(fn(&mut SchemaGenerator) -> Schema),
    /// JSON of a form of the platform's.
    AnyJson,
    /// A form with this one field.
    Form(&'static str),
    /// Text of this kind.
    Text(&'static str),
    /// Nothing: the `Location` says where it goes on.
    Elsewhere,
}

/// One good answer.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) says: &'static str,
    pub(super) content: Vec<Content>,
}

/// One route and method.
#[derive(Clone)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) name: &'static str,
    pub(super) says: &'static str,
    pub(super) who: Who,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Content>,
    pub(super) answers: Vec<Answer>,
    pub(super) problems: Vec<Problem>,
}

impl Operation {
    fn new(method: &'static str, path: &'static str, name: &'static str, says: &'static str) -> Self {
        // What every route can come to, whatever it does.
        let problems = vec![
            Problem::uri_too_long(),
            Problem::with_id(String::new()),
            Problem::busy(),
            Problem::timed_out(),
        ];
        let (parameters, answers) = (Vec::new(), Vec::new());
        Self { method, path, name, says, who: Who::Anyone, parameters, body: None, answers, problems }
    }

    pub(super) fn get(path: &'static str, name: &'static str, says: &'static str) -> Self {
        Self::new("get", path, name, says)
    }

    pub(super) fn post(path: &'static str, name: &'static str, says: &'static str) -> Self {
        Self::new("post", path, name, says)
    }

    /// Only for these.
    pub(super) fn by(self, who: Who) -> Self {
        Self { who, ..self }
    }

    /// Takes a parameter.
    pub(super) fn takes(
        mut self,
        place: Place,
        name: &'static str,
        says: &'static str,
        schema: serde_json::Value,
    ) -> Self {
        self.parameters.push(Parameter { place, name, says, schema });
        self
    }

    /// Takes a body.
    pub(super) fn reads(self, body: Content) -> Self {
        Self { body: Some(body), ..self }
    }

    /// Answers 200 with JSON of this type.
    pub(super) fn gives<T: JsonSchema>(self, says: &'static str) -> Self {
        self.answers(StatusCode::OK, says, vec![json::<T>()])
    }

    /// Answers with one of these bodies, as the caller's `Accept` chooses.
    pub(super) fn answers(mut self, status: StatusCode, says: &'static str, content: Vec<Content>) -> Self {
        self.answers.push(Answer { status, says, content });
        self
    }

    /// Sends the browser on.
    pub(super) fn sends_on(self, says: &'static str) -> Self {
        self.answers(StatusCode::SEE_OTHER, says, vec![Content::Elsewhere])
    }

    /// Answers with these problems too.
    pub(super) fn refuses(mut self, problems: impl IntoIterator<Item = impl Into<Problem>>) -> Self {
        self.problems.extend(problems.into_iter().map(Into::into));
        self
    }
}

/// JSON of a type of ours.
pub(super) fn json<T: JsonSchema>() -> Content {
    Content::Json(SchemaGenerator::subschema_for::<T>)
}

/// A page for people.
pub(super) const PAGE: Content = Content::Text("text/html; charset=utf-8");
