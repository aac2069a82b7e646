//! The socket by which the terminal reaches the running process: what it takes, and what it does with all else.

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;

use crate::settings::{Running, but, command, ran};
use crate::world::World;

/// Sends these bytes and reads the lines that come back.
pub(crate) async fn asks(world: &World, bytes: &[u8]) -> Vec<Value> {
    let mut stream = UnixStream::connect(world.folder().join("data/control")).await.unwrap();
    // Whoever is refused early may find the socket closed.
    stream.write_all(bytes).await.ok();
    let mut lines = BufReader::new(stream).lines();
    let mut told = Vec::new();
    while let Ok(Some(line)) = lines.next_line().await {
        told.push(serde_json::from_str(&line).unwrap());
    }
    told
}

/// Has an order carried out by the running process.
pub(crate) async fn orders(world: &World, name: &str, arguments: &Value) -> Vec<Value> {
    asks(world, &order(name, arguments)).await
}

/// An order as it travels.
pub(crate) fn order(name: &str, arguments: &Value) -> Vec<u8> {
    format!("{}\n", json!({ "order": name, "arguments": arguments })).into_bytes()
}

#[tokio::test]
async fn an_order_is_answered_line_by_line_and_others_are_refused_in_a_sentence() {
    let world = World::unconnected(Vec::new()).await;

    let told = asks(&world, &order("keys.custody", &json!({}))).await;
    assert!(told[0]["done"].as_str().is_some_and(|file| file.ends_with("data/keys")), "{told:?}");

    for (bytes, sentence) in [
        (order("shop.sell", &json!({})), "does not know this order"),
        (order("keys.custody", &json!([1])), "arguments are not understood"),
    ] {
        let told = asks(&world, &bytes).await;
        assert!(told[0]["failed"].as_str().is_some_and(|why| why.contains(sentence)), "{told:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn what_is_no_order_is_hung_up_on_and_the_next_is_heard() {
    let world = World::unconnected(Vec::new()).await;
    let endless = vec![b'{'; 200_000];

    for bytes in [b"\n".to_vec(), b"GET / HTTP/1.1\r\n\r\n".to_vec(), b"{\"order\":1}\n".to_vec(), endless] {
        assert_eq!(asks(&world, &bytes).await, Vec::<Value>::new());
    }
    assert_eq!(asks(&world, &order("keys.mark_exported", &json!({}))).await, [json!({ "done": null })]);
    world.close().await;
}

#[test]
fn a_data_folder_whose_path_is_long_is_reached_like_any_other() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("deep".repeat(40)).join("data");
    let environment = but(&[("SHOPCLERK_DATA_DIR", data.to_str().unwrap())]);
    let running = Running::start(folder.path(), &environment);

    let (code, out, told) = ran(command(folder.path(), &["keys", "list"], &environment));

    assert_eq!(code, Some(0), "{out}{told}");
    assert!(data.join("control").exists());
    assert_eq!(running.stops(), Some(0));
    assert!(!data.join("control").exists(), "it is cleared away");
}
