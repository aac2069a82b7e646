//! A shop asks, for a customer, what we know of them: everything that is kept of the shoppers they may be is gathered and kept
//! for the merchant, who hands it on.

use serde_json::{Value, json};
use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::ids::{ConversationId, MerchantId, ShopperId};
use shopclerk_storage::nouns::data_requests::DataRequest;
use shopclerk_storage::nouns::erasures::{Scope, Trace};

use crate::app::App;
use crate::erase;
use crate::error::{FlowError, JobError};

/// Conversations, and messages of each, that an answer holds at most.
const CONVERSATIONS: usize = 1_000;
const MESSAGES: usize = 10_000;
/// Requests that are listed at once.
const REQUESTS: usize = 1_000;

/// Answers a request.
pub(crate) async fn answer(app: &App, merchant: MerchantId, request: &str) -> Result<(), JobError> {
    let Some(DataRequest { about: Some(about), .. }) =
        app.store().find_data_request(merchant, request).await?
    else {
        return Ok(());
    };
    let answers = gather(app, merchant, &about).await?;
    let shoppers = answers.len();
    app.store().answer_data_request(merchant, request, answers, app.now()).await?;
    tracing::info!(merchant.id = %merchant, request, shoppers, "a request for a customer's data is answered");
    app.saw(
        "data_request.answered",
        format!("{shoppers} shoppers may be the customer of request {request}"),
        json!({ "request": request, "shoppers": shoppers }),
    );
    Ok(())
}

async fn gather(
    app: &App,
    merchant: MerchantId,
    about: &Customer,
) -> Result<Vec<(ShopperId, String)>, JobError> {
    if !about.is_known() {
        return Ok(Vec::new());
    }
    let mut answers = Vec::new();
    for shopper in erase::find_customer(app, merchant, about).await? {
        let traces = app.store().list_traces(merchant, Scope::Shopper(shopper), None, CONVERSATIONS).await?;
        let mut conversations = Vec::new();
        for trace in traces {
            conversations.push(conversation(app, merchant, &trace).await?);
        }
        answers.push((shopper, json!({ "conversations": conversations }).to_string()));
    }
    Ok(answers)
}

async fn conversation(app: &App, merchant: MerchantId, trace: &Trace) -> Result<Value, JobError> {
    let id: ConversationId = trace.conversation;
    let known = app.store().find_conversation(merchant, id).await?;
    let messages = app.store().list_messages(merchant, id, MESSAGES).await?;
    let said = messages.iter().map(
        |message| json!({ "by": message.author.word(), "at": message.at.millis(), "text": message.text }),
    );
    Ok(json!({
        "page": trace.account,
        "person": trace.alias.as_ref().map(ShopperAlias::expose),
        "first_name": known.as_ref().and_then(|known| known.first_name.clone()),
        "about": known.map(|known| known.memory.words),
        "messages": said.collect::<Vec<_>>(),
    }))
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    /// Nobody made it, or its time is over.
    Unknown,
    /// The answer is still being gathered.
    Waiting,
    /// A JSON list: per shopper who may be the customer, all that is kept.
    Ready(String),
}

/// The merchant's requests that are kept, the newest first.
pub async fn list(app: &App, merchant: MerchantId) -> Result<Vec<DataRequest>, FlowError> {
    Ok(app.store().list_data_requests(merchant, REQUESTS).await?)
}

/// Everybody's requests that are kept, the newest first: for the operator.
pub async fn list_all(app: &App) -> Result<Vec<(MerchantId, DataRequest)>, FlowError> {
    Ok(app.store().list_all_data_requests(REQUESTS).await?)
}

/// The answer to a request of the merchant's.
pub async fn show(app: &App, merchant: MerchantId, request: &str) -> Result<Answered, FlowError> {
    let Some(found) = app.store().find_data_request(merchant, request).await? else {
        return Ok(Answered::Unknown);
    };
    if found.done_at.is_none() {
        return Ok(Answered::Waiting);
    }
    let answers = app.store().list_data_answers(merchant, request).await?;
    let texts: Vec<String> = answers.into_iter().map(|(_, text)| text).collect();
    Ok(Answered::Ready(format!("[{}]", texts.join(","))))
}
