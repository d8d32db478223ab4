//! How much fits.

use std::path::Path;

/// The free bytes where a path is, or would be.
#[cfg(unix)]
pub(crate) fn free(path: &Path) -> Option<u64> {
    let there = path.ancestors().find(|path| path.exists())?;
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let status = rustix::fs::statvfs(there).ok()?;
    Some(status.f_bavail.saturating_mul(status.f_frsize))
}

#[cfg(not(unix))]
pub(crate) const fn free(_: &Path) -> Option<u64> {
    None
}

/// Says so if less is free than needed.
pub(crate) fn lacks(path: &Path, needed: u64) -> Option<String> {
    let free = free(path)?;
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    (free < needed).then(|| {
        format!("{} has {} MB free, and at least {} MB are needed", path.display(), megabytes(free), megabytes(needed))
    })
}
