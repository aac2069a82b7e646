//! What the mirror last wrote.

use crate::house::House;

#[tokio::test]
async fn the_hash_last_written_is_remembered_per_merchant_and_key() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await.merchant;
    let mark = async |hash| {
        house.store.mark_mirrored(stall.merchant, "shop_products.json", hash, house.now()).await.unwrap();
    };
    mark([1; 32]).await;
    mark([2; 32]).await;

    let found = async |merchant, key| house.store.mirrored(merchant, key).await.unwrap();
    assert_eq!(found(stall.merchant, "shop_products.json").await, Some([2; 32]));
    assert_eq!(found(stall.merchant, "page_data.json").await, None);
    assert_eq!(found(other, "shop_products.json").await, None);
}
