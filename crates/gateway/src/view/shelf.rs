//! A list that is sorted by what clients call its items.

use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;

/// An item as a client sees it.
pub(crate) struct Listed<T> {
    /// Its name or URI.
    pub(crate) key: String,
    /// As it is listed.
    pub(crate) json: Bytes,
    pub(crate) item: T,
}

/// Sorted by key, without repetition.
pub(crate) struct Shelf<T> {
    items: Vec<Listed<T>>,
    /// Changes with every byte that is listed.
    pub(crate) digest: u64,
}

impl<T> Shelf<T> {
    /// Of two items with the same key the first one stays; `clash` is told of the other.
    pub(crate) fn new(items: impl IntoIterator<Item = Listed<T>>, clash: impl Fn(&Listed<T>)) -> Self {
        let mut items: Vec<Listed<T>> = items.into_iter().collect();
        items.sort_by(|a, b| a.key.cmp(&b.key));
        items.dedup_by(|later, earlier| {
            let same = later.key == earlier.key;
            if same {
                clash(later);
            }
            same
        });
        let mut hasher = DefaultHasher::new();
        for item in &items {
            item.json.hash(&mut hasher);
        }
        Self { digest: hasher.finish(), items }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.place(key).map(|place| &self.items[place].item)
    }

    /// How many items come before the one with this key.
    pub(crate) fn place(&self, key: &str) -> Option<usize> {
        self.items.binary_search_by(|listed| listed.key.as_str().cmp(key)).ok()
    }

    /// The item at this place.
    pub(crate) fn at(&self, place: usize) -> Option<&Listed<T>> {
        self.items.get(place)
    }

    pub(crate) const fn len(&self) -> usize {
        self.items.len()
    }

    /// At most `limit` items after `after`; and whether there are more.
    pub(crate) fn page(&self, after: Option<&str>, limit: usize) -> (&[Listed<T>], bool) {
        let start = after.map_or(0, |after| self.items.partition_point(|listed| listed.key.as_str() <= after));
        let rest = &self.items[start..];
        (&rest[..rest.len().min(limit)], rest.len() > limit)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Listed<T>> {
        self.items.iter()
    }
}
