//! The commands, one a file.

pub(crate) mod access;
pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod child;
pub(crate) mod client;
pub(crate) mod completions;
pub(crate) mod connect;
pub(crate) mod demo_data;
pub(crate) mod doctor;
pub(crate) mod export;
mod first_start;
pub(crate) mod grant;
pub(crate) mod healthcheck;
pub(crate) mod jobs;
pub(crate) mod key;
mod moment;
pub(crate) mod openapi;
mod pages;
pub(crate) mod restore;
mod rotate;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod source;
pub(crate) mod stdio;
pub(crate) mod team;
pub(crate) mod transfer;
pub(crate) mod user;

use std::{future::Future, num::NonZeroUsize};

use crate::arguments::{Arguments, Command};

/// Runs the command that was asked for.
pub(crate) fn run(Arguments { global, command }: Arguments) -> anyhow::Result<()> {
    match command {
        Command::Serve(serve) => serve.run(&global),
        Command::Stdio(stdio) => wait(stdio.run(&global)),
        Command::Connect(connect) => wait(connect.run(&global)),
        Command::Apply(apply) => wait(apply.run(&global)),
        Command::Export(export) => wait(export.run(&global)),
        Command::Source(source) => wait(source.run(&global)),
        Command::Secret(secret) => wait(secret.run(&global)),
        Command::User(user) => wait(user.run(&global)),
        Command::Key(key) => wait(key.run(&global)),
        Command::Client(client) => wait(client.run(&global)),
        Command::Team(team) => wait(team.run(&global)),
        Command::Grant(grant) => wait(grant.run(&global)),
        Command::Access(access) => wait(access.run(&global)),
        Command::Audit(audit) => wait(audit.run(&global)),
        Command::Jobs(jobs) => wait(jobs.run(&global)),
        Command::Transfer(transfer) => wait(transfer.run(&global)),
        Command::Backup(backup) => wait(backup.run(&global)),
        Command::Restore(restore) => wait(restore.run(&global)),
        Command::Doctor(doctor) => wait(doctor.run(&global)),
        Command::Healthcheck(healthcheck) => healthcheck.run(&global),
        Command::Openapi(openapi) => openapi.run(),
        Command::Completions(completions) => {
            completions.run();
            Ok(())
        }
        Command::Child(child) => child.run(),
        Command::DemoData(demo_data) => demo_data.run(),
    }
}

/// One core is enough for a command that does one thing.
fn wait(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = runtime(NonZeroUsize::MIN)?;
    let done = runtime.block_on(work);
    // A read of standard input cannot be interrupted; nobody waits for it.
    runtime.shutdown_background();
    done
}

fn runtime(workers: NonZeroUsize) -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(workers.get()).enable_all().build()?)
}
