//! The mirror: whether its place can be written to.

use bytes::Bytes;

use super::Finding;
use super::connections::Gathered;
use crate::app::App;

const CODE: &str = "mirror.writable";

pub(super) async fn examine(app: &App, who: &Gathered) -> Vec<Finding> {
    let Some((merchant, _)) = who.merchants.first() else {
        return vec![Finding::ok(CODE, "Nothing is mirrored yet")];
    };
    let key = format!("users/{merchant}/doctor.json");
    let written = async {
        app.objects().mirror().put(&key, Bytes::from_static(b"{}")).await?;
        app.objects().mirror().delete(&key).await
    };
    vec![match written.await {
        Ok(()) => Finding::ok(CODE, format!("The mirror can be written ({})", app.objects().place())),
        Err(error) => Finding::broken(
            CODE,
            format!("The mirror cannot be written: {error}"),
            "Let this server write there; all that was missed is written by itself afterwards",
        ),
    }]
}
