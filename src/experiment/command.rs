//! What a person can ask an arena for.

use std::sync::mpsc::Sender;

use super::arena::Grain;
use super::clock::{Clock, Position};
use super::config::ArenaConfig;
use super::run_file::RunFile;
use crate::mdp::State;
use crate::mdp::edit::Stroke;

/// What a person can ask for.
#[derive(Clone, Debug)]
pub enum Command {
    /// Play or pause.
    Play(bool),
    /// One grain forward, then pause.
    Step,
    /// One grain back, then pause.
    Back,
    /// What one grain is.
    Grain(Grain),
    /// Go to a place already seen.
    Seek(Position),
    /// Grains a second; `None` as fast as it goes.
    Speed(Option<f64>),
    /// Change a parameter of a run's agent.
    Set {
        /// Which run.
        run: usize,
        /// Which parameter.
        param: usize,
        /// To what.
        value: f64,
    },
    /// Let a run plan so many times in every lane while the world stands still.
    Dream {
        /// Which run.
        run: usize,
        /// How often.
        units: u32,
    },
    /// Draw a stroke over the world of all runs.
    Edit(Stroke),
    /// Paint an error over the model of a run: entering these cells pays so much more there.
    Lie {
        /// Which run.
        run: usize,
        /// Which cells, and how much.
        cells: Vec<(State, f64)>,
    },
    /// Take the last stroke back.
    Undo,
    /// Look into a cell of a run, or into none: which updates wrote its values.
    Inspect {
        /// Which run.
        run: usize,
        /// Which cell.
        cell: Option<State>,
        /// The list ends before the update of this number; `None` for the newest ones.
        before: Option<u64>,
    },
    /// Copy the searches of all runs out with every picture, or stop to.
    Evidence(bool),
    /// Give a run a twin with the same past.
    Fork {
        /// Which run.
        run: usize,
    },
    /// Take a fork away again.
    Unfork {
        /// Which run.
        run: usize,
    },
    /// Change a parameter of the world; starts anew.
    SetWorld {
        /// Which parameter.
        param: usize,
        /// To what.
        value: f64,
    },
    /// Start anew with this seed and these many lanes; parameters stay as they are.
    Restart {
        /// Seed of lane 0.
        seed: u64,
        /// Lanes per run.
        lanes: usize,
    },
    /// Start anew as the lesson has it.
    Reset,
    /// Another arena.
    Load(Box<ArenaConfig>),
    /// Hand over all it takes to come back here.
    Keep {
        /// Id of the lesson it belongs to; may be empty.
        lesson: String,
        /// Where to.
        reply: Sender<RunFile>,
    },
    /// Live a kept life again, in place of the present arena.
    Relive {
        /// What to call it.
        name: String,
        /// The life.
        file: Box<RunFile>,
    },
    /// The run whose episodes count when stepping on other clocks.
    Select(usize),
    /// The lane on screen.
    Watch(usize),
    /// The x axis of every curve.
    Axis(Clock),
    /// The clock of the lock-step; starts anew.
    LockStep(Clock),
}

impl Command {
    /// Acts on the state of lanes, so that all of them must be at the position.
    pub(super) fn needs_rest(&self) -> bool {
        matches!(
            self,
            Self::Play(false)
                | Self::Step
                | Self::Back
                | Self::Seek(_)
                | Self::Set { .. }
                | Self::Dream { .. }
                | Self::Edit(_)
                | Self::Undo
                | Self::Lie { .. }
                | Self::Fork { .. }
                | Self::Unfork { .. }
        )
    }
}

/// The commands without every seek that another seek overtakes before anything happens at its
/// place: a hand that scrubs asks for more places than can be shown. A change of a parameter
/// happens at a place, so that it keeps the seek before it.
pub fn without_overtaken(commands: Vec<Command>) -> Vec<Command> {
    let mut kept: Vec<Command> = Vec::with_capacity(commands.len());
    for command in commands {
        if let Command::Seek(to) = command {
            let idle = |c: &Command| matches!(c, Command::Seek(_) | Command::Play(false));
            let from = kept.iter().rposition(|c| !idle(c)).map_or(0, |last| last + 1);
            let mut index = 0;
            kept.retain(|c| {
                index += 1;
                index <= from || !matches!(c, Command::Seek(at) if at.clock == to.clock)
            });
        }
        kept.push(command);
    }
    kept
}
