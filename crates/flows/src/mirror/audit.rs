//! Looking through the whole mirror: `verify` compares every object with what the store would write, `rebuild` writes all of
//! them again and removes what does not belong there. Both may run while the workers do.

use std::collections::HashSet;

use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use shopclerk_domain::ids::{ConversationId, MerchantId};

use super::content::{self, Content};
use super::error::MirrorError;
use super::{Subject, keeps_conversations};
use crate::app::App;
use crate::progress::Progress;

/// Rows listed at a time.
const SLICE: usize = 500;
/// Objects that do not belong there, gathered before they are looked at once more.
const MOST_EXTRA: usize = 10_000;
/// Objects that are named at most; all are counted.
const MOST_NAMED: usize = 1_000;

/// How many objects were found in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// As they should be.
    pub same: u64,
    /// Not there.
    pub missing: u64,
    /// With other content.
    pub different: u64,
    /// Of nothing in the store.
    pub extra: u64,
    /// Written again.
    pub written: u64,
    /// Removed.
    pub removed: u64,
}

impl Tally {
    /// Whether nothing was wrong.
    pub const fn is_clean(&self) -> bool {
        self.missing == 0 && self.different == 0 && self.extra == 0
    }

    const fn looked_at(&self) -> u64 {
        self.same + self.missing + self.different + self.extra + self.written + self.removed
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Verify,
    Rebuild,
}

/// Compares every object with what the store would write.
pub async fn verify(app: &App, progress: &dyn Progress) -> Result<Tally, MirrorError> {
    run(app, Task::Verify, progress).await
}

/// Writes every object again and removes what belongs to nothing.
pub async fn rebuild(app: &App, progress: &dyn Progress) -> Result<Tally, MirrorError> {
    run(app, Task::Rebuild, progress).await
}

async fn run(app: &App, task: Task, progress: &dyn Progress) -> Result<Tally, MirrorError> {
    let mut audit = Audit { app, task, tally: Tally::default(), known: HashSet::new(), named: 0, progress };
    let mut after = None;
    loop {
        let merchants = app.store().list_merchants(after, SLICE).await?;
        let Some(last) = merchants.last().copied() else { break };
        after = Some(last);
        for merchant in merchants {
            audit.merchant(merchant).await?;
        }
    }
    audit.strangers().await?;
    Ok(audit.tally)
}

/// One walk through the mirror.
struct Audit<'a> {
    app: &'a App,
    task: Task,
    tally: Tally,
    /// The merchants of the store.
    known: HashSet<MerchantId>,
    /// Objects named to the onlooker.
    named: usize,
    progress: &'a dyn Progress,
}

