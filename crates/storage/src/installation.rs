//! All that crosses merchants, each function with its reason. Everything else in this crate names its merchant.

use async_trait::async_trait;
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{AccountId, ConversationId, ErasureId, MerchantId};
use std::path::PathBuf;
use std::time::Duration;

use crate::backup::{BackupError, BackupHead};
use crate::error::StoreError;
use crate::keys::KeyRing;
use crate::nouns::conversations::Leased;
use crate::nouns::data_requests::DataRequest;
use crate::nouns::erasures::ErasureRow;
use crate::nouns::jobs::{JobLane, LeasedJob};
pub use crate::nouns::retention::{Aged, Silent, Swept};
use crate::sqlite::Snapshot;

/// Lines of the erasure ledger on their way to the backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptErasures {
    /// The last of them: names the file.
    pub id: ErasureId,
    /// Its place in the ledger.
    pub until: i64,
    /// All of them, sealed.
    pub sealed: Vec<u8>,
}

/// Backups: a copy of everything, whoever's it is, and what a store needs that comes of one.
#[async_trait]
pub trait Backups: Send + Sync {
    /// Copies the whole store, seals the copy and leaves it in `scratch`, a folder of ours alone.
    async fn snapshot(&self, scratch: PathBuf, now: Timestamp) -> Result<Snapshot, BackupError>;

    /// Opens a sealed copy whole, in `scratch`, and checks the database in it.
    async fn verify_snapshot(&self, sealed: PathBuf, scratch: PathBuf) -> Result<BackupHead, BackupError>;

    /// When this store was put back from a backup, while what lies beside the backups has not followed yet.
    async fn restored_at(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Takes a token pair that was kept beside the backups if it is newer than ours; whose it is, it says itself.
    async fn put_back_tokens(&self, sealed: Vec<u8>) -> Result<bool, BackupError>;

    /// Lines of the erasure ledger that are not kept beside the backups yet, sealed; `None` when all are.
    async fn erasures_to_keep(&self, now: Timestamp) -> Result<Option<KeptErasures>, StoreError>;

    /// The ledger is kept until that line.
    async fn mark_erasures_kept(&self, until: i64) -> Result<(), StoreError>;

    /// The lines of a sealed file beside the backups.
    async fn open_erasures(&self, sealed: Vec<u8>) -> Result<Vec<ErasureRow>, BackupError>;

    /// Everything that lay beside the backups has followed.
    async fn finish_restore(&self) -> Result<(), StoreError>;
}

/// When work becomes due by itself; `None` = nothing of the kind waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NextDue {
    /// The next conversation.
    pub conversation: Option<Timestamp>,
    /// The next job that writes no objects.
    pub job: Option<Timestamp>,
    /// The next job that writes objects.
    pub object_job: Option<Timestamp>,
}

impl NextDue {
    /// Whatever is first.
    pub fn soonest(self) -> Option<Timestamp> {
        self.conversation.into_iter().chain(self.job).chain(self.object_job).min()
    }
}

/// What a slice of sealing again came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that are sealed with the newest key now.
    pub values: u64,
    /// Values that do not open, and stay as they are.
    pub damaged: u64,
}

/// How many values a key has sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedWith {
    /// The key's id; `None` = keys that are not in the ring.
    pub key: Option<String>,
    /// How many.
    pub values: u64,
}

/// Work that recurs: what is done stands with its name in the flows, when it is done next stands here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its name, such as `poll`.
    pub name: String,
    /// When it runs next.
    pub run_at: Timestamp,
    /// When it can be leased: `run_at`, or the end of the lease that is held on it.
    pub due_at: Timestamp,
    /// When it last began.
    pub last_started: Option<Timestamp>,
    /// When it last ended well.
    pub last_done: Option<Timestamp>,
    /// Why it did not end well since, as a stable code.
    pub why: Option<String>,
}

/// A schedule as the program knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedSchedule {
    /// Its name.
    pub name: &'static str,
    /// The rule its times follow, in words: another one than before plans it anew.
    pub rule: String,
    /// When it runs next by that rule.
    pub run_at: Timestamp,
}

/// A schedule's run under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedSchedule {
    /// The schedule.
    pub name: String,
    /// Grows with every lease; an older number is refused.
    pub fence: i64,
}

/// How a schedule's run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScheduleRun {
    /// Well.
    Done,
    /// Not well, for this stable code.
    Failed(String),
}

/// What looking the whole store over found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// The database and its version.
    pub engine: String,
    /// The number of the newest change of the schema.
    pub schema: u32,
    /// What is wrong with the file itself, in the database's words: no content of any row.
    pub faults: Vec<String>,
    /// Sealed values that do not open with the keys there are.
    pub unreadable: u64,
}

