//! What a query costs, before it runs (what it asks for) and after (what it got): the rule fitted to recorded answers of
//! real shops.
//!
//! A connection costs `2 + f(n) x (1 + its node's fields)` with `f(n) = floor(2 ln n)`; an object 1, an abstract one its
//! dearest member, money and pictures nothing; a root count 10; a mutation 10 with the objects directly in its answer free.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

/// Selections nested deeper than this (through fragments too) are priced out of reach, so nothing recurses further.
const DEEPEST: usize = 64;
/// Selections looked at before a query counts as too large to price: fragments can double with every level.
const MOST_STEPS: u32 = 50_000;
/// More than any limit.
const BEYOND: u64 = 1_000_000;

/// Prices one document.
pub(super) struct Pricing<'d> {
    schema: &'d Valid<Schema>,
    document: &'d Valid<ExecutableDocument>,
    variables: &'d JsonMap,
    /// Prices of fragments by name and concrete type: a fragment used a thousand times is priced once.
    known: RefCell<HashMap<(String, String), u64>>,
    steps: Cell<u32>,
}

/// What is priced: all that could come, or the part that came.
#[derive(Clone, Copy)]
enum Seen<'v> {
    All,
    Got(&'v JsonValue),
    Nothing,
}

impl Seen<'_> {
    fn below(self, key: &str) -> Self {
        match self {
            Seen::Got(value) => match value.as_object().and_then(|object| object.get(key)) {
                None | Some(JsonValue::Null) => Seen::Nothing,
                Some(value) => Seen::Got(value),
            },
            other => other,
        }
    }

    /// The dearest of a list's entries, or of the one value.
    fn dearest(self, price: impl Fn(Self) -> u64) -> u64 {
        match self {
            Seen::Got(JsonValue::Array(rows)) => {
                rows.iter().map(|row| price(Seen::Got(row))).max().unwrap_or(0)
            }
            one => price(one),
        }
    }
}

impl<'d> Pricing<'d> {
    pub(super) fn new(
        schema: &'d Valid<Schema>,
        document: &'d Valid<ExecutableDocument>,
        variables: &'d JsonMap,
    ) -> Self {
        Self { schema, document, variables, known: RefCell::default(), steps: Cell::new(0) }
    }

    /// What the operation may cost at most.
    pub(super) fn requested(&self, operation: &Operation) -> u64 {
        self.root(operation, Seen::All)
    }

    /// What it did cost, by its data.
    pub(super) fn actual(&self, operation: &Operation, data: &JsonValue) -> u64 {
        self.root(operation, Seen::Got(data))
    }

