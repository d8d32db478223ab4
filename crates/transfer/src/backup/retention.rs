//! Which backups stay.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::error::{Result, io};

/// Deletes all but the newest `keep` backups of a folder, by the moment in their names; nothing else is touched. Returns
/// what was deleted.
///
/// # Errors
/// The folder cannot be read, or a file cannot be deleted.
pub fn prune(folder: &Path, keep: usize) -> Result<Vec<PathBuf>> {
    let doing = || format!("deleting old backups in {}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(io(doing()))? {
        names.extend(entry.map_err(io(doing()))?.file_name().into_string());
    }
    let old: Vec<PathBuf> = outdated(names, keep).into_iter().map(|name| folder.join(name)).collect();
    for path in &old {
        fs::remove_file(path).map_err(io(doing()))?;
    }
    Ok(old)
}

/// The names of all backups but the newest `keep`, oldest first; what is not named like a backup is none.
#[must_use]
pub fn outdated(names: Vec<String>, keep: usize) -> Vec<String> {
    let mut all: Vec<String> = names.into_iter().filter(|name| is_ours(name)).collect();
    all.sort();
    all.truncate(all.len().saturating_sub(keep));
    all
}

/// `puente-20270131T030000Z.backup`
fn is_ours(name: &str) -> bool {
    let moment = name.strip_prefix("puente-").and_then(|name| name.strip_suffix("Z.backup"));
    moment.is_some_and(|moment| {
        let shape = |(index, c): (usize, char)| if index == 8 { c == 'T' } else { c.is_ascii_digit() };
        moment.len() == 15 && moment.chars().enumerate().all(shape)
    })
}

#[cfg(test)]
mod tests {
    use puente_domain::Timestamp;

    use super::*;
    use crate::backup::file_name;

    #[test]
    fn the_newest_stay_and_nothing_else_goes() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> =
            (0..5).map(|day| file_name(Timestamp::from_micros(1_767_225_600_000_000 + day * 86_400_000_000))).collect();
        assert_eq!(names[0], "puente-20260101T000000Z.backup");
        for name in
            names.iter().map(String::as_str).chain(["notes.txt", "puente-before-the-move.backup", "puente.dump"])
        {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let gone: Vec<PathBuf> = names[..3].iter().map(|name| folder.path().join(name)).collect();
        assert_eq!(prune(folder.path(), 2).unwrap(), gone);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
        assert_eq!(prune(folder.path(), 2).unwrap(), [] as [PathBuf; 0]);
    }
}
