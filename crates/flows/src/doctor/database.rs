//! The store: whether its file is sound, whether its keys open it, and what in it waits for a person.

use super::Finding;
use crate::app::App;
use crate::keys::{self, Custody};

pub(super) async fn examine(app: &App) -> Vec<Finding> {
    let examined = match app.store().examine().await {
        Ok(examined) => examined,
        Err(error) => {
            let says = format!("The database cannot be looked over: {error}");
            return vec![Finding::broken(
                "database.sound",
                says,
                "Look into the log; restore the last backup if it stays",
            )];
        }
    };
    let sound = match examined.faults.first() {
        None => Finding::ok(
            "database.sound",
            format!("{}, schema {}, is sound", examined.engine, examined.schema),
        ),
        Some(fault) => Finding::broken(
            "database.sound",
            format!("The database file is damaged: {fault}"),
            "Stop the server, keep a copy of the file, and restore the last backup",
        ),
    };
    let opens = match examined.unreadable {
        0 => Finding::ok("keys.open", "Everything that is sealed opens"),
        count => Finding::broken(
            "keys.open",
            format!(
                "{count} stored {} not open with the keys there are",
                plural(count, "token does", "tokens do")
            ),
            "Give back the key ring they were sealed with, or connect again what they belong to",
        ),
    };
    vec![sound, opens, copy(app).await]
}

async fn copy(app: &App) -> Finding {
    const CODE: &str = "keys.copy";
    match keys::custody(app).await {
        Ok(Custody::Given) => Finding::ok(CODE, "The keys are given from outside"),
        Ok(Custody::Exported { .. }) => Finding::ok(CODE, "The keys were exported"),
        Ok(Custody::OnlyHere { .. }) => Finding::warning(
            CODE,
            "The keys lie beside the data alone: a lost disk loses the backups too",
            "Keep a copy elsewhere: shopclerk keys export",
        ),
        Err(error) => Finding::broken(
            CODE,
            format!("It is not known whether the keys were exported: {error}"),
            "Look into the log",
        ),
    }
}

pub(super) async fn waiting(app: &App) -> Vec<Finding> {
    const CODE: &str = "waiting.people";
    let waiting = match app.store().count_waiting().await {
        Ok(waiting) => waiting,
        Err(error) => {
            let says = format!("What waits for people cannot be counted: {error}");
            return vec![Finding::broken(CODE, says, "Look into the log")];
        }
    };
    let lines = [
        (
            waiting.parked,
            "message is parked: nobody knows whether it was sent",
            "messages are parked: nobody knows whether they were sent",
            "Look into the conversation at the Page and decide",
        ),
        (
            waiting.dead,
            "event could not be answered after all its tries",
            "events could not be answered after all their tries",
            "Answer the shopper yourself",
        ),
        (
            waiting.given_up,
            "job was given up",
            "jobs were given up",
            "Mend what is broken above; it is put up again when its connection works",
        ),
        (
            waiting.quarantined,
            "delivery could not be understood",
            "deliveries could not be understood",
            "Nothing is lost; tell us what platform and app version it came from",
        ),
    ];
    let told: Vec<Finding> = lines
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many, cure)| {
            Finding::warning(CODE, format!("{count} {}", plural(count, one, many)), cure)
        })
        .collect();
    if told.is_empty() { vec![Finding::ok(CODE, "Nothing waits for a person")] } else { told }
}

const fn plural<'a>(count: u64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}
