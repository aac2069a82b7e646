//! The Admin GraphQL API: any query over our schema is checked, priced, paid for and resolved field by field.
//!
//! Nothing here looks at operation names: what is answered is what was asked.

mod bucket;
mod collection;
mod context;
mod cost;
mod discount;
mod filter;
mod list;
mod media;
mod paging;
mod product;
mod refusal;
mod root;
mod shop;
mod subscription;
mod variant;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use apollo_compiler::collections::HashMap;
use apollo_compiler::executable::Operation;
use apollo_compiler::introspection::check_max_depth;
use apollo_compiler::request::{RequestError, coerce_variable_values};
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::{GraphQLError, JsonMap, JsonValue};
use apollo_compiler::schema::Implementers;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Schema};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use self::bucket::Allowance;
use self::bucket::Bucket;
use self::context::{Call, Item, MARK, Object};
use self::cost::Pricing;
use super::ShopifyFake;
use super::ledger::Access;
use super::router;
use super::shelf::Shelf;
use super::versions;

pub(super) use self::context::{gid, number_of, time};
pub(super) use self::product::total_stock;
pub(super) use self::shop::location_number;

/// No single query may cost more, whatever the plan.
const MOST_COST: u64 = 1_000;
const DOCUMENTATION: &str = "https://shopify.dev/api/usage/rate-limits";
/// What a caller without a good token is told.
pub(super) const BAD_TOKEN: &str =
    "[API] Invalid API key or access token (unrecognized login or wrong password)";
/// Longest operation name written down.
const MOST_NAME: usize = 60;

/// What all calls share: the schema and the buckets.
pub(super) struct Admin {
    schema: Valid<Schema>,
    implementers: HashMap<Name, Implementers>,
    allowance: Allowance,
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

impl Admin {
    pub(super) fn new(allowance: Allowance) -> io::Result<Self> {
        let schema = Schema::parse_and_validate(include_str!("../schema.graphql"), "schema.graphql")
            .map_err(|invalid| io::Error::other(invalid.errors.to_string()))?;
        let implementers = schema.implementers_map();
        Ok(Self { schema, implementers, allowance, buckets: Mutex::default() })
    }

    /// Empties a shop's bucket.
    pub(super) fn drain_bucket(&self, shop: &str, now: Duration) {
        self.buckets().entry(shop.to_owned()).or_insert_with(|| Bucket::full(self.allowance, now)).drain(now);
    }