    fn root(&self, operation: &Operation, seen: Seen<'_>) -> u64 {
        let mutation = operation.is_mutation();
        let own = |field: &Field, seen: Seen<'_>| {
            if mutation {
                return self.mutation(field, seen);
            }
            if field.ty().inner_named_type() == "Count" { 10 } else { self.field(field, seen, 0) }
        };
        self.walk(&operation.selection_set, operation.object_type(), seen, 0, &own)
    }

    fn mutation(&self, field: &Field, seen: Seen<'_>) -> u64 {
        let payload = field.ty().inner_named_type();
        let free = |part: &Field, seen: Seen<'_>| {
            let whole = self.field(part, seen, 1);
            whole.saturating_sub(u64::from(whole > 0))
        };
        let seen = seen.below(field.response_key());
        10 + self.walk(&field.selection_set, payload, seen, 1, &free)
    }

    /// The sum over the fields `set` selects of an object of type `concrete`.
    fn walk(
        &self,
        set: &SelectionSet,
        concrete: &str,
        seen: Seen<'_>,
        depth: usize,
        price: &dyn Fn(&Field, Seen<'_>) -> u64,
    ) -> u64 {
        let mut sum: u64 = 0;
        for selection in &set.selections {
            if self.is_beyond(seen, depth) {
                return BEYOND;
            }
            sum = sum.saturating_add(match selection {
                Selection::Field(field) => price(field, seen),
                Selection::InlineFragment(part) => {
                    let applies = part.type_condition.as_ref().is_none_or(|on| self.applies(on, concrete));
                    if applies { self.walk(&part.selection_set, concrete, seen, depth + 1, price) } else { 0 }
                }
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name)
                {
                    Some(part) if self.applies(part.type_condition(), concrete) => {
                        self.walk(&part.selection_set, concrete, seen, depth + 1, price)
                    }
                    _ => 0,
                },
            });
        }
        sum
    }

    /// The price of an object's selections; fragments are remembered where nothing depends on the data.
    fn fields(&self, set: &SelectionSet, concrete: &str, seen: Seen<'_>, depth: usize) -> u64 {
        let mut sum: u64 = 0;
        for selection in &set.selections {
            if self.is_beyond(seen, depth) {
                return BEYOND;
            }
            let (on, part, name) = match selection {
                Selection::Field(field) => {
                    sum = sum.saturating_add(self.field(field, seen, depth));
                    continue;
                }
                Selection::InlineFragment(part) => (part.type_condition.as_ref(), &part.selection_set, None),
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name)
                {
                    Some(part) => {
                        (Some(part.type_condition()), &part.selection_set, Some(&spread.fragment_name))
                    }
                    None => continue,
                },
            };
            if on.is_some_and(|on| !self.applies(on, concrete)) {
                continue;
            }
            let remembered = name
                .filter(|_| matches!(seen, Seen::All))
                .map(|name| (name.to_string(), concrete.to_owned()));
            let known = remembered.as_ref().and_then(|key| self.known.borrow().get(key).copied());
            let price = known.unwrap_or_else(|| self.fields(part, concrete, seen, depth + 1));
            if let Some(key) = remembered {
                self.known.borrow_mut().insert(key, price);
            }
            sum = sum.saturating_add(price);
        }
        sum
    }

    fn field(&self, field: &Field, seen: Seen<'_>, depth: usize) -> u64 {
        let name = field.ty().inner_named_type().as_str();
        let seen = seen.below(field.response_key());
        if matches!(seen, Seen::Nothing) {
            return 0;
        }
        if name.ends_with("Connection") {
            return self.connection(field, seen, depth + 1);
        }
        let inside = |concrete: &str| {
            seen.dearest(|seen| self.fields(&field.selection_set, concrete, seen, depth + 1))
        };
        match self.schema.types.get(name) {
            Some(ExtendedType::Object(_)) if is_free(name) => inside(name),
            Some(ExtendedType::Object(_)) => inside(name).saturating_add(1),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                let members = self.schema.types.keys().filter(|member| self.schema.is_subtype(name, member));
                members.map(|member| inside(member)).max().unwrap_or(0).saturating_add(1)
            }
            _ => 0,
        }
    }

    fn connection(&self, field: &Field, seen: Seen<'_>, depth: usize) -> u64 {
        let connection = field.ty().inner_named_type();
        let rows_came = RefCell::new(0_u64);
        let node_price = |part: &Field, seen: Seen<'_>| match part.name.as_str() {
            "nodes" => {
                let seen = seen.below(part.response_key());
                count(seen, &rows_came);
                self.rows(part, seen, depth + 1)
            }
            "edges" => {
                let seen = seen.below(part.response_key());
                count(seen, &rows_came);
                let edge = part.ty().inner_named_type();
                seen.dearest(|seen| {
                    self.walk(&part.selection_set, edge, seen, depth + 1, &|node, seen| {
                        self.rows(node, seen.below(node.response_key()), depth + 2)
                    })
                })
            }
            _ => 0,
        };
        let node = self.walk(&field.selection_set, connection, seen, depth, &node_price);
        let rows = match seen {
            Seen::All => self.page_size(field),
            _ => *rows_came.borrow(),
        };
        2_u64.saturating_add(factor(rows).saturating_mul(node.saturating_add(1)))
    }

    /// The price of the nodes' fields, without the nodes themselves.
    fn rows(&self, node: &Field, seen: Seen<'_>, depth: usize) -> u64 {
        let name = node.ty().inner_named_type().as_str();
        let inside =
            |concrete: &str| seen.dearest(|seen| self.fields(&node.selection_set, concrete, seen, depth));
        match self.schema.types.get(name) {
            Some(ExtendedType::Object(_)) => inside(name),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                let members = self.schema.types.keys().filter(|member| self.schema.is_subtype(name, member));
                members.map(|member| inside(member)).max().unwrap_or(0)
            }
            _ => 0,
        }
    }

    fn page_size(&self, field: &Field) -> u64 {
        let size = |name: &str| {
            let argument = field.arguments.iter().find(|argument| argument.name == name)?;
            match argument.value.as_variable() {
                Some(variable) => self.variables.get(variable.as_str())?.as_u64(),
                None => argument.value.to_i32().and_then(|size| u64::try_from(size).ok()),
            }
        };
        size("first").or_else(|| size("last")).unwrap_or(0)
    }

    /// Only what could come is bounded here: what came was priced and bounded before it ran.
    fn is_beyond(&self, seen: Seen<'_>, depth: usize) -> bool {
        let step = u32::from(matches!(seen, Seen::All));
        self.steps.set(self.steps.get().saturating_add(step));
        depth > DEEPEST || self.steps.get() > MOST_STEPS
    }

    fn applies(&self, condition: &str, concrete: &str) -> bool {
        condition == concrete || self.schema.is_subtype(condition, concrete)
    }
}

fn count(seen: Seen<'_>, rows_came: &RefCell<u64>) {
    if let Seen::Got(JsonValue::Array(rows)) = seen {
        let rows = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let mut most = rows_came.borrow_mut();
        *most = rows.max(*most);
    }
}

fn is_free(name: &str) -> bool {
    matches!(
        name,
        "MoneyV2"
            | "MoneyBag"
            | "MailingAddress"
            | "ShopAddress"
            | "Image"
            | "UnitPriceMeasurement"
            | "PageInfo"
    ) || name.starts_with("__")
}

/// `floor(2 ln n)`, at least 1, and 0 for an empty page; from a table, so that no float decides.
fn factor(rows: u64) -> u64 {
    const FIRST_WITH: [u64; 12] = [1, 3, 5, 8, 13, 21, 34, 55, 91, 149, 245, 404];
    FIRST_WITH.iter().filter(|first| rows >= **first).count().try_into().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_page_is_cheaper_by_the_row() {
        let recorded = [
            (0, 0),
            (1, 1),
            (2, 1),
            (3, 2),
            (5, 3),
            (10, 4),
            (20, 5),
            (25, 6),
            (50, 7),
            (100, 9),
            (200, 10),
            (250, 11),
        ];
        for (rows, expected) in recorded {
            assert_eq!(factor(rows), expected, "{rows}");
        }
    }
}
