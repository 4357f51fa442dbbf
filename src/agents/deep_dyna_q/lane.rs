//! What deep Dyna-Q keeps of each of its lanes beside the networks: dice, memory, tallies.

use crate::agents::memory::Memory;
use crate::agents::table::Tally;
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::Source;
use crate::mdp::{Action, State, Transition};
use crate::models::network::Steps;

/// Numbers a remembered step: state, action, reward, next state, whether the task goes on.
pub const ROW: usize = 5;
/// How fast the share of imagined updates follows.
const SHARE: f64 = 0.05;

/// One lane.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Dice for acting.
    pub explore: Stream,
    /// Dice for drawing real steps.
    pub replay: Stream,
    /// Dice for planning.
    pub plan: Stream,
    /// Real steps.
    pub memory: Memory,
    /// `[S * A]`: how often a pair happened.
    pub seen: Vec<u64>,
    /// `[S * A]`: how often a pair was in a batch. For pictures: decides nothing.
    pub tally: Vec<Tally>,
}

impl Lane {
    /// Knows nothing yet of so many pairs.
    pub fn new(pairs: usize, seed: u64) -> Self {
        Self {
            explore: Stream::new(seed, StreamName::Explore),
            replay: Stream::new(seed, StreamName::Replay),
            plan: Stream::new(seed, StreamName::Plan),
            memory: Memory::new(ROW),
            seen: vec![0; pairs],
            tally: vec![Tally::default(); pairs],
        }
    }

    /// Keeps what happened, and at most `most` steps in all.
    pub fn remember(&mut self, t: &Transition<State, Action>, pair: usize, most: usize) {
        let (action, goes_on) = (f32::from(t.action), f32::from(u8::from(!t.step.terminated)));
        // States are whole numbers far below 2^24, so nothing is lost.
        let row = [t.obs as f32, action, t.step.reward as f32, t.step.next as f32, goes_on];
        self.memory.push(&row, most);
        self.seen[pair] += 1;
    }

    /// Appends `count` remembered steps, drawn with the dice for real steps or for planning; a lane
    /// at rest, or with nothing to remember, appends as many empty ones and draws nothing.
    pub fn draw(&mut self, source: Source, active: bool, count: usize, out: &mut Steps) {
        let mut rows = Vec::with_capacity(count * ROW);
        if active && !self.memory.is_empty() {
            let dice = match source {
                Source::Real => &mut self.replay,
                Source::Imagined => &mut self.plan,
            };
            self.memory.sample(count, dice, &mut rows);
        }
        rows.resize(count * ROW, 0.0);
        for row in rows.as_chunks::<ROW>().0 {
            out.states.push(row[0] as State);
            out.actions.push(row[1] as Action);
            out.rewards.push(row[2]);
            out.nexts.push(row[3] as State);
            out.goes_on.push(row[4] > 0.5);
        }
        out.lanes += 1;
    }

    /// Notes that a pair was learned from.
    pub fn count(&mut self, pair: usize, source: Source) {
        let tally = &mut self.tally[pair];
        let imagined = match source {
            Source::Real => {
                tally.real += 1;
                0.0
            }
            Source::Imagined => {
                tally.imagined += 1;
                1.0
            }
        };
        tally.share += SHARE * (imagined - tally.share);
    }

    /// Adds all that decides its future.
    pub fn digest(&self, digest: &mut Digest) {
        let dice = [&self.explore, &self.replay, &self.plan];
        dice.into_iter().for_each(|dice| digest.word(dice.position() as u64));
        self.memory.digest(digest);
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.memory.own_bytes() + self.seen.len() * (size_of::<u64>() + size_of::<Tally>())
    }
}
