//! Backups of the whole store: copied, sealed, carried to the objects' place, read back and compared; the old ones go by a rule.
//! Beside them lie the token pairs that were rotated since, each as it is rotated.

mod error;
mod follow;
mod keep;
mod ledger;
mod names;
mod restore;
mod tokens;

use std::path::{Path, PathBuf};
use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_storage::{BackupHead, Snapshot};
use shopclerk_upstream::objects::{Found, Objects};

pub use self::error::BackupFault;
pub use self::follow::follow;
pub use self::keep::Keep;
pub(crate) use self::ledger::keep as keep_erasures;
use self::names::{FOLDER, key_of, mark_of, marked_by, moment_of, name_at};
pub use self::restore::{Place, restore};
pub(crate) use self::tokens::keep_pair;
use crate::app::App;
use crate::error::JobError;
use crate::keys::{self, Custody};
use crate::progress::{Progress, Unwatched};

/// When backups are made and how many are kept.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// When the nightly one is made: so long after midnight UTC.
    pub at: Duration,
    /// How many are kept.
    pub keep: Keep,
    /// A folder of ours alone on the disk of the store, for the copy on its way.
    pub scratch: PathBuf,
}

impl BackupSettings {
    /// The defaults, with the scratch folder beside the other derived data.
    pub(crate) fn beside(index_folder: &Path) -> Self {
        Self { at: keep::AT, keep: Keep::default(), scratch: index_folder.with_file_name("scratch") }
    }
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Its length, sealed.
    pub bytes: u64,
    /// How many older ones have gone.
    pub removed: usize,
    /// What its reader should know: that a lost disk loses it too.
    pub warning: Option<String>,
}

/// A backup as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The moment it shows.
    pub made_at: Timestamp,
    /// Its length, sealed.
    pub bytes: u64,
    /// Whether what lies there was compared with what was sealed, or opened whole since: not if its maker died on the way.
    pub read_back: bool,
}

/// Makes a backup; it is listed once it was carried whole, and worth something once this returns.
pub async fn make(app: &App, progress: &dyn Progress) -> Result<Made, BackupFault> {
    let _alone = app.backing_up.try_lock().map_err(|_| BackupFault::UnderWay)?;
    let now = app.now();
    progress.at("copying and sealing the store", 0, None);
    let snapshot = app.store().snapshot(app.settings().backup.scratch.clone(), now).await?;
    let name = name_at(now);
    let carried = carry(app, &snapshot, &name, progress).await;
    discard(&snapshot.file);
    carried?;
    let removed = clear_away(app, now).await?;
    let warning = warning(app).await?;
    if let Some(warning) = &warning {
        progress.say(warning);
        tracing::warn!("{warning}");
    }
    tracing::info!(backup = %name, bytes = snapshot.bytes, "a backup was made and read back");
    Ok(Made { name, bytes: snapshot.bytes, removed, warning })
}

/// The nightly one.
pub(crate) async fn nightly(app: &App) -> Result<(), JobError> {
    match make(app, &Unwatched).await {
        Ok(_) | Err(BackupFault::UnderWay) => Ok(()),
        Err(error) => {
            tracing::error!(error = %error.sentence(), "the nightly backup failed");
            Err(JobError::retry("backup.failed"))
        }
    }
}

/// To the objects' place and back: what lies there must be what was sealed here.
async fn carry(
    app: &App,
    snapshot: &Snapshot,
    name: &str,
    progress: &dyn Progress,
) -> Result<(), BackupFault> {
    let (room, key, mark) = (app.objects().backups(), key_of(name), mark_of(name));
    room.put(&mark, name.to_owned().into()).await?;
    progress.at("carrying it to its place", 0, Some(snapshot.bytes));
    room.put_file(&key, &snapshot.file).await?;
    progress.at("reading it back", 0, Some(snapshot.bytes));
    if room.hash(&key).await? == Some(snapshot.hash) {
        return Ok(room.delete(&mark).await?);
    }
    room.delete(&key).await?;
    room.delete(&mark).await?;
    Err(BackupFault::NotTheSame)
}

