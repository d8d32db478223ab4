//! Paging: by key, not by offset, so that page 1,000 costs what page 1 does.

/// Which part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The key of the last item of the page before: an id or a name, as the list is ordered.
    pub after: Option<String>,
    /// At most this many items; 1 to 1,000.
    pub limit: u32,
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
