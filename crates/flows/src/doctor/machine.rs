//! The machine: who else can read the data, how much room is left, and whether the clock is right.

use std::fs::Metadata;
use std::path::Path;

use super::{Finding, Premises};
use crate::app::App;

const MIB: u64 = 1024 * 1024;
/// Below this nothing can be written any more soon.
const NO_ROOM: u64 = 200 * MIB;
/// Below this it is time to make room.
const LITTLE_ROOM: u64 = 1024 * MIB;

/// Signatures older than this are refused, ours and the platforms'.
const CLOCK_BROKEN_MS: u64 = 300_000;
/// A clock that is kept in step is never this far off.
const CLOCK_ODD_MS: u64 = 30_000;

pub(super) fn examine(premises: &Premises) -> Vec<Finding> {
    let mut found = vec![folder(&premises.folder)];
    found.extend(premises.secret_files.iter().filter_map(|file| secret_file(file)));
    found.extend(premises.free_bytes.map(room));
    found
}

fn folder(folder: &Path) -> Finding {
    const CODE: &str = "machine.folder";
    let shown = folder.display();
    match std::fs::metadata(folder) {
        Err(error) => Finding::broken(
            CODE,
            format!("The data folder {shown} cannot be looked at ({})", error.kind()),
            "Make it a folder of the user this server runs as",
        ),
        Ok(about) if others_may(&about) => Finding::warning(
            CODE,
            format!("Others on this machine can look into the data folder {shown}"),
            format!("chmod 700 {shown}"),
        ),
        Ok(about) if about.permissions().readonly() => Finding::broken(
            CODE,
            format!("The data folder {shown} is read-only"),
            format!("chmod 700 {shown}"),
        ),
        Ok(_) => Finding::ok(CODE, format!("The data folder {shown} is ours alone")),
    }
}

fn secret_file(file: &Path) -> Option<Finding> {
    let shown = file.display();
    let about = std::fs::metadata(file).ok()?;
    Some(if others_may(&about) {
        Finding::broken(
            "machine.secret_file",
            format!("Others on this machine can read {shown}, which holds secrets"),
            format!("chmod 600 {shown}; if others use this machine, rotate what it holds"),
        )
    } else {
        Finding::ok("machine.secret_file", format!("{shown} is ours alone"))
    })
}

#[cfg(unix)]
fn others_may(about: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    about.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn others_may(_about: &Metadata) -> bool {
    false
}

fn room(free: u64) -> Finding {
    const CODE: &str = "machine.disk";
    const CURE: &str = "Make room on the disk of the data folder, or move the folder";
    match free {
        0..NO_ROOM => Finding::broken(CODE, format!("The disk is full: {} MiB are left", free / MIB), CURE),
        NO_ROOM..LITTLE_ROOM => {
            Finding::warning(CODE, format!("The disk is nearly full: {} MiB are left", free / MIB), CURE)
        }
        _ => Finding::ok(CODE, format!("{} GiB are left on the disk", free / (1024 * MIB))),
    }
}

/// What the platforms' own clocks say of ours, once they were asked anything.
pub(super) fn clock(app: &App) -> Option<Finding> {
    const CODE: &str = "machine.clock";
    let ahead = app.meta().clock_ahead_ms().or_else(|| app.shopify().clock_ahead_ms())?;
    let (off, way) = (ahead.unsigned_abs(), if ahead > 0 { "ahead of" } else { "behind" });
    let says = format!("The clock is {} s {way} the platforms'", off / 1_000);
    let cure =
        "Keep it in step with NTP, such as `timedatectl set-ntp true`: signatures are refused when it is off";
    Some(match off {
        CLOCK_BROKEN_MS.. => Finding::broken(CODE, says, cure),
        CLOCK_ODD_MS.. => Finding::warning(CODE, says, cure),
        _ => Finding::ok(CODE, "The clock agrees with the platforms'"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn room_runs_out_in_two_steps() {
        for (mib, level) in [
            (0, Level::Broken),
            (199, Level::Broken),
            (200, Level::Warning),
            (1_023, Level::Warning),
            (1_024, Level::Ok),
        ] {
            assert_eq!(room(mib * MIB).level, level, "{mib}");
        }
    }
}
