//! Names of backups: the moment each shows, so that a listing needs to open none of them.

use shopclerk_domain::clock::Timestamp;

/// Where the backups lie among the objects.
pub(super) const FOLDER: &str = "backups/snapshots";

const ENDING: &str = ".sealed";

/// The name of the backup that shows this moment, such as `20261121T110000876Z.sealed`.
pub(super) fn name_at(at: Timestamp) -> String {
    let digits = at.to_string().replace(['-', ':', '.'], "");
    format!("{digits}{ENDING}")
}

/// The moment that a name tells; `None` for a name that is not of our making.
pub(super) fn moment_of(name: &str) -> Option<Timestamp> {
    let digits = name.strip_suffix(ENDING).filter(|digits| digits.len() == "20261121T110000876Z".len())?;
    let part = |from: usize, to: usize| digits.get(from..to);
    let text = format!(
        "{}-{}-{}:{}:{}.{}",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 11)?,
        part(11, 13)?,
        part(13, 15)?,
        part(15, 19)?
    );
    Timestamp::parse(&text).filter(|at| name_at(*at) == name)
}

/// The object of a name.
pub(super) fn key_of(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

/// What the mark of a backup ends with that was carried, or is about to be, and not read back yet.
const UNREAD: &str = ".unread";

/// The object that marks a backup as not read back.
pub(super) fn mark_of(name: &str) -> String {
    format!("{}{UNREAD}", key_of(name))
}

/// The backup that a file beside it marks; `None` for a file that is no mark.
pub(super) fn marked_by(file: &str) -> Option<&str> {
    file.strip_suffix(UNREAD).filter(|name| moment_of(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(moment_of(name), expected.and_then(Timestamp::parse), "{name}");
    }

    #[test]
    fn only_names_of_our_making_are_backups() {
        check("20261121T110000876Z.sealed", Some("2026-11-21T11:00:00.876Z"));
        assert_eq!(marked_by("20261121T110000876Z.sealed.unread"), Some("20261121T110000876Z.sealed"));
        assert_eq!(marked_by("tokens.unread"), None);
        for foreign in [
            "",
            "tokens_2026-11-21.db",
            "20261121T110000876Z",
            "20261121T110000876Z.sealed.part",
            "20261121T110000876Z.sealed.unread",
            "20261321T110000876Z.sealed",
            "20261121 110000876Z.sealed",
            "２0261121T1100008Z.sealed",
        ] {
            check(foreign, None);
        }
    }
}
