//! The sandbox's folder: marked as its own, locked while it runs, holding the secrets it made and the ports it used.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use shopclerk_domain::entropy::{self, Entropy};
use shopclerk_sandbox::Sandbox;
use url::Url;

/// The file that marks a folder as the sandbox's.
const MARK: &str = "sandbox.json";

/// Whether the folder is one of the sandbox's, or lies directly in one.
pub(crate) fn belongs_to_sandbox(folder: &Path) -> bool {
    is_marked(folder) || folder.parent().is_some_and(is_marked)
}

fn is_marked(folder: &Path) -> bool {
    folder.join(MARK).is_file()
}

/// The ports that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ports {
    /// Any that are free; those of the last start if they still are.
    Auto,
    /// These.
    Fixed(PortNumbers),
}

/// Four listeners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PortNumbers {
    pub(crate) app: u16,
    pub(crate) meta: u16,
    pub(crate) shopify: u16,
    pub(crate) control: u16,
}

impl Ports {
    pub(crate) const fn is_auto(self) -> bool {
        matches!(self, Self::Auto)
    }
}

impl FromStr for Ports {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let numbers: Result<Vec<u16>, _> = text.split(',').map(|part| part.trim().parse()).collect();
        match numbers.as_deref() {
            Ok([app, meta, shopify, control]) => {
                Ok(Self::Fixed(PortNumbers { app: *app, meta: *meta, shopify: *shopify, control: *control }))
            }
            _ => Err("write `auto`, or four ports such as 5080,5081,5082,5083".to_owned()),
        }
    }
}

/// What the sandbox remembers between two starts.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) facebook_app_id: String,
    pub(crate) facebook_app_secret: String,
    pub(crate) facebook_verify_token: String,
    pub(crate) shopify_api_key: String,
    pub(crate) shopify_api_secret: String,
    /// The secret of the bucket's one key; folders made before there was a bucket get theirs at the next start.
    #[serde(default)]
    pub(crate) bucket_secret: String,
    pub(crate) control_path: String,
    pub(crate) page_id: String,
    /// The shop's permanent address, once there is one.
    pub(crate) shop: Option<String>,
    /// The name of the Page, which is the shop's.
    #[serde(default)]
    pub(crate) page_name: Option<String>,
    /// Which catalogue it was filled from: a digest of the file.
    pub(crate) catalogue: Option<String>,
    ports: Option<PortNumbers>,
    starts: u64,
}

/// The open, locked folder.
pub(crate) struct Folder {
    path: PathBuf,
    pub(crate) identity: Identity,
    /// Held until the process ends.
    _lock: File,
}

impl Folder {
    /// Opens a folder of the sandbox's, or makes one out of a new or empty folder.
    pub(crate) fn open(path: &Path, ports: &Ports, entropy: &dyn Entropy) -> anyhow::Result<Self> {
        let fresh = !is_marked(path);
        if fresh && path.exists() && std::fs::read_dir(path).context(unusable(path))?.next().is_some() {
            bail!(
                "{} holds something that is not the sandbox's; choose another folder with --data-dir",
                path.display()
            );
        }
        std::fs::create_dir_all(path).context(unusable(path))?;
        let path = path.canonicalize().context(unusable(path))?;
        let lock = lock(&path)?;
        let identity = if fresh { Identity::new(entropy) } else { Identity::read(&path)? };
        let mut folder = Self { path, identity, _lock: lock };
        folder.identity.starts += 1;
        if folder.identity.bucket_secret.is_empty() {
            folder.identity.bucket_secret = bytes_as_hex::<20>(entropy);
        }
        if let Ports::Fixed(numbers) = ports {
            folder.identity.ports = Some(*numbers);
        }
        folder.save()?;
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) const fn starts(&self) -> u64 {
        self.identity.starts
    }

    /// The ports to try.
    pub(crate) fn ports(&self, asked: &Ports) -> PortNumbers {
        match asked {
            Ports::Fixed(numbers) => *numbers,
            Ports::Auto => self.identity.ports.unwrap_or_default(),
        }
    }

    /// The ports of the fakes.
    pub(crate) fn remembered_ports(&self) -> PortNumbers {
        self.identity.ports.unwrap_or_default()
    }

    pub(crate) fn forget_ports(&mut self) {
        self.identity.ports = None;
    }

    /// Remembers the ports that were found free, so that printed addresses survive a restart.
    pub(crate) fn keep_ports(&mut self, app_url: &str, sandbox: &Sandbox) -> anyhow::Result<()> {
        let port = |url: &str| Url::parse(url).ok().and_then(|url| url.port()).unwrap_or(0);
        self.identity.ports = Some(PortNumbers {
            app: port(app_url),
            meta: port(sandbox.meta_url()),
            shopify: port(&sandbox.shopify_url_template().replace("{shop}", "")),
            control: port(sandbox.control_url()),
        });
        self.save()
    }

    /// Writes the mark whole.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        let text = serde_json::to_vec_pretty(&self.identity)?;
        let (new, mark) = (self.path.join("sandbox.json.new"), self.path.join(MARK));
        let written = (|| {
            let mut file =
                OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(&text)?;
            file.sync_all()?;
            std::fs::rename(&new, &mark)
        })();
        written.context(unusable(&self.path))
    }
}

impl Identity {
    fn new(entropy: &dyn Entropy) -> Self {
        let secret = || bytes_as_hex::<20>(entropy);
        let digits = |digits: usize| {
            let number = u64::from_le_bytes(entropy::bytes(entropy)) % 900_000_000;
            format!("{:0<digits$}", format!("1{number}"))
        };
        Self {
            facebook_app_id: digits(15),
            facebook_app_secret: secret(),
            facebook_verify_token: secret(),
            shopify_api_key: bytes_as_hex::<16>(entropy),
            shopify_api_secret: secret(),
            bucket_secret: secret(),
            control_path: bytes_as_hex::<16>(entropy),
            page_id: digits(15),
            shop: None,
            page_name: None,
            catalogue: None,
            ports: None,
            starts: 0,
        }
    }

    fn read(folder: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(folder.join(MARK)).context(unusable(folder))?;
        serde_json::from_slice(&text).with_context(|| {
            format!("{} is damaged; remove the folder to begin anew", folder.join(MARK).display())
        })
    }
}

fn bytes_as_hex<const N: usize>(entropy: &dyn Entropy) -> String {
    use std::fmt::Write as _;
    entropy::bytes::<N>(entropy).iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

fn unusable(folder: &Path) -> String {
    format!("the folder {} cannot be used; choose one you may write to with --data-dir", folder.display())
}

fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("sandbox.lock");
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).open(path).context(unusable(folder))?;
    if file.try_lock().is_err() {
        bail!(
            "another sandbox is running in {}; stop it, or choose another folder with --data-dir",
            folder.display()
        );
    }
    Ok(file)
}
