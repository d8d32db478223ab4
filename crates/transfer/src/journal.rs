//! Which uploaded files a transfer has put into place. Files come before the commit, so they must go again if it never
//! happens: what is about to be done is written down first, and undone by the transfer itself or, if that was killed, by
//! the next one. Whether the commit happened is asked from the database, which keeps the id of the transfer.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Component, Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::files::DRAFT;

/// A file got its name.
#[derive(Debug, Deserialize, Serialize)]
struct Placed {
    path: PathBuf,
    /// Where the file lies that had the name before, in the same folder.
    kept: Option<PathBuf>,
}

/// The journal of one transfer.
#[derive(Debug)]
pub(crate) struct Journal {
    folder: PathBuf,
    id: String,
    file: Option<File>,
    placed: u64,
}

impl Journal {
    /// Undoes what a transfer that was killed has left, unless it is `committed`.
    pub(crate) fn begin(folder: &Path, id: &str, committed: Option<&str>) -> io::Result<Self> {
        if let Some((id, _)) = read(folder)?
            && committed != Some(&id)
        {
            undo(folder)?;
        }
        crate::files::sweep(folder)?;
        Ok(Self { folder: folder.to_owned(), id: id.to_owned(), file: None, placed: 0 })
    }

    /// Gives a draft its name.
    pub(crate) fn place(&mut self, draft: NamedTempFile, name: &Path) -> io::Result<()> {
        let to = self.folder.join(name);
        self.placed += 1;
        let kept = to.exists().then(|| PathBuf::from(format!("{DRAFT}kept-{}", self.placed)));
        self.write(&Placed { path: name.to_owned(), kept: kept.clone() })?;
        if let Some(kept) = kept {
            fs::rename(&to, to.with_file_name(kept))?;
        }
        draft.persist(&to)?;
        File::open(to.parent().unwrap_or(&self.folder))?.sync_all()
    }

    fn write(&mut self, placed: &Placed) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            empty => {
                let mut file = OpenOptions::new().write(true).create_new(true).open(path(&self.folder))?;
                writeln!(file, "{}", serde_json::to_string(&self.id)?)?;
                empty.insert(file)
            }
        };
        writeln!(file, "{}", serde_json::to_string(placed)?)?;
        file.sync_data()
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join(format!("{DRAFT}journal"))
}

/// Who wrote the journal of a folder, and what; a last line that is not whole was not acted upon.
fn read(folder: &Path) -> io::Result<Option<(String, Vec<Placed>)>> {
    let file = match File::open(path(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => BufReader::new(file?),
    };
    let mut lines = file.lines();
    let Some(id) = lines.next().transpose()?.and_then(|line| serde_json::from_str(&line).ok()) else {
        return Ok(Some((String::new(), Vec::new())));
    };
    let mut placed = Vec::new();
    for line in lines {
        placed.extend(serde_json::from_str::<Placed>(&line?).ok().filter(|placed| is_within(&placed.path)));
    }
    Ok(Some((id, placed)))
}

fn is_within(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// Takes back what the transfer `id` has put into place, if the journal is its own.
pub(crate) fn undo_of(folder: &Path, id: &str) -> io::Result<()> {
    match read(folder)? {
        Some((own, _)) if own == id => undo(folder),
        _ => Ok(()),
    }
}

/// Takes back what the journal of a folder says, and the journal.
fn undo(folder: &Path) -> io::Result<()> {
    let Some((_, placed)) = read(folder)? else { return Ok(()) };
    for Placed { path, kept } in placed.into_iter().rev() {
        let path = folder.join(path);
        match kept.map(|kept| path.with_file_name(kept)) {
            Some(kept) if kept.exists() => fs::rename(kept, &path)?,
            // It was about to be moved away, and still has its name.
            Some(_) => {}
            None => ignore_missing(fs::remove_file(&path))?,
        }
    }
    ignore_missing(fs::remove_file(self::path(folder)))
}

fn ignore_missing(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn content(folder: &Path) -> BTreeMap<PathBuf, String> {
        let names = crate::files::list(folder).unwrap().into_keys();
        names.map(|name| (name.clone(), fs::read_to_string(folder.join(name)).unwrap())).collect()
    }

    fn place(journal: &mut Journal, name: &str, text: &str) {
        let mut draft = crate::files::draft_in(&journal.folder).unwrap();
        draft.write_all(text.as_bytes()).unwrap();
        journal.place(draft, Path::new(name)).unwrap();
    }

    #[test]
    fn what_was_not_committed_goes_again_and_what_was_stays() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::create_dir(folder.join("a")).unwrap();
        fs::write(folder.join("a/old"), "old").unwrap();
        let before = content(folder);

        let mut killed = Journal::begin(folder, "first", None).unwrap();
        place(&mut killed, "a/old", "replaced");
        place(&mut killed, "a/new", "new");
        place(&mut killed, "a/old", "replaced again");
        assert_eq!(content(folder).len(), 2);
        // A line that was being written when the process died.
        writeln!(killed.file.as_mut().unwrap(), r#"{{"path":"a/ol"#).unwrap();
        let mut second = Journal::begin(folder, "second", None).unwrap();
        assert_eq!(content(folder), before);

        place(&mut second, "a/new", "new");
        place(&mut second, "a/old", "replaced");
        let third = Journal::begin(folder, "third", Some("second")).unwrap();
        assert_eq!(content(folder)[Path::new("a/old")], "replaced");
        assert_eq!(content(folder)[Path::new("a/new")], "new");
        assert!(read(folder).unwrap().is_none(), "the journal goes with what it is about: {third:?}");
    }
}
