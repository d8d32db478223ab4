//! The data folder: whether it can be written, and how much fits.

use std::path::Path;

use puente_config::Config;

use super::Finding;

/// With less free space than this, a busy server has hours left.
const SCARCE: u64 = 1024 * 1024 * 1024;
/// With less, writes fail soon.
const NOTHING: u64 = 64 * 1024 * 1024;

pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let folder = &config.server.data_dir;
    if !folder.exists() {
        return vec![Finding::fine("data folder", format!("{} is made at the first start", folder.display()))];
    }
    let writable = match tempfile::tempfile_in(folder) {
        Ok(_) => Finding::fine("data folder", format!("{} can be written", folder.display())),
        Err(error) => {
            let message = format!("{} cannot be written: {error}", folder.display());
            Finding::broken(
                "data folder",
                message,
                "check its owner, its permissions, and whether the disk is read-only",
            )
        }
    };
    [Some(writable), space(folder)].into_iter().flatten().collect()
}

fn space(folder: &Path) -> Option<Finding> {
    let free = free(folder)?;
    let message = format!("{} MiB are free", free / (1024 * 1024));
    let advice = "make room, or set AUDIT_RETENTION";
    Some(match free {
        ..NOTHING => Finding::broken("disk", message, advice),
        NOTHING..SCARCE => Finding::doubtful("disk", message, advice),
        SCARCE.. => Finding::fine("disk", message),
    })
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let status = rustix::fs::statvfs(folder).ok()?;
    Some(status.f_bavail.saturating_mul(status.f_frsize))
}

#[cfg(not(unix))]
const fn free(_: &Path) -> Option<u64> {
    None
}
