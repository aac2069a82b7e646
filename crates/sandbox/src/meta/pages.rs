//! The person's Pages, however they hold them, with the Page tokens; and whatever else has an id.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::dialog;
use super::error::GraphError;
use super::fields;
use super::graph::{Answer, Caller};
use super::ledger::{Kind, Token};
use super::{Held, MetaFake, PageSetup};

/// The portfolio through which Pages may be held.
pub(super) const BUSINESS_ID: &str = "2270114400551823";

impl MetaFake {
    /// `me/accounts`: the Pages a person holds themselves.
    pub(super) fn accounts(&self, call: &Call) -> Answer {
        let person = self.person(call)?;
        Self::only_me(call)?;
        let pages = if person.has("pages_show_list") { self.held(Held::Directly) } else { Vec::new() };
        self.list_pages(call, &person, "me/accounts", &pages)
    }

    /// `me/businesses`: the portfolios a person works for.
    pub(super) fn businesses(&self, call: &Call) -> Answer {
        let person = self.person(call)?;
        Self::only_me(call)?;
        if !person.has("business_management") {
            return Err(GraphError::permission("business_management"));
        }
        let held = self.options.pages.iter().any(|page| page.held != Held::Directly);
        let whole = json!({ "id": BUSINESS_ID, "name": "Sandbox Holding" });
        let businesses = if held { vec![whole] } else { Vec::new() };
        self.list(call, "Business", "id,name", businesses)
    }

    /// `{business}/owned_pages` and `{business}/client_pages`.
    pub(super) fn portfolio_pages(&self, call: &Call, business: &str, edge: &str) -> Answer {
        let person = self.person(call)?;
        if business != BUSINESS_ID {
            return Err(GraphError::missing_object("get", business));
        }
        if !person.has("business_management") {
            return Err(GraphError::permission("business_management"));
        }
        let how = if edge == "owned_pages" { Held::ByPortfolio } else { Held::ForClient };
        self.list_pages(call, &person, edge, &self.held(how))
    }

    /// One thing by its id: a Page, a shopper, or the caller themselves.
    pub(super) fn node(&self, call: &Call, id: &str) -> Answer {
        let caller = self.caller(call)?;
        let Caller::Token(token) = caller else { return Err(GraphError::missing_object("get", id)) };
        if let Kind::Page(own) = &token.kind
            && let Some(profile) = self.shopper_profile(call, own, id)
        {
            return profile;
        }
        let id = match (&token.kind, id) {
            (Kind::Page(own), "me") => own,
            (_, other) => other,
        };
        if let Some(page) = self.page(id) {
            let visible = match &token.kind {
                Kind::Page(own) => own == id,
                Kind::ShortUser | Kind::LongUser => token.has("pages_show_list"),
            };
            if !visible {
                return Err(GraphError::missing_object("get", id));
            }
            let wanted = asked(call, "id,name")?;
            self.options.journal.record(
                "meta.page",
                format!("The app reads the Page {}", page.name),
                json!({ "page": id }),
            );
            let read = || fields::select(&self.whole_page(page, &token), "Page", &wanted);
            // A Page that reads itself is given no token: nothing is to be remembered.
            return if matches!(token.kind, Kind::Page(_)) { read() } else { self.save_after(read) };
        }
        if id == "me" || id == dialog::PERSON_ID {
            let whole = json!({ "id": dialog::PERSON_ID, "name": dialog::PERSON_NAME });
            return fields::select(&object(whole), "User", &asked(call, "id,name")?);
        }
        Err(GraphError::missing_object("get", id))
    }

    fn only_me(call: &Call) -> Result<(), GraphError> {
        match call.path.first().map(String::as_str) {
            Some("me" | dialog::PERSON_ID) => Ok(()),
            other => Err(GraphError::missing_object("get", other.unwrap_or_default())),
        }
    }

    fn held(&self, how: Held) -> Vec<&PageSetup> {
        self.picked_pages().into_iter().filter(|page| page.held == how).collect()
    }

    fn list_pages(&self, call: &Call, person: &Token, edge: &str, pages: &[&PageSetup]) -> Answer {
        let whole = || pages.iter().map(|page| Value::Object(self.whole_page(page, person))).collect();
        let default = "access_token,category,category_list,name,id,tasks";
        let answer = self.save_after(|| self.list(call, "Page", default, whole()))?;
        let count = answer.get("data").and_then(Value::as_array).map_or(0, Vec::len);
        let summary = format!("{edge}: {count} of {} Pages listed", pages.len());
        self.options.journal.record("meta.accounts", summary, json!({ "edge": edge, "listed": count }));
        Ok(answer)
    }

