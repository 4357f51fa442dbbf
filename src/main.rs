//! Parses, hands over, and turns the answer into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use imaginarium::cli;
use imaginarium::cli::args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.command {
        Some(Command::List) => cli::list::list(&mut std::io::stdout().lock()),
        Some(Command::Run(args)) => cli::run::run(args),
        Some(Command::Film(args)) => cli::film::film(args),
        Some(Command::Replay(args)) => cli::replay::replay(args, &mut std::io::stdout().lock()),
        None => cli::laboratory::laboratory(&cli.open),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("imaginarium: {error}");
            ExitCode::from(error.code())
        }
    }
}
