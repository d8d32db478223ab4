//! Writing into PostgreSQL by binary `COPY`.

use sqlx::{PgConnection, postgres::PgCopyIn};

use crate::{
    batch::{Batch, Receiver},
    error::{Error, Result, postgres},
    fault,
    naming::key_of,
    rows::Row,
    schema::{Kind, Table, quoted},
};

use super::{
    encode::{HEADER, TRAILER, field},
    read::kinds,
};

/// Copies every row that comes, within this connection's transaction.
pub(crate) async fn write(connection: &mut PgConnection, tables: &[Table], from: &mut Receiver) -> Result<()> {
    let mut next = from.recv().await;
    while let Some(first) = next.take() {
        let table = tables.get(first.table).ok_or(Error::Interrupted)?;
        let copy = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", quoted(&table.name), table.column_list());
        let doing = || postgres(format!("writing table {}", table.name));
        let mut copy = connection.copy_in_raw(&copy).await.map_err(doing())?;
        let copied = copy_table(&mut copy, table, first, from).await;
        match copied {
            Ok(following) => {
                copy.finish().await.map_err(doing())?;
                next = following;
            }
            Err(error) => {
                // The first failure is what matters; the connection is given up with its transaction anyway.
                let _ = copy.abort("the source failed").await;
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Sends the rows of one table; returns the first batch of the next.
async fn copy_table(
    copy: &mut PgCopyIn<&mut PgConnection>,
    table: &Table,
    first: Batch,
    from: &mut Receiver,
) -> Result<Option<Batch>> {
    let index = first.table;
    let kinds = kinds(table);
    let mut buffer = HEADER.to_vec();
    let mut next = Some(first);
    while let Some(batch) = next.take_if(|batch| batch.table == index) {
        for row in batch.rows.iter() {
            encode(table, &kinds, row, &mut buffer)?;
        }
        drop(batch);
        fault::point("transfer.copying").await;
        copy.send(&buffer[..]).await.map_err(postgres(format!("writing table {}", table.name)))?;
        buffer.clear();
        next = from.recv().await;
    }
    copy.send(TRAILER).await.map_err(postgres(format!("writing table {}", table.name)))?;
    Ok(next)
}

fn encode(table: &Table, kinds: &[Kind], row: Row<'_>, into: &mut Vec<u8>) -> Result<()> {
    into.extend_from_slice(&i16::try_from(kinds.len()).unwrap_or(i16::MAX).to_be_bytes());
    for (index, (cell, &kind)) in row.cells().zip(kinds).enumerate() {
        field(cell, kind, into).map_err(|unfit| {
            let column = &table.columns[index].name;
            Error::Refused(format!("table {}, column {column}, row {}: {unfit}", table.name, key_of(table, row)))
        })?;
    }
    Ok(())
}
