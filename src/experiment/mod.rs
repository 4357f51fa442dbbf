//! The engine: cohorts advanced in lock-step on a shared clock, with time travel and a thread of
//! its own. There is no second loop: headless runs, the window, films and tests all call
//! [`Experiment::advance_to`].

mod advance;
pub mod arena;
pub mod build;
pub mod cell_log;
pub mod clock;
pub mod cohort;
pub mod command;
pub mod config;
mod drive;
mod edits;
pub mod engine;
pub mod fork;
pub mod futures;
mod group;
pub mod inspect;
mod keep;
pub mod keyframes;
mod lane;
mod lane_view;
mod measure;
pub mod networks;
mod open;
mod read;
pub mod record;
mod rescue;
pub mod run;
pub mod run_file;
pub mod runner;
pub mod snapshot;
pub mod table;
pub mod take;
mod travel;
pub mod workers;
mod world_config;
mod worlds;
mod write;

pub use arena::{Event, Experiment, Grain, Run};
pub use clock::{Clock, Position};
pub use config::ArenaConfig;
