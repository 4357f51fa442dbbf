//! What an agent keeps of each of its lanes beside the networks: dice, games, where it stands.

use super::config::MuZeroConfig;
use super::games::{Game, Games};
use crate::agents::Work;
use crate::agents::table::Tally;
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::{Action, Observed, Transition};

/// One lane in a world where `O` is seen.
#[derive(Clone, Debug)]
pub(super) struct Lane<O> {
    /// Dice for acting.
    pub explore: Stream,
    /// Dice for searches; one under way has a copy of its own.
    pub plan: Stream,
    /// Dice for drawing places.
    pub replay: Stream,
    /// Games that are over.
    pub games: Games<O>,
    /// The game under way.
    pub game: Game<O>,
    /// Where the next search starts.
    pub root: Option<O>,
    /// Updates that real steps have earned, a fraction included.
    earned: f64,
    /// Updates still to be done in the step under way.
    pub updates_due: u32,
    /// Real steps.
    pub steps: u64,
    /// `[S * A]`: how often pairs happened, where states are listed. For pictures: decides nothing.
    pub tally: Vec<Tally>,
    /// Work done.
    pub work: Work,
}

impl<O: Observed> Lane<O> {
    /// Nothing lived yet, in a world of so many pairs of listed states and actions.
    pub fn new(priority: f64, pairs: usize, seed: u64) -> Self {
        Self {
            explore: Stream::new(seed, StreamName::Explore),
            plan: Stream::new(seed, StreamName::Plan),
            replay: Stream::new(seed, StreamName::Replay),
            games: Games::new(priority),
            game: Game::default(),
            root: None,
            earned: 0.0,
            updates_due: 0,
            steps: 0,
            tally: vec![Tally::default(); pairs],
            work: Work::default(),
        }
    }

    /// Whether the real world is frozen: nothing more is remembered, and it acts without noise.
    pub fn is_frozen(&self, config: &MuZeroConfig) -> bool {
        let after = u64::from(config.freeze_after);
        after > 0 && self.steps >= after
    }

    /// A real step was lived.
    pub fn lived(&mut self, t: &Transition<O, Action>, actions: usize) {
        self.steps += 1;
        self.game.rewards.push(t.step.reward);
        let pair = t.obs.state().map(|state| state as usize * actions + usize::from(t.action));
        if let Some(tally) = pair.and_then(|pair| self.tally.get_mut(pair)) {
            tally.real += 1;
        }
    }

    /// What that step earned becomes due. All lanes that began together are due together; where
    /// nothing is remembered yet there is nothing to learn from.
    pub fn earn(&mut self, updates: f64) {
        self.earned += updates;
        let whole = self.earned.floor();
        self.earned -= whole;
        self.updates_due = if self.games.is_empty() { 0 } else { whole as u32 };
    }

    /// One more update of its networks, from so many places; without a grounded loss it is an imagined
    /// one.
    pub fn count_update(&mut self, config: &MuZeroConfig) {
        let dream = config.dream(config.gamma);
        match dream {
            Some(_) if config.grounded == 0.0 => self.work.imagined_updates += 1,
            Some(_) | None => self.work.real_updates += 1,
        }
        let steps = dream.map_or(0, |dream| dream.depth as u64 + 1);
        self.work.imagined_steps += u64::from(config.batch) * steps;
    }

    /// Adds all that decides its future.
    pub fn digest(&self, digest: &mut Digest) {
        let dice = [&self.explore, &self.plan, &self.replay];
        dice.into_iter().for_each(|dice| digest.word(dice.position() as u64));
        self.games.digest(digest);
        self.game.digest(digest);
        self.root.iter().for_each(|root| root.digest(digest));
        digest.number(self.earned);
        digest.word(u64::from(self.updates_due));
        digest.word(self.steps);
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.games.bytes() + self.tally.len() * size_of::<Tally>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::State;

    #[test]
    fn updates_come_due_as_they_are_earned_once_something_is_remembered() {
        let mut lane: Lane<State> = Lane::new(0.5, 0, 1);
        let due = |lane: &mut Lane<State>, updates| {
            lane.earn(updates);
            lane.updates_due
        };
        assert_eq!([0.5, 0.5, 2.0].map(|x| due(&mut lane, x)), [0, 0, 0], "nothing is remembered");
        let mut game = Game::default();
        game.decided(0, 0, &[1.0], 0.0);
        game.rewards.push(1.0);
        lane.games.keep(game, vec![0.0], 10);
        assert_eq!([0.5, 0.5, 0.5, 2.5].map(|x| due(&mut lane, x)), [0, 1, 0, 3]);
    }
}
