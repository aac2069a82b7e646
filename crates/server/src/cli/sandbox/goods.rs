//! What the sandbox's shop sells: the sample store, a real store from a file, or what it sold at the last start.

use std::path::Path;

use anyhow::Context;
use shopclerk_sandbox::Goods;
use shopclerk_sandbox::catalogue::{self, LoadOptions};
use shopclerk_sandbox::sample;
use shopclerk_sandbox::shopify::store::{ShopInfo, Store};

use super::Options;
use super::folder::Folder;
use super::tell;

/// Chooses by the flags and by what the folder remembers.
pub(super) fn choose(options: &Options, folder: &mut Folder) -> anyhow::Result<Goods> {
    let goods = match (&options.catalogue, folder.identity.shop.clone()) {
        (Some(file), _) => from_file(file, options, folder)?,
        (None, Some(shop)) => Goods::IfNew(known(shop)),
        (None, None) => Goods::IfNew(sample::load().context("the sample store")?),
    };
    let store = match &goods {
        Goods::IfNew(store) | Goods::Always(store) => store,
    };
    folder.identity.shop = Some(store.shop.domain.clone());
    if !store.shop.name.is_empty() {
        folder.identity.page_name = Some(store.shop.name.clone());
    }
    folder.save()?;
    Ok(goods)
}

/// The shop the folder already holds: its goods are its own by now.
fn known(domain: String) -> Store {
    Store { shop: ShopInfo { domain, ..ShopInfo::default() }, ..Store::default() }
}

fn from_file(file: &Path, options: &Options, folder: &mut Folder) -> anyhow::Result<Goods> {
    let domain = folder.identity.shop.clone().unwrap_or_else(|| domain_of(file));
    let loaded = catalogue::load(
        file,
        &LoadOptions { currency: Some(options.currency.clone()), shop_domain: domain, shop_name: None },
    )
    .map_err(|error| anyhow::anyhow!("{error} ({})", error.code()))?;
    tell::catalogue(&loaded.report);
    let digest = fingerprint(file)?;
    let same = folder.identity.catalogue.as_ref() == Some(&digest);
    folder.identity.catalogue = Some(digest);
    Ok(if same { Goods::IfNew(loaded.store) } else { Goods::Always(loaded.store) })
}

/// A shop's address made of the file's name.
fn domain_of(file: &Path) -> String {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_ascii_lowercase();
    let plain: String =
        stem.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let label: String = plain.trim_matches('-').chars().take(40).collect();
    let label = label.trim_matches('-');
    format!("{}.myshopify.com", if label.is_empty() { "catalogue" } else { label })
}

/// Tells whether the same file is loaded again: its size and its time.
fn fingerprint(file: &Path) -> anyhow::Result<String> {
    let about = std::fs::metadata(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let changed = about.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    Ok(format!("{}:{}:{}", file.display(), about.len(), changed.map_or(0, |at| at.as_millis())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_makes_a_shops_address() {
        for (file, domain) in [
            ("/x/My Store (final).csv", "my-store--final.myshopify.com"),
            ("products.json", "products.myshopify.com"),
            ("日本.csv", "catalogue.myshopify.com"),
        ] {
            assert_eq!(domain_of(Path::new(file)), domain);
        }
    }
}
