//! What the connection check found, as people's scripts know it: `webhook_test` and `polling_test`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use shopclerk_flows::connection_check::{CheckResults, TestResult};

/// How one way works.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TestJson {
    /// `success`, `error` or `pending`.
    status: &'static str,
    /// What is wrong and what helps; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

impl From<TestResult> for TestJson {
    fn from(result: TestResult) -> Self {
        Self { status: result.status, message: result.message }
    }
}

/// Adds both to the answer of a connect; `named` is what the platform's connections go by.
pub(super) fn add(body: &mut Value, named: &str, results: &CheckResults) {
    let Some(fields) = body.as_object_mut() else { return };
    let shown = |result: TestResult| json!(TestJson::from(result));
    fields.insert("webhook_test".to_owned(), shown(results.webhook));
    let polling =
        results.polling.iter().map(|(name, result)| json!({ named: name, "result": shown(*result) }));
    fields.insert("polling_test".to_owned(), polling.collect());
}
