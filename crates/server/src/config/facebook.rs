//! How Meta is reached and how it reaches us.

use shopclerk_flows::app::Settings;
use shopclerk_flows::wiring::MetaSettings;

use super::check::Checker;
use super::http::HttpConfig;
use super::own_address;

/// The client's settings and our two addresses.
pub(super) struct FacebookConfig {
    pub(super) client: MetaSettings,
    pub(super) addresses: FacebookAddresses,
}

/// Where Meta sends browsers and deliveries.
pub(super) struct FacebookAddresses {
    redirect: String,
    webhook: String,
}

impl FacebookAddresses {
    pub(super) fn apply(self, settings: &mut Settings) {
        settings.facebook_redirect = self.redirect;
        settings.facebook_webhook = self.webhook;
    }
}

const DASHBOARD: &str = "copy it from the app's dashboard at developers.facebook.com, Settings, Basic";

pub(super) fn read(check: &mut Checker<'_>, http: Option<&HttpConfig>) -> Option<FacebookConfig> {
    let app_id = check.required("FACEBOOK_APP_ID", DASHBOARD).map(str::to_owned);
    let app_secret = check.secret("FACEBOOK_APP_SECRET", DASHBOARD);
    let verify_token = check
        .secret("FACEBOOK_VERIFY_TOKEN", "choose a long random text, such as `openssl rand -hex 24` prints");
    let version = version(check);
    let previous_secret = check.previous_secret("FACEBOOK_APP_SECRET_PREVIOUS");
    let graph_url = super::stand_in(check, "FACEBOOK_GRAPH_URL", "https://graph.facebook.com", http);
    let dialog_url = super::stand_in(check, "FACEBOOK_DIALOG_URL", "https://www.facebook.com", http);
    let redirect = own_address(check, "FACEBOOK_REDIRECT_URI", "/facebook/callback", http);
    let webhook = own_address(check, "FACEBOOK_WEBHOOK_ADDRESS", "/facebook/webhook", http);
    let config_id = check.optional("FACEBOOK_CONFIG_ID").map(str::to_owned);
    Some(FacebookConfig {
        client: MetaSettings {
            graph_url: graph_url?,
            dialog_url: dialog_url?,
            version: version?,
            app_id: app_id?,
            app_secret: app_secret?,
            previous_secret,
            verify_token: verify_token?,
            config_id,
        },
        addresses: FacebookAddresses { redirect: redirect?, webhook: webhook? },
    })
}

fn version(check: &mut Checker<'_>) -> Option<String> {
    const NAME: &str = "FACEBOOK_GRAPH_VERSION";
    let text = check.required(NAME, "write it like v26.0")?;
    let fits = text.strip_prefix('v').and_then(|rest| rest.split_once('.')).is_some_and(|(major, minor)| {
        let digits = |part: &str, most: usize| {
            (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        digits(major, 3) && digits(minor, 1)
    });
    if !fits {
        check.fault(NAME, format!("`{text}` is not a version"), "write it like v26.0");
    }
    fits.then(|| text.to_owned())
}
