//! A poll that a person asks for: at once, and followed until each connection's look has ended.

use std::collections::VecDeque;
use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ConnectionName, ConnectionState, ShopDomain};
use shopclerk_domain::ids::MerchantId;
use shopclerk_storage::nouns::catalogue::SyncState;
use shopclerk_storage::nouns::jobs::{JobLane, NewJob};
use shopclerk_storage::nouns::polls::Poll;

use crate::app::App;
use crate::connect::token;
use crate::error::FlowError;
use crate::jobs;
use crate::progress::Progress;
use crate::work::wait;

/// Merchants looked at together.
const TOGETHER: usize = 50;
/// How long others may be silent before we look ourselves.
const PATIENCE: Duration = Duration::from_millis(500);

/// Which connections are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// All there are.
    Everything,
    /// All of one merchant.
    Merchant(MerchantId),
    /// One shop.
    Shop(ShopDomain),
    /// One Page, by Facebook's id of it.
    Page(String),
}

/// One connection on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Whose it is.
    pub merchant: MerchantId,
    /// Which it is.
    pub connection: ConnectionName,
    /// As people know it.
    pub name: String,
}

/// A poll that was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    at: Timestamp,
    /// What is looked at.
    pub targets: Vec<Target>,
}

/// How far one look has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It waits or is under way, with so many products read.
    UnderWay(u64),
    /// It came to its end.
    Done(Poll),
    /// It failed, for this code, and is tried again by itself where that may help.
    Failed(String),
}

/// Puts up a look at each chosen connection; no targets = there is no such connection.
pub async fn ask(app: &App, chosen: &Chosen) -> Result<Asked, FlowError> {
    let at = app.now();
    let mut asked = Asked { at, targets: Vec::new() };
    let mut after = None;
    loop {
        let merchants = match chosen {
            Chosen::Merchant(merchant) if after.is_none() => vec![*merchant],
            Chosen::Merchant(_) => Vec::new(),
            Chosen::Everything | Chosen::Shop(_) | Chosen::Page(_) => {
                app.store().list_merchants(after, TOGETHER).await?
            }
        };
        let Some(last) = merchants.last() else { break };
        after = Some(*last);
        let mut targets = Vec::new();
        for merchant in merchants {
            targets.extend(targets_of(app, merchant, chosen).await?);
        }
        app.store().enqueue(targets.iter().map(|target| job(target, at)).collect()).await?;
        asked.targets.extend(targets);
    }
    app.bell.ring();
    Ok(asked)
}

async fn targets_of(app: &App, merchant: MerchantId, chosen: &Chosen) -> Result<Vec<Target>, FlowError> {
    let mut targets = Vec::new();
    // What is disconnected is not looked at, so nobody could wait for it.
    let live = |state: ConnectionState| state != ConnectionState::Disconnected;
    for row in app.store().list_shops(merchant).await?.into_iter().filter(|row| live(row.shop.state)) {
        let name = row.shop.domain.to_string();
        targets.push((Target { merchant, connection: ConnectionName::Shop(row.shop.domain), name }, None));
    }
    for row in app.store().list_accounts(merchant).await?.into_iter().filter(|row| live(row.account.state)) {
        let connection = ConnectionName::Account(row.account.id);
        targets.push((Target { merchant, connection, name: row.account.name }, Some(row.account.native_id)));
    }
    let is_chosen = |target: &Target, native_id: Option<&String>| match chosen {
        Chosen::Everything | Chosen::Merchant(_) => true,
        Chosen::Shop(shop) => matches!(&target.connection, ConnectionName::Shop(own) if own == shop),
        Chosen::Page(page) => native_id == Some(page),
    };
    targets.retain(|(target, native_id)| is_chosen(target, native_id.as_ref()));
    Ok(targets.into_iter().map(|(target, _)| target).collect())
}

fn job(target: &Target, run_at: Timestamp) -> NewJob {
    let kind = match target.connection {
        ConnectionName::Shop(_) => jobs::SYNC_CATALOGUE,
        ConnectionName::Account(_) => jobs::POLL_ACCOUNT,
    };
    NewJob { merchant: target.merchant, kind, key: target.connection.key(), run_at }
}

/// Sees the looks through to their ends, in the order of the targets, and tells how far they have come: as one more worker where
/// others are at it, and as the only one where the store is open for this alone. What fails is told and left to its next try.
pub async fn follow(app: &App, asked: &Asked, progress: &dyn Progress) -> Result<Vec<Look>, FlowError> {
    let mut ear = app.bell.ear();
    let mut looks: Vec<Look> = asked.targets.iter().map(|_| Look::UnderWay(0)).collect();
    let mut under_way: VecDeque<usize> = (0..looks.len()).collect();
    loop {
        ear.clear();
        // They end about in the order in which they were put up: behind one that is under way few have ended.
        while let Some(at) = under_way.pop_front() {
            let (Some(target), Some(look)) = (asked.targets.get(at), looks.get_mut(at)) else { continue };
            *look = self::progress(app, asked, target).await?;
            if let Look::UnderWay(read) = look {
                under_way.push_back(at);
                tell(&target.name, *read, under_way.len(), looks.len(), progress);
                break;
            }
        }
        if under_way.is_empty() {
            progress.at("all looked through", looks.len() as u64, Some(looks.len() as u64));
            return Ok(looks);
        }
        if !jobs::do_next(app, JobLane::Errands).await? {
            wait::within(PATIENCE, ear.rung()).await;
        }
    }
}

fn tell(name: &str, read: u64, left: usize, all: usize, progress: &dyn Progress) {
    let what = if read == 0 { name.to_owned() } else { format!("{name}: {read} products read") };
    progress.at(&what, all.saturating_sub(left) as u64, Some(all as u64));
}

/// How far the look at `target` has come since it was asked for.
pub async fn progress(app: &App, asked: &Asked, target: &Target) -> Result<Look, FlowError> {
    let poll = app.store().last_poll(target.merchant, &target.connection).await?.unwrap_or_default();
    let since = |at: Option<Timestamp>| at.is_some_and(|at| at >= asked.at);
    if since(poll.failed_at) {
        return Ok(Look::Failed(poll.why.unwrap_or_default()));
    }
    if since(poll.done_at) {
        return Ok(Look::Done(poll));
    }
    let (state, read) = match &target.connection {
        ConnectionName::Shop(shop) => {
            let pass = app.store().sync_state(target.merchant, shop).await?;
            let read = pass.filter(SyncState::is_whole_pass).map_or(0, |pass| pass.read);
            (token::row(app, target.merchant, shop).await?.map(|row| row.shop.state), read)
        }
        ConnectionName::Account(account) => {
            let row = app.store().find_account(target.merchant, *account).await?;
            (row.map(|row| row.account.state), 0)
        }
    };
    match state {
        None | Some(ConnectionState::Disconnected) => Ok(Look::Failed(ENDED.to_owned())),
        Some(_) => Ok(Look::UnderWay(read)),
    }
}

/// It was disconnected before anybody looked, and its work went with it.
const ENDED: &str = "connection.disconnected";