impl Audit<'_> {
    /// Counts an object, and names it if something is wrong with it.
    fn count(&mut self, count: fn(&mut Tally) -> &mut u64, wrong: Option<&str>, key: &str) {
        *count(&mut self.tally) += 1;
        self.progress.at("objects", self.tally.looked_at(), None);
        let Some(wrong) = wrong else { return };
        self.named += 1;
        if self.named <= MOST_NAMED {
            self.progress.say(&format!("{wrong}: {key}"));
        }
    }

    async fn merchant(&mut self, merchant: MerchantId) -> Result<(), MirrorError> {
        self.known.insert(merchant);
        let mut expected = Keys::default();
        let mut subjects = Subjects::of(self.app, merchant);
        while let Some(slice) = subjects.next().await? {
            for subject in slice {
                let Some(content) = content::of(self.app, merchant, &subject).await? else { continue };
                expected.insert(&content.key);
                self.object(merchant, &content).await?;
            }
        }
        self.extra(merchant, &expected).await
    }

    async fn object(&mut self, merchant: MerchantId, content: &Content) -> Result<(), MirrorError> {
        let digest = content.digest(self.app, merchant).await?;
        if self.task == Task::Rebuild {
            super::put(self.app, merchant, content, digest).await?;
            self.count(|tally| &mut tally.written, None, &content.key);
            return Ok(());
        }
        match self.app.objects().mirror().hash(&content.key).await? {
            None => self.count(|tally| &mut tally.missing, Some("missing"), &content.key),
            Some(hash) if hash == digest.hash() => self.count(|tally| &mut tally.same, None, &content.key),
            Some(_) => self.count(|tally| &mut tally.different, Some("different"), &content.key),
        }
        Ok(())
    }

    /// What lies under the merchant's prefix and is none of `expected`. What the workers wrote meanwhile is expected too: so
    /// it is asked once more what is, after the objects were listed.
    async fn extra(&mut self, merchant: MerchantId, expected: &Keys) -> Result<(), MirrorError> {
        let room = self.app.objects().mirror().clone();
        let mut objects = room.walk(&format!("users/{merchant}"))?;
        let mut extra = Vec::new();
        while let Some(object) = objects.try_next().await? {
            if !expected.contains(&object.key) {
                extra.push(object.key);
            }
            if extra.len() == MOST_EXTRA {
                self.settle(merchant, std::mem::take(&mut extra)).await?;
            }
        }
        self.settle(merchant, extra).await
    }

    async fn settle(&mut self, merchant: MerchantId, extra: Vec<String>) -> Result<(), MirrorError> {
        if extra.is_empty() {
            return Ok(());
        }
        let mut expected = Keys::default();
        let mut subjects = Subjects::of(self.app, merchant);
        while let Some(slice) = subjects.next().await? {
            for subject in slice {
                if let Some(key) = content::key_of(self.app, merchant, &subject).await? {
                    expected.insert(&key);
                }
            }
        }
        for key in extra.into_iter().filter(|key| !expected.contains(key)) {
            self.superfluous(&key).await?;
        }
        Ok(())
    }

    async fn superfluous(&mut self, key: &str) -> Result<(), MirrorError> {
        if self.task == Task::Verify {
            self.count(|tally| &mut tally.extra, Some("extra"), key);
            return Ok(());
        }
        self.app.objects().mirror().delete(key).await?;
        self.count(|tally| &mut tally.removed, Some("removed"), key);
        Ok(())
    }

    /// What lies under the prefix of a merchant that is not in the store.
    async fn strangers(&mut self) -> Result<(), MirrorError> {
        let room = self.app.objects().mirror().clone();
        for merchant in room.merchants().await? {
            if self.known.contains(&merchant) {
                continue;
            }
            let mut objects = room.walk(&format!("users/{merchant}"))?;
            while let Some(object) = objects.try_next().await? {
                self.superfluous(&object.key).await?;
            }
        }
        Ok(())
    }
}

/// Many keys in little room: a digest of each.
#[derive(Debug, Default)]
struct Keys(HashSet<[u8; 16]>);

impl Keys {
    fn insert(&mut self, key: &str) {
        self.0.insert(digest_of(key));
    }

    fn contains(&self, key: &str) -> bool {
        self.0.contains(&digest_of(key))
    }
}

fn digest_of(key: &str) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(key).into();
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

/// All that a merchant's mirror is about, slice by slice.
struct Subjects<'a> {
    app: &'a App,
    merchant: MerchantId,
    next: Next,
}

enum Next {
    Connections,
    Conversations(Option<ConversationId>),
    Nothing,
}

impl<'a> Subjects<'a> {
    const fn of(app: &'a App, merchant: MerchantId) -> Self {
        Self { app, merchant, next: Next::Connections }
    }

    async fn next(&mut self) -> Result<Option<Vec<Subject>>, MirrorError> {
        match self.next {
            Next::Connections => {
                let conversations = keeps_conversations(self.app);
                self.next = if conversations { Next::Conversations(None) } else { Next::Nothing };
                self.connections().await.map(Some)
            }
            Next::Conversations(after) => {
                let ids = self.app.store().list_conversation_ids(self.merchant, after, SLICE).await?;
                let Some(last) = ids.last() else { return Ok(None) };
                self.next = Next::Conversations(Some(*last));
                Ok(Some(ids.into_iter().map(Subject::Conversation).collect()))
            }
            Next::Nothing => Ok(None),
        }
    }

    async fn connections(&self) -> Result<Vec<Subject>, MirrorError> {
        let mut subjects = Vec::new();
        for row in self.app.store().list_shops(self.merchant).await? {
            subjects.extend([Subject::Shop(row.shop.domain.clone()), Subject::Products(row.shop.domain)]);
        }
        for row in self.app.store().list_accounts(self.merchant).await? {
            subjects.push(Subject::Account(row.account.id));
        }
        Ok(subjects)
    }
}
