//! Reading PostgreSQL, table by table, by binary `COPY`.

use futures::TryStreamExt;
use sqlx::PgConnection;

use crate::{
    batch::Sender,
    error::{Error, Result, postgres},
    schema::{Kind, Table, quoted},
};

use super::decode::{Decoder, Malformed};

/// Sends every row of the tables, as this connection's transaction sees them.
pub(crate) async fn read(connection: &mut PgConnection, tables: &[Table], mut to: Sender) -> Result<()> {
    for (index, table) in tables.iter().enumerate() {
        to.start(index).await?;
        let doing = || postgres(format!("reading table {}", table.name));
        let kinds = kinds(table);
        let mut decoder = Decoder::new(&kinds);
        let copy =
            format!("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)", table.column_list(), quoted(&table.name));
        let mut stream = connection.copy_out_raw(&copy).await.map_err(doing())?;
        while let Some(chunk) = stream.try_next().await.map_err(doing())? {
            let malformed = |Malformed| Error::Refused(format!("table {} came in a form that is unknown", table.name));
            if decoder.feed(&chunk, &mut to.rows).map_err(malformed)? > 0 {
                to.row().await?;
            }
        }
    }
    to.flush().await
}

pub(super) fn kinds(table: &Table) -> Vec<Kind> {
    table.columns.iter().map(|column| column.kind.unwrap_or(Kind::Unknown)).collect()
}
