//! Files of the operator's that hold secrets: they should be read by nobody else on the machine.

use std::path::Path;

use super::check::Checker;

/// Warns of a file that everybody can read, or refuses it where the operator asked for that. A group of the owner's choice
/// may read it: that is how a service gets at a file of root's.
pub(super) fn check(check: &mut Checker<'_>, option: &str, path: &Path) {
    let Some(strict) = check.switch("SHOPCLERK_STRICT") else { return };
    if !is_open(path) {
        return;
    }
    let (what, cure) =
        ("can be read by everybody on this machine", format!("run: chmod o= {}", path.display()));
    if strict {
        check.fault(option, what, cure);
    } else {
        check.remark(format!("{option} {what}; {cure}"));
    }
}

#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_open(_path: &Path) -> bool {
    false
}
