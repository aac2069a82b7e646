//! What may go wrong between Meta and the app, as a story or a rehearsal asks for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::PoisonError;
use std::time::Duration;

use serde_json::json;

use super::call::Call;
use super::error::GraphError;
use super::{MetaFake, PageSetup};
use crate::deliver::Delivery;
use crate::fault::{Fault, Faults, Place, Upstream};

/// What happens to the next send.
pub(super) enum Trouble {
    /// It is refused.
    Refused(GraphError),
    /// It is taken and shown, and the answer is an error all the same, as Meta documents of 1/1357046.
    TakenAll(GraphError),
}

/// What happens to echoes.
#[derive(Default)]
pub(super) enum Echoes {
    /// They are delivered at once.
    #[default]
    Delivered,
    /// They are kept until they are let go.
    Held(Vec<Delivery>),
    /// They never come.
    Lost,
}

/// All that is to go wrong.
#[derive(Default)]
pub(super) struct Troubles {
    pub(super) sends: VecDeque<Trouble>,
    /// What reading conversations is refused with, one by one.
    reads: VecDeque<GraphError>,
    /// What every reading of conversations is refused with.
    no_reads: Option<GraphError>,
    /// How long a message is not yet seen where conversations are read.
    pub(super) lag: Duration,
    echoes: Echoes,
    /// An answer leaves only after everything that was to be delivered.
    pub(super) answers_last: bool,
    /// The app's secret, where it was reset in the dashboard.
    secret: Option<String>,
    /// What the usage header of a send says, whatever was sent.
    sends_usage: Option<String>,
    /// How much of the app's limit is used up, in percent; `None` = Meta does not say.
    usage: Option<u64>,
    /// Names that Pages were given since the start.
    names: BTreeMap<String, String>,
    /// How often each Page was asked about, or told something, sends apart.
    calls: BTreeMap<String, u64>,
}

impl MetaFake {
    /// The next send is refused with this error, and so on for each time this is called.
    pub fn next_send(&self, error: GraphError) {
        self.troubles().sends.push_back(Trouble::Refused(error));
    }

    /// The next send is taken and shown to the shopper, but its answer is this error.
    pub fn next_send_taken_but(&self, error: GraphError) {
        self.troubles().sends.push_back(Trouble::TakenAll(error));
    }

    /// The next reading of conversations is refused with this error, and so on for each time this is called.
    pub fn next_read(&self, error: GraphError) {
        self.troubles().reads.push_back(error);
    }

    /// From now on every reading of conversations is refused with this error; `None` = they are read again.
    pub fn refuse_reads(&self, error: Option<GraphError>) {
        self.troubles().no_reads = error;
    }

    /// What a reading of conversations is refused with now, if it is.
    pub(super) fn read_trouble(&self) -> Option<GraphError> {
        let mut troubles = self.troubles();
        troubles.reads.pop_front().or_else(|| troubles.no_reads.clone())
    }

    /// From now on a message shows this late where conversations are read.
    pub fn reads_lag_by(&self, lag: Duration) {
        self.troubles().lag = lag;
    }

    /// From now on echoes are kept back.
    pub fn hold_echoes(&self) {
        self.troubles().echoes = Echoes::Held(Vec::new());
    }

    /// From now on echoes never come.
    pub fn lose_echoes(&self) {
        self.troubles().echoes = Echoes::Lost;
    }

    /// The Page turns these fields off for the app. Nobody is told.
    pub fn page_turns_off(&self, page: &str, fields: &[&str]) {
        if let Some(on) = self.memory().ledger.pages.get_mut(page) {
            on.retain(|field| !fields.contains(&field.as_str()));
        }
    }

    /// The app's deliveries go to another address from now on, as when two installations share an app.
    pub fn deliver_elsewhere(&self, callback_url: &str) {
        if let Some(app) = self.memory().ledger.app.get_mut("page") {
            callback_url.clone_into(&mut app.callback_url);
        }
    }

