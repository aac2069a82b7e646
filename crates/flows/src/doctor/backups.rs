//! Backups: how old the newest is. Only one that was read back counts.

use std::time::Duration;

use super::Finding;
use crate::app::App;
use crate::backup;

const CODE: &str = "backups.age";
/// One is made every night; this leaves it its time.
const OLD: Duration = Duration::from_hours(26);

pub(super) async fn examine(app: &App) -> Finding {
    const NOW: &str = "Make one now: shopclerk backup now";
    let listed = match backup::list(app.objects()).await {
        Ok(listed) => listed.into_iter().filter(|one| one.read_back).collect::<Vec<_>>(),
        Err(error) => {
            let says = format!("The backups cannot be listed: {}", error.sentence());
            return Finding::broken(CODE, says, "Let this server read and write their place");
        }
    };
    let Some(newest) = listed.first() else {
        return Finding::warning(CODE, "There is no backup yet", NOW);
    };
    let age = app.now().since(newest.made_at);
    if age > OLD {
        let says = format!("The newest backup is {} hours old", age.as_secs() / 3_600);
        return Finding::warning(CODE, says, NOW);
    }
    let others = listed.len() - 1;
    Finding::ok(CODE, format!("The newest backup is from the last day; {others} older ones are kept"))
}
