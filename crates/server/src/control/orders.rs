//! Every order there is, one line each.

use std::sync::Arc;

use anyhow::Context;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use shopclerk_flows::progress::Progress;

use super::{Order, Product};
use crate::cli::{
    backup, connect, deliveries, doctor, explain, import, keys, mirror, poll, privacy, proof, token,
};

const ORDERS: &[Entry] = &[
    entry::<connect::ConnectShop>(),
    entry::<doctor::Examine>(),
    entry::<keys::Custody>(),
    entry::<keys::MarkExported>(),
    entry::<keys::List>(),
    entry::<keys::Rotate>(),
    entry::<keys::Retire>(),
    entry::<import::Import>(),
    entry::<backup::Now>(),
    entry::<backup::List>(),
    entry::<backup::Verify>(),
    entry::<token::Keep>(),
    entry::<token::List>(),
    entry::<token::Revoke>(),
    entry::<mirror::Verify>(),
    entry::<mirror::Rebuild>(),
    entry::<poll::PollNow>(),
    entry::<privacy::List>(),
    entry::<privacy::Answer>(),
    entry::<deliveries::List>(),
    entry::<deliveries::Decide>(),
    entry::<explain::Explain>(),
    entry::<proof::Verify>(),
];

/// An order by its name.
struct Entry {
    name: &'static str,
    carry_out: fn(Value, Product, Arc<dyn Progress>) -> Carried,
}

/// An order under way.
pub(super) type Carried = BoxFuture<'static, anyhow::Result<Value>>;

const fn entry<O: Order>() -> Entry {
    Entry { name: O::NAME, carry_out: carry_out::<O> }
}

fn carry_out<O: Order>(arguments: Value, product: Product, progress: Arc<dyn Progress>) -> Carried {
    let carried = async move {
        let order: O =
            serde_json::from_value(arguments).context("the order's arguments are not understood")?;
        let answer = order.carry_out(&product, &*progress).await?;
        serde_json::to_value(answer).context("the answer cannot be told")
    };
    carried.boxed()
}

/// The order of this name, begun; `None` when there is no such order.
pub(super) fn begin(
    name: &str,
    arguments: Value,
    product: Product,
    progress: Arc<dyn Progress>,
) -> Option<Carried> {
    let entry = ORDERS.iter().find(|entry| entry.name == name)?;
    Some((entry.carry_out)(arguments, product, progress))
}
