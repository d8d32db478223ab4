//! Lists are paged; the command line shows all of them.

use puente_gateway::Result;
use puente_storage::{Page, Slice};

/// Every item, page after page.
pub(super) async fn every<T>(mut fetch: impl AsyncFnMut(&Page) -> Result<Slice<T>>) -> Result<Vec<T>> {
    let mut page = Page { after: None, limit: 1000 };
    let mut all = Vec::new();
    loop {
        let slice = fetch(&page).await?;
        all.extend(slice.items);
        match slice.next {
            Some(next) => page.after = Some(next),
            None => return Ok(all),
        }
    }
}