/// How much waits for a person to decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Messages of which nobody knows whether they were sent.
    pub parked: u64,
    /// Jobs that failed for good.
    pub given_up: u64,
    /// Deliveries that could not be understood.
    pub quarantined: u64,
    /// Events whose turn failed for good.
    pub dead: u64,
}

/// A person takes back what they granted.
#[derive(Clone, Debug)]
pub struct Withdrawal {
    /// The channel they granted it on.
    pub channel: ChannelKind,
    /// The person, as the app knows them.
    pub person: String,
    /// When they did; what was granted later stays.
    pub at: Timestamp,
}

/// A platform's request that a person be forgotten.
#[derive(Clone, Debug)]
pub struct NewDeletion {
    /// The same for the same request however often it is made.
    pub request: [u8; 16],
    /// By which its progress is asked for, if it is new.
    pub code: String,
    /// Whose data.
    pub withdrawal: Withdrawal,
}

/// How far a platform's request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletionProgress {
    /// When it was made.
    pub asked_at: Timestamp,
    /// How many things it names.
    pub all: u32,
    /// How many of them are gone.
    pub done: u32,
    /// When the last one went; `None` while some are left, or when there was nothing.
    pub done_at: Option<Timestamp>,
}

/// A piece of a delivery in quarantine, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Its number; grows.
    pub row: i64,
    /// Where it came from.
    pub source: String,
    /// What was wrong with it.
    pub why: String,
    /// When it came.
    pub received_at: Timestamp,
}

/// What a piece in quarantine is read out of again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinePiece {
    /// Where it came from.
    pub source: String,
    /// When it came.
    pub received_at: Timestamp,
    /// What came with its bytes.
    pub head: Option<String>,
    /// The bytes as received.
    pub body: Vec<u8>,
}

/// Most merchants whose jobs are left aside at a time.
pub const MOST_LEFT_ASIDE: usize = 4;

/// See the module.
#[async_trait]
pub trait Installation: Send + Sync {
    /// Leases the conversation that has been due the longest. Crosses merchants because a worker serves them all; what
    /// it returns belongs to one. While a part of an earlier turn is unfinished, the first such part alone makes a
    /// conversation due; else its events do, once they have settled.
    async fn lease_conversation(&self, now: Timestamp, hold: Duration) -> Result<Option<Leased>, StoreError>;

    /// Links a slice of what arrived to its conversations, for a process in which nobody leases: if nothing more arrived since it was
    /// asked last, or if it is much; says whether it did. Crosses merchants because what arrives does.
    async fn link_arrived(&self) -> Result<bool, StoreError>;

    /// Leases the job of the lane that has been due the longest, but none of the first [`MOST_LEFT_ASIDE`] merchants in `but_of`:
    /// they are served enough. Crosses merchants because a worker serves them all.
    async fn lease_job(
        &self,
        lane: JobLane,
        now: Timestamp,
        hold: Duration,
        but_of: &[MerchantId],
    ) -> Result<Option<LeasedJob>, StoreError>;

    /// When the next conversation and the next job become due. Crosses merchants because one timer wakes the workers.
    async fn next_due(&self) -> Result<NextDue, StoreError>;

    /// How much is due at `now`: conversations and jobs, by name, for a story that must not leave work over.
    async fn list_due(&self, now: Timestamp, most: usize) -> Result<Vec<String>, StoreError>;

    /// Whose shop this is. Crosses merchants because a signed delivery and a sign-in name a shop, not a merchant.
    async fn merchant_of_shop(&self, shop: &ShopDomain) -> Result<Option<MerchantId>, StoreError>;

    /// Whose conversation this is: for operator pages and the sandbox, which name a conversation alone.
    async fn merchant_of_conversation(&self, id: ConversationId) -> Result<Option<MerchantId>, StoreError>;

    /// All merchants, oldest first: for schedules, the index at start and operator pages.
    async fn list_merchants(
        &self,
        after: Option<MerchantId>,
        most: usize,
    ) -> Result<Vec<MerchantId>, StoreError>;

    /// Whether there is such a merchant: the operator, who belongs to none, names one.
    async fn has_merchant(&self, merchant: MerchantId) -> Result<bool, StoreError>;

    /// Shops whose tokens end before `before` and for which no job of the kind `renewed_by` waits yet: one schedule renews them
    /// all, and those that fail keep to the pace of their own job.
    async fn list_ending_tokens(
        &self,
        before: Timestamp,
        renewed_by: &'static str,
        most: usize,
    ) -> Result<Vec<(MerchantId, ShopDomain)>, StoreError>;

    /// Looks the whole store over. Crosses merchants because it is one file, sealed with one key ring.
    async fn examine(&self) -> Result<Examined, StoreError>;

    /// How much waits for a person. Crosses merchants because the operator is told of all.
    async fn count_waiting(&self) -> Result<Waiting, StoreError>;