    /// A Page token may have been made while the answer was put together: it is saved before it leaves.
    fn save_after(&self, answer: impl FnOnce() -> Answer) -> Answer {
        let answer = answer()?;
        self.save(&self.memory()).map_err(|_| GraphError::unavailable())?;
        Ok(answer)
    }

    fn whole_page(&self, page: &PageSetup, from: &Token) -> Map<String, Value> {
        let token = page.may_act.then(|| match &from.kind {
            Kind::Page(_) => Value::Null,
            Kind::ShortUser | Kind::LongUser => {
                let now = self.options.clock.now();
                self.memory().ledger.page_token(&page.id, from, now, &*self.options.entropy).into()
            }
        });
        let tasks = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"];
        let picture = format!("https://scontent.xx.fbcdn.net/v/page/{}.jpg", page.id);
        let mut whole = object(json!({
            "id": page.id,
            "name": self.name_of(page),
            "category": page.category,
            "category_list": [{ "id": "2500", "name": page.category }],
            "access_token": token.unwrap_or_default(),
            "tasks": page.may_act.then_some(tasks),
            "link": format!("https://www.facebook.com/{}", page.id),
            "picture": { "data": { "height": 50, "width": 50, "is_silhouette": false, "url": picture } },
            "instagram_business_account": null,
            "emails": null,
            "website": null,
            "about": null,
            "fan_count": 0,
            "verification_status": "not_verified",
            "location": null,
            "phone": null,
        }));
        whole.extend(self.memory().changed.get(&page.id).cloned().unwrap_or_default());
        whole
    }

    /// One page of results with Graph's paging. `next` carries the token, as Graph's does, but no proof.
    fn list(&self, call: &Call, node: &str, default: &str, whole: Vec<Value>) -> Answer {
        self.list_asked(call, node, &asked(call, default)?, whole)
    }

    /// The same, of fields that were read already.
    pub(super) fn list_asked(
        &self,
        call: &Call,
        node: &str,
        wanted: &[fields::Field],
        whole: Vec<Value>,
    ) -> Answer {
        let most = self.options.page_size.max(1);
        let limit = match call.params.text("limit") {
            None => most,
            Some(text) => match text.parse::<usize>() {
                Ok(limit @ 1..=5_000) => limit.min(most),
                _ => return Err(GraphError::parameter("Param limit must be a number between 1 and 5000")),
            },
        };
        let start = match call.params.text("after") {
            None => 0,
            Some(cursor) => {
                position(&cursor).ok_or_else(|| GraphError::parameter("Invalid cursors values"))?
            }
        };
        let count = whole.len();
        let end = start.saturating_add(limit).min(count);
        let data: Vec<Value> = whole
            .into_iter()
            .take(end)
            .skip(start)
            .map(|one| fields::select(&object(one), node, wanted))
            .collect::<Result<_, _>>()?;
        if data.is_empty() {
            return Ok(json!({ "data": [] }));
        }
        let mut paging = json!({ "cursors": { "before": cursor(start), "after": cursor(end) } });
        if end < count
            && let Some(paging) = paging.as_object_mut()
        {
            paging.insert("next".to_owned(), self.next_page(call, limit, end).into());
        }
        Ok(json!({ "data": data, "paging": paging }))
    }

    fn next_page(&self, call: &Call, limit: usize, end: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("access_token", &call.token().unwrap_or_default());
        if let Some(wanted) = call.params.text("fields") {
            query.append_pair("fields", &wanted);
        }
        query.append_pair("limit", &limit.to_string()).append_pair("after", &cursor(end));
        format!("{}/{}/{}?{}", self.options.base_url, call.version, call.path.join("/"), query.finish())
    }
}

/// The asked fields, or those a node answers unasked.
pub(super) fn asked(call: &Call, default: &str) -> Result<Vec<fields::Field>, GraphError> {
    fields::parse(call.params.text("fields").as_deref().filter(|text| !text.is_empty()).unwrap_or(default))
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

fn cursor(position: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("cursor:{position:08}"))
}

fn position(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("cursor:")?.parse().ok()
}
