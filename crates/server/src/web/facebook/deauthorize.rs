//! `/facebook/deauthorize`: Meta says that a person removed the app.

use axum::extract::State;
use shopclerk_flows::app::App;
use shopclerk_flows::deletion;

use super::webhook::Received;
use crate::web::extract::SmallBody;
use crate::web::problem::Problem;

/// Meta tells.
pub(crate) async fn receive(State(app): State<App>, body: SmallBody) -> Result<Received, Problem> {
    deletion::deauthorize(&app, &body.bytes).await?;
    Ok(Received::success())
}
