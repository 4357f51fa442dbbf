//! Any registered world, for those who ask its name first. The engine looks once which it is and
//! then runs with that one, so that no step pays for the choice.

use super::cart_pole::CartPole;
use super::crossing::Crossing;
use super::grid::Grid;
use super::levels::Levels;
use super::noisy_image::NoisyImage;
use super::pendulum::Pendulum;
use super::process::Process;
use super::tic_tac_toe::TicTacToe;
use crate::base::rng::Stream;
use crate::mdp::edit::{CannotEdit, Stroke};
use crate::mdp::scene::{Scene, Scenic};
use crate::mdp::{Action, Outcome, Simulator, Spec, State, Step, Tabular};

/// A world of any kind.
#[derive(Clone, Debug)]
pub enum AnyWorld {
    /// States that can be listed.
    Tabular(AnyTabular),
    /// A pendulum, any torque within limits.
    Pendulum(Pendulum),
    /// A pendulum with few torques to choose from.
    Torques(Levels<Pendulum>),
    /// A pole on a cart.
    CartPole(CartPole),
    /// A hiker and clouds.
    Crossing(Crossing),
    /// A maze seen as a picture.
    Image(NoisyImage),
    /// A game of two players.
    Board(TicTacToe),
}

impl AnyWorld {
    /// The world, if its states can be listed.
    pub fn tabular(self) -> Option<AnyTabular> {
        match self {
            Self::Tabular(world) => Some(world),
            Self::Pendulum(_)
            | Self::Torques(_)
            | Self::CartPole(_)
            | Self::Crossing(_)
            | Self::Image(_)
            | Self::Board(_) => None,
        }
    }
}

impl AnyWorld {
    /// Cells or states that can be named in a stroke; 0 where there are none.
    pub fn cells(self) -> usize {
        match self {
            Self::Image(world) => world.grid().states(),
            other => other.tabular().map_or(0, |world| world.states()),
        }
    }
}

impl Scenic for AnyWorld {
    fn scene(&self) -> Scene {
        match self {
            Self::Tabular(world) => world.scene(),
            Self::Pendulum(world) => world.scene(),
            Self::Torques(world) => world.scene(),
            Self::CartPole(world) => world.scene(),
            Self::Crossing(world) => world.scene(),
            Self::Image(world) => world.scene(),
            Self::Board(world) => world.scene(),
        }
    }
}

/// A world made from a map or from a law.
#[derive(Clone, Debug)]
pub enum AnyTabular {
    /// From a map.
    Grid(Grid),
    /// From a law.
    Process(Process),
}

/// Asks whichever world it is.
macro_rules! ask {
    ($of:expr, $world:ident => $answer:expr) => {
        match $of {
            Self::Grid($world) => $answer,
            Self::Process($world) => $answer,
        }
    };
}

impl AnyTabular {
    /// Where the agent is.
    pub fn state(&self) -> State {
        ask!(self, w => w.state())
    }

    /// Puts the agent into `state` at the beginning of an episode; `None` if it cannot stand there.
    pub fn place(&mut self, state: State) -> Option<()> {
        ask!(self, w => w.place(state))
    }
}

impl Simulator for AnyTabular {
    type Obs = State;
    type Action = Action;

    fn spec(&self) -> Spec {
        ask!(self, w => w.spec())
    }

    fn reset(&mut self, dice: &mut Stream) -> State {
        ask!(self, w => w.reset(dice))
    }

    fn step(&mut self, action: Action, dice: &mut Stream) -> Step<State> {
        ask!(self, w => w.step(action, dice))
    }

    fn stage(&self) -> usize {
        ask!(self, w => w.stage())
    }

    fn edit(&mut self, stroke: &Stroke) -> Result<(), CannotEdit> {
        ask!(self, w => w.edit(stroke))
    }

    fn edited(&self) -> u64 {
        ask!(self, w => w.edited())
    }
}

impl Tabular for AnyTabular {
    fn states(&self) -> usize {
        ask!(self, w => w.states())
    }

    fn actions(&self) -> usize {
        ask!(self, w => w.actions())
    }

    fn outcomes(&self, state: State, action: Action) -> Vec<Outcome> {
        ask!(self, w => w.outcomes(state, action))
    }

    fn starts(&self) -> Vec<State> {
        ask!(self, w => w.starts())
    }

    fn ends_well(&self, state: State) -> bool {
        ask!(self, w => w.ends_well(state))
    }

    fn stages(&self) -> Vec<Self> {
        match self {
            Self::Grid(world) => world.stages().into_iter().map(Self::Grid).collect(),
            Self::Process(world) => world.stages().into_iter().map(Self::Process).collect(),
        }
    }
}

impl Scenic for AnyTabular {
    fn scene(&self) -> Scene {
        ask!(self, w => w.scene())
    }
}