/// Removes the backups that no rule keeps or nobody read back, and token pairs of shops that are no more.
async fn clear_away(app: &App, now: Timestamp) -> Result<usize, BackupFault> {
    let room = app.objects().backups();
    for name in marked(&room.list(FOLDER).await?) {
        room.delete(&key_of(name)).await?;
        room.delete(&mark_of(name)).await?;
    }
    let all = list(app.objects()).await?;
    let moments: Vec<Timestamp> = all.iter().map(|one| one.made_at).collect();
    let kept = app.settings().backup.keep.of(&moments, now);
    let mut removed = 0;
    for one in all.iter().filter(|one| !kept.contains(&one.made_at)) {
        room.delete(&key_of(&one.name)).await?;
        removed += 1;
    }
    tokens::sweep(app).await?;
    Ok(removed)
}

async fn warning(app: &App) -> Result<Option<String>, BackupFault> {
    Ok(match keys::custody(app).await? {
        Custody::Given | Custody::Exported { .. } => None,
        Custody::OnlyHere { file } => Some(format!(
            "the keys lie only in {}: a lost disk loses this backup too; run `shopclerk keys export`",
            file.display()
        )),
    })
}

/// All backups, the newest first.
pub async fn list(objects: &Objects) -> Result<Vec<Listed>, BackupFault> {
    let found = objects.backups().list(FOLDER).await?;
    let unread = marked(&found);
    let ours = |found: &Found| {
        let name = file_of(found)?.to_owned();
        let read_back = !unread.contains(&&*name);
        // The Python version's copies, and whatever else somebody put there, are no backups of ours.
        Some(Listed { made_at: moment_of(&name)?, name, bytes: found.bytes, read_back })
    };
    let mut listed: Vec<Listed> = found.iter().filter_map(ours).collect();
    listed.sort_by_key(|one| std::cmp::Reverse(one.made_at));
    Ok(listed)
}

fn file_of(found: &Found) -> Option<&str> {
    found.key.strip_prefix(FOLDER)?.strip_prefix('/')
}

/// Backups that are marked as not read back, whether they came to lie there or not.
fn marked(found: &[Found]) -> Vec<&str> {
    found.iter().filter_map(|found| marked_by(file_of(found)?)).collect()
}

/// Fetches a backup (the newest for `None`), opens all of it and checks the database in it.
pub async fn verify(
    app: &App,
    name: Option<&str>,
    progress: &dyn Progress,
) -> Result<(String, BackupHead), BackupFault> {
    let _alone = app.backing_up.try_lock().map_err(|_| BackupFault::UnderWay)?;
    let listed = pick(list(app.objects()).await?, name)?;
    progress.at(&format!("fetching {}", listed.name), 0, Some(listed.bytes));
    let scratch = &app.settings().backup.scratch;
    let file = fetch(app.objects(), &listed.name, scratch).await?;
    progress.at("opening and checking it", 0, None);
    let verified = app.store().verify_snapshot(file.clone(), scratch.clone()).await;
    discard(&file);
    let head = verified?;
    if !listed.read_back {
        app.objects().backups().delete(&mark_of(&listed.name)).await?;
    }
    Ok((listed.name, head))
}

/// The one that is asked for, or the newest.
fn pick(listed: Vec<Listed>, name: Option<&str>) -> Result<Listed, BackupFault> {
    let found = listed.into_iter().find(|one| name.is_none_or(|name| name == one.name));
    found.ok_or_else(|| match name {
        Some(name) => BackupFault::NoSuch { name: name.to_owned() },
        None => BackupFault::None,
    })
}

/// Brings a backup into a file of `scratch`.
async fn fetch(objects: &Objects, name: &str, scratch: &Path) -> Result<PathBuf, BackupFault> {
    make_folder(scratch).map_err(BackupFault::Local)?;
    let file = scratch.join("fetched.sealed");
    discard(&file);
    let found = objects.backups().get_file(&key_of(name), &file).await?;
    found.map(|_| file).ok_or_else(|| BackupFault::NoSuch { name: name.to_owned() })
}

/// Removes a file of the scratch folder; the next backup empties it in any case.
fn discard(file: &Path) {
    if let Err(error) = std::fs::remove_file(file)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(file = %file.display(), %error, "a file of a backup stays until the next one");
    }
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
