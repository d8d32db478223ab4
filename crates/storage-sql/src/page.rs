//! Pages by key: one more row than asked for tells whether there is a next page.

use puente_storage::{Page, Result, Slice, StorageError};
use uuid::Uuid;

/// How many rows to fetch for a page.
pub(super) fn limit(page: &Page) -> i64 {
    i64::from(page.limit.clamp(1, Page::MAX_LIMIT)) + 1
}

/// The id after which a page begins.
pub(super) fn after_id(page: &Page) -> Result<Uuid> {
    match &page.after {
        Some(after) => after.parse().map_err(|_| StorageError::Missing("page.after")),
        None => Ok(Uuid::nil()),
    }
}

/// The name after which a page begins.
pub(super) fn after_name(page: &Page) -> Result<&str> {
    super::text::storable("page.after", page.after.as_deref().unwrap_or_default())
}

/// The page out of the rows that [`limit`] asked for.
pub(super) fn slice<R, T: TryFrom<R, Error = StorageError>>(
    rows: Vec<R>,
    page: &Page,
    key: impl Fn(&T) -> String,
) -> Result<Slice<T>> {
    let mut items = rows.into_iter().map(T::try_from).collect::<Result<Vec<T>>>()?;
    let size = page.limit.clamp(1, Page::MAX_LIMIT) as usize;
    let more = items.len() > size;
    items.truncate(size);
    let next = items.last().filter(|_| more).map(key);
    Ok(Slice { items, next })
}
