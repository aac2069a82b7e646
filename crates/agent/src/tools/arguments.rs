//! Arguments as a model writes them: one type per tool is both what is read and the schema that the model is shown.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shopclerk_domain::chat::ToolCall;

/// Longest arguments that are read.
const MOST_BYTES: usize = 4_096;

/// The schema of the arguments, without what only costs tokens.
pub(super) fn schema<T: JsonSchema>() -> String {
    let settings = SchemaSettings::draft07().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    prune(&mut schema);
    schema.to_string()
}

fn prune(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            for name in ["title", "format", "default", "minimum"] {
                if fields.get(name).is_some_and(|value| !value.is_object()) {
                    fields.remove(name);
                }
            }
            fields.values_mut().for_each(prune);
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

/// Reads arguments; nothing at all counts as an empty object. What is wrong is told in words the model can act on.
pub(super) fn read<T: DeserializeOwned>(written: &str) -> Result<T, String> {
    if written.len() > MOST_BYTES {
        return Err(format!("the arguments are longer than {MOST_BYTES} bytes"));
    }
    let written = if written.trim().is_empty() { "{}" } else { written };
    serde_json::from_str(written)
        .map_err(|error| format!("the arguments are not the JSON object asked for: {error}"))
}

/// A call as its model may be shown it again. Strict endpoints refuse a talk with arguments that are no JSON object, even
/// those that their model wrote.
pub(crate) fn in_order(call: &ToolCall) -> ToolCall {
    let is_object = serde_json::from_str(&call.arguments).is_ok_and(|read: Value| read.is_object());
    let arguments = if is_object { call.arguments.clone() } else { "{}".to_owned() };
    ToolCall { arguments, ..call.clone() }
}
