//! The binary's insides: HTTP, terminal, configuration. A library only so that the stories can start the same product.

mod cli;
pub mod config;
mod control;
pub mod doctor;
pub mod engine;
mod explain;
mod meters;
pub mod rehearsal;
mod telemetry;
mod web;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Sandbox(options) => cli::sandbox::run(&options),
        Command::Serve(options) => cli::serve::run(&options),
        Command::Doctor(options) => cli::doctor::run(&options),
        Command::Connect(what) => cli::connect::run(&what),
        Command::Keys(command) => cli::keys::run(command),
        Command::Import(options) => cli::import::run(&options),
        Command::Backup(command) => cli::backup::run(&command),
        Command::Token(command) => cli::token::run(command),
        Command::Mirror(command) => cli::mirror::run(command),
        Command::Deliveries(command) => cli::deliveries::run(command),
        Command::Poll(command) => cli::poll::run(command),
        Command::Privacy(command) => cli::privacy::run(&command),
        Command::Explain(options) => cli::explain::run(options),
        Command::Proof(command) => cli::proof::run(command),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("shopclerk: {error:#}");
            ExitCode::FAILURE
        }
    }
}
