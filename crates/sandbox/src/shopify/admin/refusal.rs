//! Posted queries that do not fit the schema, refused in Shopify's words: message, place, path and code.
//!
//! The commonest mistakes are found here, because only a walk over the posted text knows the path; everything else is
//! left to the validator.

use apollo_compiler::ast::{Definition, Document, Field, Selection};
use apollo_compiler::parser::{LineColumn, Parser, SourceMap, SourceSpan};
use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Node, Schema};
use serde_json::{Value, json};

/// Deepest nesting and most words of a query; far beyond what a client writes by hand.
const DEEPEST: usize = 64;
const MOST_TOKENS: usize = 20_000;
/// Mistakes named in one answer.
const MOST_NAMED: usize = 20;

/// The checked document, or the errors to answer with.
pub(super) fn read(schema: &Valid<Schema>, query: &str) -> Result<Valid<ExecutableDocument>, Vec<Value>> {
    let mut parser = Parser::new().recursion_limit(DEEPEST).token_limit(MOST_TOKENS);
    let document = parser.parse_ast(query, "query.graphql").map_err(|broken| {
        broken
            .errors
            .iter()
            .take(1)
            .map(|error| placed(&error.error.to_string(), error.line_column_range().map(|r| r.start)))
            .collect::<Vec<_>>()
    })?;
    let mistakes = mistakes(schema, &document);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    document.to_executable_validate(schema).map_err(|invalid| by_validator(&invalid.errors))
}

fn placed(message: &str, at: Option<LineColumn>) -> Value {
    let locations: Vec<Value> = at.iter().map(|at| json!({ "line": at.line, "column": at.column })).collect();
    json!({ "message": message, "locations": locations })
}

/// What the validator says, with the code Shopify has for that kind of mistake.
fn by_validator(errors: &DiagnosticList) -> Vec<Value> {
    let named = errors.iter().take(MOST_NAMED).map(|error| {
        let message = error.error.to_string();
        let mut entry = placed(&message, error.line_column_range().map(|range| range.start));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("extensions".to_owned(), json!({ "code": code_of(&message) }));
        }
        entry
    });
    named.collect()
}

fn code_of(message: &str) -> &'static str {
    let cases = [
        ("unused variable", "variableNotUsed"),
        ("is not defined", "variableNotDefined"),
        ("cannot be used for argument", "variableMismatch"),
        ("cannot find fragment", "useAndDefineFragment"),
        ("must be used in an operation", "useAndDefineFragment"),
        ("cannot find type", "undefinedType"),
        ("cannot find directive", "undefinedDirective"),
        ("same response name", "fieldConflict"),
        ("operation", "uniquelyNamedOperations"),
    ];
    let known = cases.iter().find(|(part, _)| message.contains(part));
    known.map_or("argumentLiteralsIncompatible", |(_, code)| code)
}

struct Walk<'d> {
    schema: &'d Schema,
    sources: &'d SourceMap,
    path: Vec<String>,
    found: Vec<Value>,
}

fn mistakes(schema: &Schema, document: &Document) -> Vec<Value> {
    let mut walk = Walk { schema, sources: &document.sources, path: Vec::new(), found: Vec::new() };
    for definition in &document.definitions {
        let (head, on, selections) = match definition {
            Definition::OperationDefinition(operation) => {
                let name = operation.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
                let root = schema.root_operation(operation.operation_type).map(ToString::to_string);
                (format!("{}{name}", operation.operation_type), root, &operation.selection_set)
            }
            Definition::FragmentDefinition(fragment) => {
                let on = fragment.type_condition.to_string();
                (format!("fragment {}", fragment.name), Some(on), &fragment.selection_set)
            }
            _ => continue,
        };
        walk.path = vec![head];
        if let Some(on) = on {
            walk.selections(&on, selections);
        }
    }
    walk.found
}

impl Walk<'_> {
    fn selections(&mut self, on: &str, selections: &[Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => self.field(on, field),
                Selection::InlineFragment(part) => {
                    let on = part.type_condition.as_ref().map_or(on, |on| on.as_str());
                    self.path.push(format!("... on {on}"));
                    self.selections(on, &part.selection_set);
                    self.path.pop();
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, on: &str, field: &Node<Field>) {
        if self.found.len() >= MOST_NAMED || !self.schema.types.contains_key(on) {
            return;
        }
        self.path.push(field.alias.as_ref().unwrap_or(&field.name).to_string());
        if let Ok(definition) = self.schema.type_field(on, &field.name) {
            self.arguments(field, definition);
            self.shape(field, definition);
            self.selections(definition.ty.inner_named_type(), &field.selection_set);
        } else {
            let message = format!("Field '{}' doesn't exist on type '{on}'", field.name);
            let extensions =
                json!({ "code": "undefinedField", "typeName": on, "fieldName": field.name.as_str() });
            self.add(field.location(), &message, &extensions);
        }
        self.path.pop();
    }

    fn arguments(&mut self, field: &Node<Field>, definition: &FieldDefinition) {
        for argument in &field.arguments {
            if definition.argument_by_name(&argument.name).is_none() {
                let message = format!("Field '{}' doesn't accept argument '{}'", field.name, argument.name);
                let extensions = json!({
                    "code": "argumentNotAccepted", "name": field.name.as_str(), "typeName": "Field",
                    "argumentName": argument.name.as_str(),
                });
                self.path.push(argument.name.to_string());
                self.add(argument.location(), &message, &extensions);
                self.path.pop();
            }
        }
        let missing: Vec<&str> = definition
            .arguments
            .iter()
            .filter(|wanted| wanted.ty.is_non_null() && wanted.default_value.is_none())
            .map(|wanted| wanted.name.as_str())
            .filter(|wanted| !field.arguments.iter().any(|given| given.name == *wanted))
            .collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let message = format!("Field '{}' is missing required arguments: {missing}", field.name);
            let extensions = json!({
                "code": "missingRequiredArguments", "className": "Field", "name": field.name.as_str(), "arguments": missing,
            });
            self.add(field.location(), &message, &extensions);
        }
    }

    /// Objects need a selection, scalars cannot have one.
    fn shape(&mut self, field: &Node<Field>, definition: &FieldDefinition) {
        let name = definition.ty.inner_named_type();
        let composite = matches!(
            self.schema.types.get(name),
            Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
        );
        let message = match (composite, field.selection_set.is_empty()) {
            (true, true) => format!(
                "Field must have selections (field '{0}' returns {name} but has no selections. Did you mean '{0} {{ ... }}'?)",
                field.name
            ),
            (false, false) => {
                format!(
                    "Selections can't be made on scalars (field '{}' returns {name} but has selections)",
                    field.name
                )
            }
            _ => return,
        };
        let node = format!("field '{}'", field.name);
        let extensions = json!({ "code": "selectionMismatch", "nodeName": node, "typeName": name.as_str() });
        self.add(field.location(), &message, &extensions);
    }

    fn add(&mut self, at: Option<SourceSpan>, message: &str, extensions: &Value) {
        let mut entry = placed(message, at.and_then(|at| at.line_column(self.sources)));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("path".to_owned(), json!(self.path));
            entry.insert("extensions".to_owned(), extensions.clone());
        }
        self.found.push(entry);
    }
}
