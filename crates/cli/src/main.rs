//! The binary `puente`: it reads the command line and the settings, makes one call, and says how it ended.

mod arguments;
mod commands;
mod connect;
mod demo;
mod doctor;
mod exit;
mod forward;
mod global;
mod http;
mod input;
mod moving;
mod output;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    match commands::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            exit::code(&error).into()
        }
    }
}
