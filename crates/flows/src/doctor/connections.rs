//! Whose connections the doctor looks at: all of a small installation, some of a large one.

use shopclerk_domain::ids::MerchantId;

use crate::app::App;
use crate::connections::{Overview, overview};
use crate::error::FlowError;

/// Merchants whose connections are asked about at their platforms; of more, only so many.
const MOST_MERCHANTS: usize = 25;

/// The merchants that are looked at.
pub(super) struct Gathered {
    pub(super) merchants: Vec<(MerchantId, Overview)>,
    /// Whether there are more.
    pub(super) more: bool,
}

pub(super) async fn gather(app: &App) -> Gathered {
    match read(app).await {
        Ok(gathered) => gathered,
        Err(error) => {
            tracing::warn!(%error, "the doctor could not read the connections");
            Gathered { merchants: Vec::new(), more: false }
        }
    }
}

async fn read(app: &App) -> Result<Gathered, FlowError> {
    let mut ids = app.store().list_merchants(None, MOST_MERCHANTS + 1).await?;
    let more = ids.len() > MOST_MERCHANTS;
    ids.truncate(MOST_MERCHANTS);
    let mut merchants = Vec::new();
    for id in ids {
        merchants.push((id, overview(app, id).await?));
    }
    Ok(Gathered { merchants, more })
}
