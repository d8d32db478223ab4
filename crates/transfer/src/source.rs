//! Where rows come from: locked against writers for as long as it is open, and left as it is.

use puente_storage::StorageError;
use puente_storage_sqlite::UseLock;

use crate::{
    error::{Error, Result},
    schema::{Schema, quoted},
    side::{CURRENT, Place, Side},
};

/// An open source.
pub(crate) struct Source {
    pub(crate) side: Side,
    pub(crate) schema: Schema,
    /// Ends after the transaction.
    _lock: Option<UseLock>,
}

impl Source {
    pub(crate) async fn open(place: &Place) -> Result<Self> {
        let in_use = |error| match error {
            error @ (StorageError::InUse { .. } | StorageError::Occupied(_) | StorageError::Moving) => {
                Error::InUse(format!("{}: {error}; stop every server and command on the source", place.shown()))
            }
            error => Error::Storage(error),
        };
        let (mut side, lock) = match place {
            Place::Sqlite(path) => {
                if !path.exists() {
                    return Err(Error::Refused(format!("there is no file {}", path.display())));
                }
                let lock = puente_storage_sqlite::claim_database(path).map_err(in_use)?;
                (Side::sqlite(path)?, Some(lock))
            }
            Place::Postgres(url) => {
                let mut side = Side::postgres(url, CURRENT).await?;
                if let Side::Postgres(pg) = &mut side {
                    puente_storage_postgres::claim_idle(pg.connection()).await.map_err(in_use)?;
                }
                (side, None)
            }
            Place::Backup(archive) => (Side::Backup(archive.clone()), None),
        };
        let schema = side.schema().await?;
        if matches!(side, Side::Postgres(_)) && !schema.tables.is_empty() {
            let tables: Vec<String> = schema.tables.iter().map(|table| quoted(&table.name)).collect();
            side.run(format!("LOCK TABLE {} IN SHARE MODE", tables.join(", ")), "closing the source to writers")
                .await?;
        }
        Ok(Self { side, schema, _lock: lock })
    }

    pub(crate) async fn close(self) {
        self.side.close().await;
    }
}
