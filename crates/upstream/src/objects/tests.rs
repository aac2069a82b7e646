//! Objects in a folder: what holds of every place, and what only a folder can show.

use std::sync::Arc;

use shopclerk_domain::fault::{FaultPoints, NoFaults};
use tempfile::TempDir;

use super::*;

const MERCHANT: &str = "users/0192f3a0-0000-7000-8000-000000000001";

fn in_folder() -> (TempDir, Objects) {
    let folder = tempfile::tempdir().unwrap();
    let faults: Arc<dyn FaultPoints> = Arc::new(NoFaults);
    let objects = Objects::in_folder(folder.path(), &faults).unwrap();
    (folder, objects)
}

fn keys(found: Vec<Found>) -> Vec<String> {
    found.into_iter().map(|object| object.key).collect()
}

#[tokio::test]
async fn an_object_is_written_read_listed_and_removed() {
    let (_folder, objects) = in_folder();
    let mirror = objects.mirror();
    let key = format!("{MERCHANT}/shopify/nordlys.myshopify.com/shop_products.json");

    assert_eq!(mirror.get(&key).await.unwrap(), None);
    mirror.put(&key, "{}".into()).await.unwrap();
    mirror.put(&key, r#"{"products":[]}"#.into()).await.unwrap();
    mirror.put("users/0192f3a0-0000-7000-8000-000000000002/x.json", "other".into()).await.unwrap();
    assert_eq!(mirror.get(&key).await.unwrap().unwrap(), r#"{"products":[]}"#);
    assert_eq!(keys(mirror.list(MERCHANT).await.unwrap()), std::slice::from_ref(&key));

    mirror.delete(&key).await.unwrap();
    mirror.delete(&key).await.unwrap();
    assert_eq!(mirror.size(&key).await.unwrap(), None);
    assert!(mirror.list(MERCHANT).await.unwrap().is_empty());
}

#[tokio::test]
async fn t56_a_folder_is_open_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _objects) = in_folder();

    for room in ["mirror", "backups"] {
        let mode = std::fs::metadata(folder.path().join(room)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{room}");
    }
}

#[tokio::test]
async fn an_object_of_any_size_comes_back_as_it_was() {
    let (folder, objects) = in_folder();
    let backups = objects.backups();
    for size in [0, 1, 4 * 1024 * 1024, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1, 17 * 1024 * 1024] {
        let bytes: Vec<u8> =
            (0..size).map(|at: u32| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let (from, to) = (folder.path().join("from"), folder.path().join(format!("to-{size}")));
        std::fs::write(&from, &bytes).unwrap();

        assert_eq!(backups.put_file("backups/one", &from).await.unwrap(), u64::from(size));

        assert_eq!(backups.get_file("backups/one", &to).await.unwrap(), Some(u64::from(size)));
        assert!(std::fs::read(&to).unwrap() == bytes, "{size}");
        let hash: [u8; 32] =
            sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(&bytes)).into();
        assert_eq!(backups.hash("backups/one").await.unwrap(), Some(hash));
    }
    assert_eq!(backups.get_file("backups/none", &folder.path().join("none")).await.unwrap(), None);
    assert!(!folder.path().join("none").exists());
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_what_was_there() {
    let (_folder, objects) = in_folder();
    let backups = objects.backups();
    backups.put("backups/one", "before".into()).await.unwrap();
    let mut upload = backups.upload("backups/one").unwrap();
    upload.write(&vec![7; 20 * 1024 * 1024]).await.unwrap();

    upload.abort().await;

    assert_eq!(backups.get("backups/one").await.unwrap().unwrap(), "before");
    assert_eq!(keys(backups.list("backups").await.unwrap()), ["backups/one"]);
}

#[tokio::test]
async fn t56_what_a_killed_process_left_of_an_object_goes_with_it() {
    let (folder, objects) = in_folder();
    let mirror = objects.mirror();
    let page = folder.path().join("mirror").join(MERCHANT).join("facebook/1");
    std::fs::create_dir_all(&page).unwrap();
    for name in ["ana.json#1", "ana.json#2", "ben.json#1", "ana.json"] {
        std::fs::write(page.join(name), "half a conv").unwrap();
    }
    let left = || std::fs::read_dir(&page).map_or(0, Iterator::count);
    assert_eq!(keys(mirror.list(MERCHANT).await.unwrap()), [format!("{MERCHANT}/facebook/1/ana.json")]);

    mirror.delete(&format!("{MERCHANT}/facebook/1/ana.json")).await.unwrap();
    assert_eq!(left(), 1, "another object's is none of its business");

    assert_eq!(mirror.delete_all(MERCHANT).await.unwrap(), 0);
    assert!(left() == 0 && !page.exists());
}
