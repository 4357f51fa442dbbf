//! Clocks, and places on them.

use serde::{Deserialize, Serialize};

/// What counts as time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// Finished episodes.
    Episodes,
    /// Real steps.
    EnvSteps,
    /// Updates of the value, real and imagined.
    Updates,
    /// Model calls.
    Imagined,
}

impl Clock {
    /// Length of an arena that says none, in its ticks.
    pub fn usual(self) -> u64 {
        match self {
            Self::Episodes => 50,
            Self::EnvSteps | Self::Updates | Self::Imagined => 20_000,
        }
    }

    /// All clocks in the order shown.
    pub const ALL: [Self; 4] = [Self::Episodes, Self::EnvSteps, Self::Updates, Self::Imagined];

    /// Name in files and flags.
    pub fn id(self) -> &'static str {
        match self {
            Self::Episodes => "episodes",
            Self::EnvSteps => "env-steps",
            Self::Updates => "updates",
            Self::Imagined => "imagined",
        }
    }

    /// Name on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Episodes => "episodes",
            Self::EnvSteps => "real steps",
            Self::Updates => "updates",
            Self::Imagined => "imagined steps",
        }
    }

    /// The clock called `id`.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.id() == id)
    }
}

/// How far one lane has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Finished episodes.
    pub episodes: u64,
    /// Finished real steps.
    pub env_steps: u64,
    /// Finished real steps of the episode under way.
    pub step: u64,
    /// Units done of the step under way: its real part, then its planning units. 0 between steps.
    pub unit: u64,
    /// Value updates from real experience.
    pub real_updates: u64,
    /// Value updates from imagined experience.
    pub imagined_updates: u64,
    /// Model calls.
    pub imagined_steps: u64,
}

impl Counters {
    /// Updates of both kinds.
    pub fn updates(&self) -> u64 {
        self.real_updates + self.imagined_updates
    }

    /// Reading of `clock`.
    pub fn on(&self, clock: Clock) -> u64 {
        match clock {
            Clock::Episodes => self.episodes,
            Clock::EnvSteps => self.env_steps,
            Clock::Updates => self.updates(),
            Clock::Imagined => self.imagined_steps,
        }
    }

    /// Where this lane stands on `clock`.
    pub fn position(&self, clock: Clock) -> Position {
        let (step, unit) = match clock {
            Clock::Episodes => (self.step, self.unit),
            Clock::EnvSteps => (0, self.unit),
            Clock::Updates | Clock::Imagined => (0, 0),
        };
        Position { clock, count: self.on(clock), step, unit }
    }
}

/// A place on a clock. A lane is *at* a position once it is the first moment at or past it, so a
/// position determines the state of every lane, whatever slices led there.
///
/// On the clock of episodes a lane that has finished its episode waits for the others at the
/// beginning of the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which clock.
    pub clock: Clock,
    /// Full ticks.
    pub count: u64,
    /// Real steps into the episode under way; used by the clock of episodes.
    pub step: u64,
    /// Units into the step under way; used by the clocks of episodes and real steps.
    pub unit: u64,
}

impl Position {
    /// The beginning of tick `count`.
    pub fn at(clock: Clock, count: u64) -> Self {
        Self { clock, count, step: 0, unit: 0 }
    }

    /// `n` of the smallest natural steps further: real steps on the clocks of episodes and real
    /// steps, ticks on the others. Units begun are dropped.
    pub fn steps_on(self, n: u64) -> Self {
        let next = Self { unit: 0, ..self };
        match self.clock {
            Clock::Episodes => Self { step: self.step.saturating_add(n), ..next },
            _ => Self { count: self.count.saturating_add(n), ..next },
        }
    }

    /// One unit further.
    pub fn unit_on(self) -> Self {
        match self.clock {
            Clock::Episodes | Clock::EnvSteps => Self { unit: self.unit + 1, ..self },
            Clock::Updates | Clock::Imagined => self.steps_on(1),
        }
    }

    fn key(&self) -> (u64, u64, u64) {
        (self.count, self.step, self.unit)
    }
}

impl PartialOrd for Position {
    /// Positions on different clocks cannot be compared.
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (self.clock == other.clock).then(|| self.key().cmp(&other.key()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_ordered_on_their_own_clock_only() {
        let a = Position::at(Clock::Episodes, 3);
        assert!(a < a.steps_on(1) && a.steps_on(1) < a.steps_on(1).unit_on());
        assert!(a.steps_on(1_000) < Position::at(Clock::Episodes, 4));
        assert_eq!(a.partial_cmp(&Position::at(Clock::Updates, 9)), None);
        assert_eq!(a.unit_on().steps_on(1), a.steps_on(1));
    }

    #[test]
    fn ids_are_read_back() {
        for clock in Clock::ALL {
            assert_eq!(Clock::from_id(clock.id()), Some(clock));
        }
    }
}
