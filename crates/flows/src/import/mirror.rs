//! What the Python version left in the mirror: some of its files hold Page tokens. Nothing is read from them; those with a token
//! are named, and removed where that is asked for.

use std::fmt;

use shopclerk_domain::ids::MerchantId;
use shopclerk_upstream::objects::ObjectsError;

use crate::app::App;

/// How the files were called that may hold one.
const NAMES: [&str; 3] = ["page_data.json", "page_metadata.json", "data.json"];

/// How a token is named or begins.
const MARKS: [&str; 3] = ["access_token", "EAA", "shpat_"];

/// Files of the old mirror that hold tokens.
#[derive(Debug, Default)]
pub(super) struct OldMirror {
    found: Vec<String>,
    removed: bool,
    /// Why it could not be looked at.
    trouble: Option<ObjectsError>,
}

/// What is to become of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldFiles {
    /// They are named.
    Name,
    /// They are removed.
    Remove,
}

pub(super) async fn look(app: &App, merchants: &[MerchantId], files: OldFiles) -> OldMirror {
    let mut old = OldMirror { removed: files == OldFiles::Remove, ..OldMirror::default() };
    for merchant in merchants {
        if let Err(error) = look_at(app, *merchant, files, &mut old.found).await {
            old.trouble = Some(error);
            break;
        }
    }
    old
}

async fn look_at(
    app: &App,
    merchant: MerchantId,
    files: OldFiles,
    found: &mut Vec<String>,
) -> Result<(), ObjectsError> {
    let room = app.objects().mirror();
    for object in room.list(&format!("users/{merchant}")).await? {
        let name = object.key.rsplit('/').next().unwrap_or_default();
        if !NAMES.contains(&name) {
            continue;
        }
        let Some(content) = room.get(&object.key).await? else { continue };
        if MARKS.iter().any(|mark| content.windows(mark.len()).any(|window| window == mark.as_bytes())) {
            if files == OldFiles::Remove {
                room.delete(&object.key).await?;
            }
            found.push(object.key);
        }
    }
    Ok(())
}

impl fmt::Display for OldMirror {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for key in &self.found {
            writeln!(
                out,
                "  {}  {key}: a file of the old mirror with a token in it",
                if self.removed { "removed" } else { "token  " }
            )?;
        }
        if !self.found.is_empty() && !self.removed {
            writeln!(out, "To remove these files: shopclerk import --apply --delete-old-mirror")?;
        }
        match &self.trouble {
            Some(error) => writeln!(out, "The old mirror could not be looked at: {error}."),
            None => Ok(()),
        }
    }
}
