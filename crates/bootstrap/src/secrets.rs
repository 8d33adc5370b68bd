use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use nix::unistd::{Uid, geteuid};
use seatline_adapters_http::AdminKey;
use seatline_application::queue::{QueueKey, QueueTokens};
use seatline_application::tickets::{TicketCodes, TicketKey};
use secrecy::{ExposeSecret, SecretString};

use crate::config::Options;
use crate::key_strength::check_strength;

/// The keys that Seatline works with.
pub(crate) struct Secrets {
    pub(crate) admin_key: AdminKey,
    pub(crate) queue_tokens: QueueTokens,
    pub(crate) ticket_codes: TicketCodes,
    /// The file with the operators' key, if the key was generated.
    pub(crate) admin_key_file: Option<PathBuf>,
}

impl Secrets {
    /// Takes the keys that were given. Those that were not are generated and kept in the data folder, where there is
    /// one; without one they are required, but for those of tickets, which are made of the queue keys then.
    pub(crate) fn load(options: &Options, data_dir: Option<&Path>) -> anyhow::Result<Self> {
        let (admin_key, admin_key_file) =
            given_or_kept(options.given_admin_key(), data_dir, "admin-key", "SEATLINE_ADMIN_KEY")?;
        let (queue_keys, _) =
            given_or_kept(options.given_queue_keys(), data_dir, "queue-keys", "SEATLINE_QUEUE_KEYS")?;
        let ticket_keys = match (options.given_ticket_keys(), data_dir) {
            // What they sign differs, and so do the keys that are made of them.
            (None, None) => queue_keys.clone(),
            (given, _) => given_or_kept(given, data_dir, "ticket-keys", "SEATLINE_TICKET_KEYS")?.0,
        };
        let admin_key = read_admin_key(&admin_key)
            .with_context(|| format!("SEATLINE_ADMIN_KEY is refused; {MAKES_A_KEY}"))?;
        let (queue_tokens, ticket_codes) = (queue_tokens(&queue_keys)?, ticket_codes(&ticket_keys)?);
        Ok(Self { admin_key, queue_tokens, ticket_codes, admin_key_file })
    }
}

const MAKES_A_KEY: &str = "`openssl rand -hex 32` makes a good key";

fn read_admin_key(key: &SecretString) -> anyhow::Result<AdminKey> {
    let read = AdminKey::parse(key.expose_secret())?;
    check_strength(key.expose_secret())?;
    Ok(read)
}

fn read_queue_key(key: &str) -> anyhow::Result<QueueKey> {
    let read = QueueKey::parse(key.as_bytes())?;
    check_strength(key)?;
    Ok(read)
}

fn read_ticket_key(key: &str) -> anyhow::Result<TicketKey> {
    let read = TicketKey::parse(key.as_bytes())?;
    check_strength(key)?;
    Ok(read)
}

fn queue_tokens(keys: &SecretString) -> anyhow::Result<QueueTokens> {
    let (signing, retired) = read_keys(keys, "SEATLINE_QUEUE_KEYS", read_queue_key)?;
    Ok(QueueTokens::new(signing, retired))
}

fn ticket_codes(keys: &SecretString) -> anyhow::Result<TicketCodes> {
    let (signing, retired) = read_keys(keys, "SEATLINE_TICKET_KEYS", read_ticket_key)?;
    Ok(TicketCodes::new(signing, retired))
}

/// Reads keys that are separated by commas: the one that signs, and the others.
fn read_keys<K>(
    keys: &SecretString,
    variable: &str,
    read: impl Fn(&str) -> anyhow::Result<K>,
) -> anyhow::Result<(K, Vec<K>)> {
    let keys = keys.expose_secret().split(',').map(|key| read(key.trim()));
    let keys = keys.collect::<Result<Vec<_>, _>>();
    let mut keys = keys.with_context(|| format!("{variable} is refused; {MAKES_A_KEY}"))?.into_iter();
    let signing = keys.next().with_context(|| format!("{variable} is empty"))?;
    Ok((signing, keys.collect()))
}

fn given_or_kept(
    given: Option<&SecretString>,
    data_dir: Option<&Path>,
    file: &str,
    variable: &str,
) -> anyhow::Result<(SecretString, Option<PathBuf>)> {
    match (given, data_dir) {
        (Some(given), _) => Ok((given.clone(), None)),
        (None, Some(data_dir)) => {
            let path = data_dir.join(file);
            let key = keep(&path).with_context(|| {
                format!("cannot keep a key in {}; SEATLINE_DATA_DIR chooses another folder", path.display())
            })?;
            Ok((key, Some(path)))
        }
        (None, None) => bail!("{variable} is required together with DATABASE_URL; {MAKES_A_KEY}"),
    }
}

/// Makes sure that a key is known to its owner alone, and is of nobody else's making.
fn require_private(path: &Path) -> anyhow::Result<()> {
    const OTHERS: u32 = 0o077;
    let found = fs::metadata(path)?;
    let owner = Uid::from_raw(found.uid());
    anyhow::ensure!(owner == geteuid() || owner.is_root(), "it belongs to another account");
    anyhow::ensure!(
        found.mode() & OTHERS == 0,
        "others may read or write it: chmod 600 makes it yours alone"
    );
    Ok(())
}

/// Reads the key in a file, or makes one and writes it there, readable by its owner only.
fn keep(path: &Path) -> anyhow::Result<SecretString> {
    match fs::read_to_string(path) {
        Ok(key) => {
            require_private(path)?;
            return Ok(key.trim().into());
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let key = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let unfinished = path.with_extension("new");
    let mut file =
        OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&unfinished)?;
    writeln!(file, "{key}")?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    Ok(key.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_generated_key_is_kept_private_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("admin-key");
        let key = keep(&path).unwrap();
        assert_eq!(keep(&path).unwrap().expose_secret(), key.expose_secret());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(AdminKey::parse(key.expose_secret()).is_ok());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(keep(&path).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn missing_and_weak_keys_are_refused() {
        assert!(given_or_kept(None, None, "admin-key", "SEATLINE_ADMIN_KEY").is_err());
        assert!(queue_tokens(&"short".into()).is_err());
        let (one, other) = ("one-key-of-at-least-32-bytes-4711", "another-of-at-least-32-bytes-0815");
        assert!(queue_tokens(&format!("{one},short").into()).is_err());
        assert!(queue_tokens(&format!("{one}, {other}").into()).is_ok());
        for weak in ["a".repeat(40), format!("{one},{}", "a".repeat(40))] {
            let error = format!("{:#}", queue_tokens(&weak.into()).err().unwrap());
            assert!(
                error.contains("SEATLINE_QUEUE_KEYS") && error.contains("openssl rand -hex 32"),
                "{error}"
            );
            assert!(!error.contains("aaaa"), "{error}");
        }
        assert!(ticket_codes(&format!("{one},short").into()).is_err());
        assert_eq!(ticket_codes(&format!("{one}, {other}").into()).unwrap().public_keys().count(), 2);
        assert!(read_admin_key(&"a".repeat(40).into()).is_err());
        assert!(read_admin_key(&one.into()).is_ok());
    }
}
