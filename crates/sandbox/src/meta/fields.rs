//! `fields=id,name,picture{url},messages.limit(20){id}`: only what was asked for is answered, and one unknown name fails the
//! whole call.

use serde_json::{Map, Value};

use super::error::GraphError;

const DEEPEST: usize = 8;
const MOST: usize = 200;

/// One asked field with what is asked inside it.
#[derive(Debug, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) inner: Vec<Field>,
    /// How many of a list are wanted, where that is said.
    pub(super) limit: Option<usize>,
}

/// Reads a field list.
pub(super) fn parse(text: &str) -> Result<Vec<Field>, GraphError> {
    let mut reader = Reader { text, at: 0, count: 0 };
    let fields = reader.list(0)?;
    if reader.at == text.len() { Ok(fields) } else { Err(reader.unexpected()) }
}

/// Picks `asked` out of `whole`, a node of type `node`. A field that exists but is empty stands in `whole` as null and is
/// left out; `id` is always answered.
pub(super) fn select(whole: &Map<String, Value>, node: &str, asked: &[Field]) -> Result<Value, GraphError> {
    let mut picked = Map::new();
    for field in asked {
        let Some(value) = whole.get(&field.name) else {
            let name = &field.name;
            return Err(GraphError::parameter(format!(
                "Tried accessing nonexisting field ({name}) on node type ({node})"
            )));
        };
        let value = within(value, &field.name, &field.inner)?;
        if !value.is_null() {
            picked.insert(field.name.clone(), value);
        }
    }
    if let Some(id) = whole.get("id") {
        picked.insert("id".to_owned(), id.clone());
    }
    Ok(Value::Object(picked))
}

fn within(value: &Value, node: &str, asked: &[Field]) -> Result<Value, GraphError> {
    match value {
        Value::Object(whole) if !asked.is_empty() => match whole.get("data") {
            Some(Value::Object(data)) => Ok(serde_json::json!({ "data": select(data, node, asked)? })),
            // A list that hangs on a node was picked by whoever put it together.
            Some(Value::Array(_)) => Ok(value.clone()),
            _ => select(whole, node, asked),
        },
        other => Ok(other.clone()),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    count: usize,
}

impl Reader<'_> {
    fn list(&mut self, depth: usize) -> Result<Vec<Field>, GraphError> {
        let mut fields = Vec::new();
        loop {
            fields.push(self.field(depth)?);
            if !self.take(',') {
                return Ok(fields);
            }
        }
    }

    fn field(&mut self, depth: usize) -> Result<Field, GraphError> {
        let name = self.word();
        self.count += 1;
        if name.is_empty() || depth > DEEPEST || self.count > MOST {
            return Err(self.unexpected());
        }
        // Other modifiers, such as `.type(large)`, change nothing here, but are not mistakes.
        let mut limit = None;
        while self.take('.') {
            let modifier = self.word();
            if self.take('(') {
                let value = self.word();
                if modifier == "limit" {
                    limit = value.parse().ok();
                }
                if !self.take(')') {
                    return Err(self.unexpected());
                }
            }
        }
        let mut inner = Vec::new();
        if self.take('{') {
            inner = self.list(depth + 1)?;
            if !self.take('}') {
                return Err(self.unexpected());
            }
        }
        Ok(Field { name, inner, limit })
    }

    fn word(&mut self) -> String {
        let rest = self.rest().trim_start();
        let start = self.text.len() - rest.len();
        let length =
            rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default().to_owned();
        self.at = start + length;
        word
    }

    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest().trim_start();
        let Some(after) = rest.strip_prefix(wanted) else { return false };
        self.at = self.text.len() - after.len();
        true
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn unexpected(&self) -> GraphError {
        let at = self.text.get(..self.at).map_or(0, |read| read.chars().count());
        GraphError::new(
            2500,
            format!("Syntax error \"Expected a field name or end of string\" at character {at}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(fields: &str) -> Result<Value, GraphError> {
        let page = json!({
            "id": "1", "name": "Nordlys", "instagram_business_account": null,
            "picture": { "data": { "url": "https://x/1.png", "height": 50 } },
        });
        select(page.as_object().unwrap(), "Page", &parse(fields)?)
    }

    #[test]
    fn only_asked_fields_are_answered() {
        assert_eq!(asked("name").unwrap(), json!({ "id": "1", "name": "Nordlys" }));
        assert_eq!(
            asked(" id, picture.type(large) {url}, instagram_business_account{id,username}").unwrap(),
            json!({ "id": "1", "picture": { "data": { "url": "https://x/1.png" } } })
        );
    }

    #[test]
    fn one_unknown_field_fails_the_whole_call() {
        for fields in ["name,email", "picture{size}"] {
            assert_eq!(asked(fields).unwrap_err().code(), 100, "{fields}");
        }
        for fields in
            ["", "name,", "name{", "name{}", "a.limit(", "name}", &"a{".repeat(50), &"id,".repeat(500)]
        {
            assert_eq!(asked(fields).unwrap_err().code(), 2500, "{fields}");
        }
    }
}
