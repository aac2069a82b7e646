//! A world with a language model, and what a story lets the model say.

use std::time::Duration;

use serde_json::Value;
use shopclerk_flows::app::Settings;
use shopclerk_sandbox::model::{ModelFake, Setting, Step};
use shopclerk_sandbox::shopify::store::Product;

use crate::scene::Scene;
use crate::world::World;

pub(crate) const MODEL_KEY: &str = "sk-story-5521-never-shown-anywhere";
const WITH_MODEL: &[(&str, &str)] = &[("AGENT_MODEL", "rehearsal"), ("AGENT_API_KEY", MODEL_KEY)];

/// The model says these words.
pub(crate) fn say(words: &str) -> Step {
    Step::say(words)
}

/// The model asks for this tool; arguments that are a text are written as they are.
pub(crate) fn call(tool: &str, arguments: &Value) -> Step {
    Step::call(tool, arguments)
}

/// A world whose product has a model, switched off until a story lets it speak.
pub(crate) async fn with_model(products: Vec<Product>) -> World {
    scene(products).connected().await
}

/// The same, before it is connected.
pub(crate) fn scene(products: Vec<Product>) -> Scene {
    Scene::of(products).configured(WITH_MODEL)
}

/// A turn does not wait long, in real time, for a model that never answers.
pub(crate) fn impatient(settings: &mut Settings) {
    settings.model.deadline = Duration::from_millis(100);
}

impl World {
    /// The model.
    pub(crate) fn model(&self) -> &ModelFake {
        self.sandbox().model()
    }

    /// The model does this from now on.
    pub(crate) fn model_is(&self, mode: &str, seed: u64) {
        let setting = Setting::read(&serde_json::json!({ "mode": mode, "seed": seed })).unwrap();
        self.model().set(setting);
    }

    /// Everything the model was ever sent, as one text per request.
    pub(crate) fn prompts(&self) -> Vec<String> {
        self.model().asked().iter().map(Value::to_string).collect()
    }

    /// Whether it was offered tools, request by request.
    pub(crate) fn asked_with_tools(&self) -> Vec<bool> {
        self.model().asked().iter().map(|body| body.get("tools").is_some()).collect()
    }

    /// Waits until the model was asked so often.
    pub(crate) async fn until_the_model_was_asked(&self, times: u64) {
        self.until_the_journal(|| self.model().view(0).calls >= times).await;
    }

    /// Waits for what the journal is about to tell.
    pub(crate) async fn until_the_journal(&self, tells: impl Fn() -> bool) {
        let mut journal = self.sandbox().journal().watch();
        while !tells() {
            journal.changed().await.unwrap();
        }
    }

    /// The address of the shop's cart with these items.
    pub(crate) async fn cart(&self, items: &str) -> String {
        let shops = self.app().store().list_shops(self.merchant().await).await.unwrap();
        let facts = shops.into_iter().next().unwrap().shop.facts.unwrap();
        format!("{}/cart/{items}", facts.url)
    }

    /// The day of the clock, as budgets count it.
    pub(crate) fn clock_day(&self) -> i64 {
        self.app().now().millis().div_euclid(24 * 60 * 60 * 1_000)
    }

    /// Why the rules answered instead of the model, turn by turn.
    pub(crate) fn stops(&self) -> Vec<String> {
        let told = self.told("turn.rules");
        told.iter().map(|(_, data)| data["code"].as_str().unwrap().to_owned()).collect()
    }
}
