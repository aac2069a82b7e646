//! A token for programs that try the API: another one at each start, and the former one counts no more.

use shopclerk_domain::entropy::SystemEntropy;
use shopclerk_domain::secret::SecretText;
use shopclerk_flows::app::App;
use shopclerk_flows::error::FlowError;
use shopclerk_flows::operator::{self, NewToken, Scope};

/// What it is called in the list.
const NAME: &str = "sandbox";

/// A token that is good for everything.
pub(super) async fn fresh(app: &App) -> anyhow::Result<SecretText> {
    match operator::revoke(app, NAME).await {
        Ok(()) | Err(FlowError::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let text = operator::draw(&SystemEntropy);
    let (name, scopes) = (NAME.to_owned(), Scope::ALL.to_vec());
    operator::keep(app, NewToken { name, scopes, life: None, hash: operator::hash(&text) }).await?;
    Ok(text)
}
