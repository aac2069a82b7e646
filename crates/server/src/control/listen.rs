//! The running process's side of the control socket.

use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncBufRead, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;

use super::address::Address;
use super::line::Line;
use super::orders;
use super::wire::{self, Asked, Told};
use super::{Product, socket};

/// Orders at once.
const AT_ONCE: usize = 16;

/// Takes orders until the product stops. The store is ours already, so a socket that lies there is nobody's.
pub(crate) fn open(product: &Product, folder: &Path) -> std::io::Result<()> {
    let path = socket(folder);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(Address::of(folder)?.path())?;
    std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    let (own, stop) = (product.clone(), product.app.stop.clone());
    product.app.tasks.spawn(async move {
        let serving = serve(&own, &listener);
        tokio::select! {
            () = stop.cancelled() => {}
            () = serving => {}
        }
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::debug!(%error, "the control socket stays; the next start takes it over");
        }
    });
    Ok(())
}

async fn serve(product: &Product, listener: &UnixListener) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let product = product.clone();
                product.app.tasks.clone().spawn(async move {
                    if let Err(error) = answer(stream, product).await {
                        tracing::debug!(%error, "an order was not heard to its end");
                    }
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "no orders are taken any more; the next start takes them again");
                return;
            }
        }
    }
}

async fn answer(stream: UnixStream, product: Product) -> anyhow::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let Some(asked) = wire::read::<Asked>(&mut reader, wire::ORDER).await? else { return Ok(()) };
    tracing::info!(order = %asked.order, "an order is carried out");
    let line = Arc::new(Line::default());
    let stop = product.app.stop.clone();
    let Some(carried) = orders::begin(&asked.order, asked.arguments, product, Arc::clone(&line) as _) else {
        let why = "the running process does not know this order; restart it after an upgrade";
        return wire::write(&mut writer, &Told::Failed(why.to_owned())).await;
    };
    let carrying = async {
        let ended = tokio::select! {
            ended = carried => ended,
            () = stop.cancelled() => Err(anyhow::anyhow!("the process is stopping; ask again once it has started")),
        };
        line.put(ended.map_or_else(|error| Told::Failed(format!("{error:#}")), Told::Done));
        Ok(())
    };
    tokio::select! {
        told = async { tokio::try_join!(carrying, line.tell(&mut writer)) } => told.map(drop),
        () = hung_up(&mut reader) => Ok(()),
    }
}

/// Returns once the other side has gone: after its order it has nothing to say.
async fn hung_up(reader: &mut (impl AsyncBufRead + Unpin)) {
    while let Ok(Some(_)) = wire::read::<serde_json::Value>(reader, wire::ORDER).await {}
}