    /// When the keys were exported, if they were since the newest was made. One ring serves all merchants.
    async fn keys_exported_at(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The operator has a copy of the keys as they are now.
    async fn mark_keys_exported(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Seals with the newest key of another ring from now on, and opens with all of it. One ring serves all merchants.
    async fn adopt_keys(&self, ring: KeyRing) -> Result<(), StoreError>;

    /// Seals the values of the next `merchants` again with the newest key; `None` when all are. Where it stopped is kept.
    async fn reseal_next(&self, merchants: usize) -> Result<Option<Resealed>, StoreError>;

    /// How many values each key has sealed, the newest key first. Looks at every value: for rotation alone.
    async fn count_sealed(&self) -> Result<Vec<SealedWith>, StoreError>;

    /// What is in quarantine, oldest first, after the row `after`. Crosses merchants because nobody could read whose it is.
    async fn list_quarantine(&self, after: i64, most: usize) -> Result<Vec<QuarantineRow>, StoreError>;

    /// One piece in quarantine with its bytes. Crosses merchants as [`Installation::list_quarantine`].
    async fn find_quarantined(&self, row: i64) -> Result<Option<QuarantinePiece>, StoreError>;

    /// How many connections are in which state, as `(kind, state, number)`: for the operator's figures, which name no
    /// merchant.
    async fn count_connections(&self) -> Result<Vec<(&'static str, String, u64)>, StoreError>;

    /// Parts left `sending` by a process that is gone become `unknown`, to be settled at `look_at`; returns how many. One process
    /// does this for all, at its start, before it leases anything.
    async fn recover_sending(&self, look_at: Timestamp) -> Result<usize, StoreError>;

    /// Ticks the connection check whose own delivery came in with this nonce, once and in time; says whether there was one.
    /// Crosses merchants because the delivery names nothing else.
    async fn tick_check(&self, nonce: [u8; 32], now: Timestamp) -> Result<bool, StoreError>;

    /// Makes the schedules known. A new one, or one whose rule changed, runs next when it says; one that was missed stays due.
    /// Crosses merchants because a schedule serves them all, as the next three do.
    async fn plan_schedules(&self, planned: Vec<PlannedSchedule>, now: Timestamp) -> Result<(), StoreError>;

    /// All schedules, the next due first.
    async fn list_schedules(&self) -> Result<Vec<Schedule>, StoreError>;

    /// Leases a schedule if it is due: whoever gets it runs it alone, unless `hold` passes first.
    async fn lease_schedule(
        &self,
        name: &str,
        now: Timestamp,
        hold: Duration,
    ) -> Result<Option<LeasedSchedule>, StoreError>;

    /// Ends the run and sets the next time; `Conflict` if the lease is no longer ours.
    async fn finish_schedule(
        &self,
        leased: &LeasedSchedule,
        run: ScheduleRun,
        run_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The erasure ledger behind `after`, oldest first: a backup carries it on, whoever's it is.
    async fn list_erasures(&self, after: i64, most: usize) -> Result<Vec<ErasureRow>, StoreError>;

    /// Takes over lines of a ledger that is ahead of this store, as after a restore; known ones stay as they are.
    async fn put_back_erasures(&self, rows: Vec<ErasureRow>) -> Result<(), StoreError>;

    /// Stops every account that the person granted, and their own token; returns what has stopped. Crosses merchants because
    /// a platform names a person, not a merchant.
    async fn withdraw_grants(
        &self,
        withdrawal: Withdrawal,
        now: Timestamp,
    ) -> Result<Vec<(MerchantId, AccountId)>, StoreError>;

    /// As [`Installation::withdraw_grants`], and asks for the erasure of each account; answers with the code of the request,
    /// which is the first one's if it was made before.
    async fn open_deletion(&self, deletion: NewDeletion, now: Timestamp) -> Result<String, StoreError>;

    /// Removes a slice of what is too old, of everybody's, from `after` on; the newest row of a numbered table stays, emptied.
    async fn sweep(&self, aged: Aged, after: i64, most: usize, now: Timestamp) -> Result<Swept, StoreError>;

    /// Conversations in which nothing was said since `before`, of a stretch of all of them, and where the next stretch begins.
    async fn list_silent(
        &self,
        before: Timestamp,
        after: i64,
        most: usize,
    ) -> Result<(Vec<Silent>, Option<i64>), StoreError>;

    /// What shops asked us to tell of their customers, the newest first. Crosses merchants because the operator hands the answers
    /// on for those who don't do it themselves.
    async fn list_all_data_requests(&self, most: usize)
    -> Result<Vec<(MerchantId, DataRequest)>, StoreError>;

    /// How far the request of this code has come. Crosses merchants because whoever has the code may know no more than that.
    async fn find_deletion(&self, code: &str) -> Result<Option<DeletionProgress>, StoreError>;
}
