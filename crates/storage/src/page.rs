//! Paging: by key, not by offset, so that page 1,000 costs what page 1 does.

/// Which part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The key of the last item of the page before: an id or a name, as the list is ordered. Where it must be an id
    /// and is none: [`StorageError::Missing`](crate::StorageError::Missing) `page.after`.
    pub after: Option<String>,
    /// At most this many items; 1 to [`Page::MAX_LIMIT`], and what lies outside is taken as the nearest of them.
    pub limit: u32,
}

impl Page {
    /// The longest page.
    pub const MAX_LIMIT: u32 = 1_000;
}

impl Default for Page {
    fn default() -> Self {
        Self { after: None, limit: 100 }
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// The items.
    pub items: Vec<T>,
    /// [`Page::after`] of the next page; `None` at the end.
    pub next: Option<String>,
}