    /// Delivers the echoes kept back, each `times` times, and from now on all at once; those that were to come late, too.
    pub fn release_echoes(&self, times: usize) {
        self.options.deliveries.let_go();
        let held = std::mem::take(&mut self.troubles().echoes);
        let Echoes::Held(held) = held else { return };
        for echo in held {
            for _ in 0..times {
                self.options.deliveries.send(echo.clone());
            }
        }
    }

    /// From now on the app gets the answer to a send only after the echo was delivered.
    pub fn answer_after_echoes(&self) {
        self.troubles().answers_last = true;
    }

    /// The app's secret is reset in the dashboard: the one it was registered with is of no more use.
    pub fn reset_app_secret(&self, secret: &str) {
        self.troubles().secret = Some(secret.to_owned());
    }

    /// The app's secret as it is now.
    pub(super) fn app_secret(&self) -> String {
        let reset = self.troubles().secret.clone();
        reset.unwrap_or_else(|| self.options.app_secret.clone())
    }

    /// Meta turns one field of a Page off for the app, as it does after too many failures.
    pub fn turn_off(&self, page: &str, field: &str) {
        if let Some(fields) = self.memory().ledger.pages.get_mut(page) {
            fields.retain(|on| on != field);
        }
    }

    /// From now on every answer tells that so much of the app's limit is used up; from 100 percent on calls are refused.
    pub fn usage_stands_at(&self, percent: u64) {
        self.troubles().usage = Some(percent);
    }

    /// From now on the usage header of a send says this; `None` = what is true.
    pub fn tells_usage(&self, header: Option<&str>) {
        self.troubles().sends_usage = header.map(str::to_owned);
    }

    /// What the usage header of a send says, where it is not the truth.
    pub(super) fn told_usage(&self) -> Option<String> {
        self.troubles().sends_usage.clone()
    }

    /// The usage header of every answer, and the refusal that goes with it.
    pub(super) fn app_usage(&self) -> Option<(String, Option<GraphError>)> {
        let percent = self.troubles().usage?;
        let header = json!({ "call_count": percent, "total_time": 1, "total_cputime": 1 }).to_string();
        let refusal = (percent >= 100)
            .then(|| GraphError::new(4, "(#4) Application request limit reached").transient());
        Some((header, refusal))
    }

    /// The Page is called so from now on, and nobody is told.
    pub fn rename_page(&self, page: &str, name: &str) {
        self.troubles().names.insert(page.to_owned(), name.to_owned());
    }

    /// What the Page is called now.
    pub(super) fn name_of(&self, page: &PageSetup) -> String {
        self.troubles().names.get(&page.id).unwrap_or(&page.name).clone()
    }

    /// How often the app called about a Page, sends apart.
    pub fn page_calls(&self, page: &str) -> u64 {
        self.troubles().calls.get(page).copied().unwrap_or(0)
    }

    /// Counts a call about a Page.
    pub(super) fn count_call(&self, call: &Call) {
        let Some(page) = call.path.first().filter(|id| self.page(id).is_some()) else { return };
        if call.path.get(1).map(String::as_str) != Some("messages") {
            *self.troubles().calls.entry(page.clone()).or_default() += 1;
        }
    }

    /// Sends an echo on its way, if echoes are not kept back.
    pub(super) fn deliver_echo(&self, echo: Delivery) {
        match self.faults().meet(Upstream::Meta, Place::Echo) {
            Some(Fault::EchoLost) => return,
            Some(Fault::EchoLate) => return self.options.deliveries.send_late(echo),
            _ => {}
        }
        match &mut self.troubles().echoes {
            Echoes::Delivered => self.options.deliveries.send(echo),
            Echoes::Held(held) => held.push(echo),
            Echoes::Lost => {}
        }
    }

    /// What was ordered to go wrong.
    pub(super) fn faults(&self) -> &Faults {
        self.options.deliveries.faults()
    }

    pub(super) fn troubles(&self) -> std::sync::MutexGuard<'_, Troubles> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
