//! Both real databases, every table, nasty values.

mod auto;
mod backups;
mod generate;
mod round_trip;
mod schemas;
mod world;