    fn buckets(&self) -> MutexGuard<'_, BTreeMap<String, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A posted query.
#[derive(Deserialize)]
struct Posted {
    query: String,
    #[serde(default)]
    variables: Option<JsonMap>,
    #[serde(default, rename = "operationName")]
    operation_name: Option<String>,
}

/// An answer with what the journal says of it.
struct Outcome {
    body: String,
    operation: String,
    summary: String,
    requested: Option<u64>,
    actual: Option<u64>,
    items: usize,
}

/// `POST /{shop}/admin/api/{version}/graphql.json`.
pub(super) async fn answer(
    State(fake): State<Arc<ShopifyFake>>,
    Path((shop, version)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let refuse = |status: StatusCode, errors: Value| {
        let summary = format!("refused: {}", status.as_u16());
        fake.note(
            "shopify.graphql",
            "graphql refused".to_owned(),
            summary,
            json!({ "shop": shop, "errors": errors }),
        );
        router::answer(status, &json!({ "errors": errors }))
    };
    let now = fake.now();
    let Some(version) =
        versions::answering(&version, now).filter(|_| fake.with_shelf(&shop, |_| ()).is_some())
    else {
        return refuse(StatusCode::NOT_FOUND, json!("Not Found"));
    };
    let token =
        headers.get("x-shopify-access-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
    let Some(access) = fake.ledger().check(token, &shop, now) else {
        return refuse(StatusCode::UNAUTHORIZED, json!(BAD_TOKEN));
    };
    let Ok(posted) = serde_json::from_slice::<Posted>(&body) else {
        return refuse(StatusCode::BAD_REQUEST, json!({ "query": "Required parameter missing or invalid" }));
    };
    fake.may_answer(&shop).await;
    let outcome = run(&fake, &shop, &version, &access, &posted);
    let counted: String = outcome.operation.chars().take(MOST_NAME).collect();
    let data = json!({
        "shop": shop, "operation": counted, "requested_cost": outcome.requested, "actual_cost": outcome.actual,
        "items": outcome.items,
    });
    let summary = format!("{counted}: {}", outcome.summary);
    fake.note("shopify.graphql", format!("graphql {counted}"), summary, data);
    let mut response = router::answer_text(StatusCode::OK, outcome.body);
    let request_id = fake.secret::<16>("");
    for (name, value) in [("x-shopify-api-version", version.as_str()), ("x-request-id", request_id.as_str())]
    {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Checks, prices, pays for and answers one query.
fn run(fake: &ShopifyFake, shop: &str, version: &str, access: &Access, posted: &Posted) -> Outcome {
    let schema = &fake.admin.schema;
    let document = match refusal::read(schema, &posted.query) {
        Ok(document) => document,
        Err(errors) => return refused("invalid query", &errors),
    };
    let name = posted.operation_name.as_deref().filter(|name| !name.is_empty());
    let checked = document.operations.get(name).and_then(|operation| {
        check_max_depth(&document, operation)?;
        let given = posted.variables.clone().unwrap_or_default();
        Ok((operation, coerce_variable_values(schema, operation, &given)?))
    });
    let (operation, variables) = match checked {
        Ok(checked) => checked,
        Err(error) => return refused("invalid request", &[invalid(&error)]),
    };
    let operation_name = operation.name.as_ref().map_or_else(|| "anonymous".to_owned(), ToString::to_string);
    let pricing = Pricing::new(schema, &document, &variables);
    let requested = pricing.requested(operation);
    let outcome = |summary: String, body: String| Outcome {
        body,
        operation: operation_name.clone(),
        summary,
        requested: Some(requested),
        actual: None,
        items: 0,
    };
    if requested > MOST_COST {
        return outcome(format!("too dear at {requested}"), too_dear(requested).to_string());
    }
    let status = {
        let now = fake.clock.monotonic();
        let mut buckets = fake.admin.buckets();
        let bucket =
            buckets.entry(shop.to_owned()).or_insert_with(|| Bucket::full(fake.admin.allowance, now));
        if bucket.take(requested, now) { Ok(()) } else { Err(bucket.status()) }
    };
    if let Err(status) = status {
        return outcome(format!("throttled at {requested}"), throttled(requested, &status).to_string());
    }
    let question = Question { shop, version, access, document: &document, operation, variables: &variables };
    let executed = fake.with_shelf(shop, |shelf| question.execute(fake, shelf)).unwrap_or_default();
    let actual = pricing.actual(operation, &executed.data).min(requested);
    let status = {
        let mut buckets = fake.admin.buckets();
        let now = fake.clock.monotonic();
        let bucket =
            buckets.entry(shop.to_owned()).or_insert_with(|| Bucket::full(fake.admin.allowance, now));
        bucket.give_back(requested - actual);
        bucket.status()
    };
    let items = items(&executed.data);
    let failed = if executed.errors.is_empty() { "" } else { ", with errors" };
    let summary = format!("{items} items, cost {actual} of {requested}{failed}");
    let body = executed.body(&cost_block(requested, Some(actual), &status));
    Outcome { actual: Some(actual), items, ..outcome(summary, body) }
}

/// A checked and paid query.
struct Question<'q> {
    shop: &'q str,
    version: &'q str,
    access: &'q Access,
    document: &'q Valid<ExecutableDocument>,
    operation: &'q Operation,
    variables: &'q Valid<JsonMap>,
}

/// What the executor made of it.
#[derive(Default)]
struct Executed {
    data: JsonValue,
    errors: Vec<Value>,
    searches: Vec<Value>,
}

impl Question<'_> {
    fn execute(&self, fake: &ShopifyFake, goods: &Shelf) -> Executed {
        let call = Call {
            fake,
            domain: self.shop,
            shelf: goods,
            scopes: &self.access.scopes,
            version: self.version,
            now: fake.now(),
            searches: RefCell::default(),
            objects: Cell::new(0),
        };
        let item = if self.operation.is_mutation() { Item::Mutation } else { Item::Query };
        let root = Object { call: &call, item };
        let response = Execution::new(&fake.admin.schema, self.document)
            .operation(self.operation)
            .implementers_map(&fake.admin.implementers)
            .coerced_variable_values(self.variables)
            .enable_schema_introspection(true)
            .execute_sync(&root);
        let (data, errors) = match response {
            Ok(response) => {
                let data = response.data.map_or(JsonValue::Null, JsonValue::Object);
                (data, response.errors.iter().map(field_error).collect())
            }
            Err(error) => (JsonValue::Null, vec![invalid(&error)]),
        };
        let searches = call.searches.take();
        Executed { data, errors, searches }
    }
}

/// The answer as it is written; the data goes out as the executor made it, without a copy.
#[derive(Serialize)]
struct Written<'w> {
    data: &'w JsonValue,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    errors: &'w [Value],
    extensions: Value,
}

impl Executed {
    fn body(&self, cost: &Value) -> String {
        let extensions = match self.searches.as_slice() {
            [] => json!({ "cost": cost }),
            searches => json!({ "cost": cost, "search": searches }),
        };
        let written = Written { data: &self.data, errors: &self.errors, extensions };
        serde_json::to_string(&written).unwrap_or_default()
    }
}

/// An error of a field, its code and message unpacked.
fn field_error(error: &GraphQLError) -> Value {
    let message = error.message.strip_prefix("resolver error: ").unwrap_or(&error.message);
    let mut parts = message.split(MARK);
    let (extensions, message) = match (parts.next(), parts.next(), parts.next()) {
        (Some(code), Some(message), Some(scope)) => {
            let required = format!("`{scope}` access scope.");
            let documentation = "https://shopify.dev/api/usage/access-scopes";
            (json!({ "code": code, "documentation": documentation, "requiredAccess": required }), message)
        }
        (Some(code), Some(message), None) => (json!({ "code": code }), message),
        _ => (json!({ "code": "INTERNAL_SERVER_ERROR" }), message),
    };
    let locations: Vec<Value> =
        error.locations.iter().map(|at| json!({ "line": at.line, "column": at.column })).collect();
    json!({ "message": message, "locations": locations, "path": error.path, "extensions": extensions })
}

fn invalid(error: &RequestError) -> Value {
    json!({ "message": error.message().to_string(), "extensions": { "code": "INVALID_VARIABLE" } })
}

fn refused(summary: &str, errors: &[Value]) -> Outcome {
    let first = errors.first().and_then(|error| error["message"].as_str()).unwrap_or_default();
    Outcome {
        summary: format!("{summary}: {first}"),
        operation: "refused".to_owned(),
        body: json!({ "errors": errors }).to_string(),
        requested: None,
        actual: None,
        items: 0,
    }
}

fn too_dear(cost: u64) -> Value {
    let message = format!(
        "Query cost is {cost}, which exceeds the single query max cost limit ({MOST_COST}). Ask for smaller pages or \
         fewer fields."
    );
    let extensions = json!({ "code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": MOST_COST, "documentation": DOCUMENTATION });
    json!({ "errors": [{ "message": message, "extensions": extensions }] })
}

fn throttled(requested: u64, status: &Value) -> Value {
    let extensions = json!({ "code": "THROTTLED", "documentation": DOCUMENTATION });
    json!({
        "errors": [{ "message": "Throttled", "extensions": extensions }],
        "extensions": { "cost": cost_block(requested, None, status) },
    })
}

/// The answer when other callers of the shop have used up everything.
pub(super) fn throttled_by_others() -> Value {
    let status = Bucket::full(Allowance::DEVELOPMENT, Duration::ZERO).emptied().status();
    throttled(10, &status)
}

fn cost_block(requested: u64, actual: Option<u64>, status: &Value) -> Value {
    json!({ "requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status })
}

/// How many rows an answer brought at its first level, for the journal.
fn items(data: &JsonValue) -> usize {
    let rows = |value: &JsonValue| match value {
        JsonValue::Array(rows) => rows.len(),
        JsonValue::Object(object) => {
            let lists = ["nodes", "edges"].into_iter().filter_map(|name| object.get(name)?.as_array());
            lists.map(Vec::len).max().unwrap_or(1)
        }
        _ => 0,
    };
    data.as_object().map_or(0, |data| data.values().map(rows).sum())
}

#[cfg(test)]
mod tests;
