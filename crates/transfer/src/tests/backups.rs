//! Out of one database, into either.

use std::{path::Path, sync::Arc};

use puente_auth::Vault;

use super::{
    round_trip::{assert_same_rows, generated, path},
    world::{OPTIONS, Ticking, empty_postgres, installation},
};
use crate::{Archive, BackupOptions, Installation, Keys, Place, Progress, backup, transfer};

fn passphrase() -> Arc<Vault> {
    Arc::new(Vault::new(&["a passphrase of enough length".into()]).unwrap())
}

async fn back_up(from: &Installation, file: &Path, passphrase: Option<Arc<Vault>>) -> Archive {
    let options = BackupOptions { file: file.to_owned(), passphrase: passphrase.clone() };
    let manifest = backup(from, &options, &Ticking::default(), &Progress::default()).await.unwrap();
    let archive = Archive::check(file, passphrase).unwrap();
    assert_eq!(archive.manifest, manifest);
    archive
}

/// Restores what `keys` has sealed.
async fn restore(archive: Archive, keys: Keys, to: &Installation) {
    let place = Place::Backup(Arc::new(archive));
    let from = Installation { place, keys, uploads: "nowhere".into(), data: "nowhere".into() };
    let report = transfer(&from, to, OPTIONS, &Ticking::default(), &Progress::default()).await.unwrap();
    assert_eq!(report.files.count, 2);
}

#[tokio::test]
async fn a_backup_comes_back_in_either_database() {
    let folder = tempfile::tempdir().unwrap();
    let from = generated(folder.path(), 3_000, 1 << 20).await;
    let first = back_up(&from, &folder.path().join("first.backup"), Some(passphrase())).await;
    assert_eq!(first.manifest.header.encryption_key, from.keys.vault.fingerprint());
    assert_eq!(first.manifest.secrets, 60);

    let server = installation(empty_postgres().await, "server", folder.path());
    restore(first, from.keys.clone(), &server).await;
    let second = back_up(&server, &folder.path().join("second.backup"), None).await;
    let other = installation(Place::Sqlite(folder.path().join("other/puente.db")), "other", folder.path());
    restore(second, server.keys.clone(), &other).await;
    assert_same_rows(&path(&from), &path(&other));
    for name in ["ab/abcd", "empty"] {
        assert!(std::fs::read(from.uploads.join(name)).unwrap() == std::fs::read(other.uploads.join(name)).unwrap());
    }
}

#[tokio::test]
async fn a_damaged_backup_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let from = generated(folder.path(), 100, 1 << 20).await;
    std::fs::remove_dir_all(&from.uploads).unwrap();
    let connection = rusqlite::Connection::open(path(&from)).unwrap();
    connection.execute_batch("DELETE FROM results; DELETE FROM tasks; DELETE FROM audit_events").unwrap();
    for sealed in [None, Some(passphrase())] {
        let file = folder.path().join("a.backup");
        let _ = std::fs::remove_file(&file);
        back_up(&from, &file, sealed.clone()).await;
        let whole = std::fs::read(&file).unwrap();
        let broken = folder.path().join("broken.backup");
        let step = whole.len() / 200 + 1;
        for at in (0..whole.len()).step_by(step) {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&broken, &changed).unwrap();
            assert!(Archive::check(&broken, sealed.clone()).is_err(), "byte {at}");
            std::fs::write(&broken, &whole[..at]).unwrap();
            assert!(Archive::check(&broken, sealed.clone()).is_err(), "cut at {at}");
        }
        let wrong = Some(Arc::new(Vault::new(&["another passphrase, long enough".into()]).unwrap()));
        let refused = Archive::check(&file, wrong).unwrap_err().to_string();
        assert!(
            refused.contains(if sealed.is_some() { "with another passphrase" } else { "it is not sealed" }),
            "{refused}"
        );
        assert_eq!(Archive::check(&file, None).is_err(), sealed.is_some());
    }
}
