//! How long each kind of data is kept.

use std::time::Duration;

use shopclerk_flows::app::Settings;
use shopclerk_flows::retention::Retention;

use super::check::Checker;

/// The spans the operator chose.
pub(super) struct RetentionConfig(Retention);

impl RetentionConfig {
    pub(super) fn apply(self, settings: &mut Settings) {
        settings.retention = self.0;
    }
}

/// Most days anything is kept.
const MOST: u64 = 3_650;

pub(super) fn read(check: &mut Checker<'_>) -> Option<RetentionConfig> {
    let events = days(check, "SHOPCLERK_KEEP_EVENTS_DAYS", 1);
    // Platforms repeat what was not acknowledged for up to a month.
    let dedup_keys = days(check, "SHOPCLERK_KEEP_REPEATS_DAYS", 30);
    let messages = days(check, "SHOPCLERK_KEEP_MESSAGES_DAYS", 1);
    let dead_letters = days(check, "SHOPCLERK_KEEP_DEAD_LETTERS_DAYS", 1);
    let silent_shoppers = days(check, SILENT, 1);
    let states = days(check, "SHOPCLERK_KEEP_STATES_DAYS", 1);
    let data_requests = days(check, "SHOPCLERK_KEEP_DATA_REQUESTS_DAYS", 1);
    // The ledger must outlive every backup that could bring back what was forgotten.
    let ledger = days(check, "SHOPCLERK_KEEP_ERASURES_DAYS", 90);
    let keep = Retention {
        events: events?,
        dedup_keys: dedup_keys?,
        messages: messages?,
        dead_letters: dead_letters?,
        silent_shoppers: silent_shoppers?,
        states: states?,
        data_requests: data_requests?,
        ledger: ledger?,
    };
    // A shopper is forgotten without looking for what they said: that has to be gone by then.
    if keep.silent_shoppers < keep.messages.max(keep.events).max(keep.dead_letters) {
        check.fault(
            SILENT,
            "is less than what shoppers said is kept",
            "make it at least as much as messages, events and dead letters are kept",
        );
        return None;
    }
    Some(RetentionConfig(keep))
}

const SILENT: &str = "SHOPCLERK_KEEP_SILENT_SHOPPERS_DAYS";

fn days(check: &mut Checker<'_>, option: &str, fewest: u64) -> Option<Duration> {
    check.number(option, fewest..=MOST).map(|days| Duration::from_hours(24 * days))
}
