//! The shopper's first name, asked for once and never waited for long: a name must not hold up an answer.

use std::time::Duration;

use shopclerk_storage::nouns::conversations::Leased;

use crate::app::App;
use crate::work::wait;

const BUDGET: Duration = Duration::from_millis(700);

/// The name, if the channel tells it.
pub(crate) async fn first_name(app: &App, leased: &Leased) -> Option<String> {
    let conversation = &leased.conversation;
    if conversation.first_name.is_some() || !leased.history_is_empty {
        return conversation.first_name.clone().filter(|name| !name.is_empty());
    }
    let merchant = leased.lease.merchant;
    let token = app.store().account_token(merchant, leased.account.id).await.ok()??;
    let asked = wait::within(BUDGET, app.meta().profile(&token, &conversation.alias)).await?;
    let name = match asked {
        Ok(profile) => profile.first_name?,
        Err(error) => {
            tracing::debug!(merchant.id = %merchant, %error, "the shopper's name is not known");
            return None;
        }
    };
    if let Err(error) = app.store().name_shopper(merchant, conversation.id, &name).await {
        tracing::debug!(merchant.id = %merchant, %error, "the shopper's name was not kept");
    }
    Some(name)
}
