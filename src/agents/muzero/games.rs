//! Replay by episode: games with what searches found in them, drawn by how surprising they are.
//!
//! Episodes that do not end are kept in parts, each continued by the value of what was seen last.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::{Action, Observed};
use crate::rl::n_step::Happened;
use crate::rl::priority::priority;

/// What happened, and what searches found. Never changes once it is over.
#[derive(Clone, Debug)]
pub struct Game<O> {
    /// `[T + 1]`: what was seen, the last sight included; `[T]` while it goes on.
    pub seen: Vec<O>,
    /// `[T]`: what was done.
    pub actions: Vec<Action>,
    /// `[T]`: `rewards[t]` came after `actions[t]`.
    pub rewards: Vec<f64>,
    /// `[T * A]`: policies that searches found.
    pub policies: Vec<f64>,
    /// `[T + 1]`: values that searches found, and that of the last sight; `[T]` while it goes on.
    pub values: Vec<f64>,
    /// Whether the task was over; otherwise the game was only cut off.
    pub terminated: bool,
}

impl<O> Default for Game<O> {
    fn default() -> Self {
        Self {
            seen: Vec::new(),
            actions: Vec::new(),
            rewards: Vec::new(),
            policies: Vec::new(),
            values: Vec::new(),
            terminated: false,
        }
    }
}

impl<O: Observed> Game<O> {
    /// Real steps `T`.
    pub fn length(&self) -> usize {
        self.rewards.len()
    }

    /// What happened.
    pub fn happened(&self) -> Happened<'_> {
        Happened { rewards: &self.rewards, terminated: self.terminated }
    }

    /// A search found `policy` and `value` where `seen` was seen, and `action` was done.
    pub fn decided(&mut self, seen: O, action: Action, policy: &[f64], value: f64) {
        self.seen.push(seen);
        self.actions.push(action);
        self.policies.extend_from_slice(policy);
        self.values.push(value);
    }

    /// Adds it to a fingerprint.
    pub fn digest(&self, digest: &mut Digest) {
        self.seen.iter().for_each(|seen| seen.digest(digest));
        self.actions.iter().for_each(|&action| digest.word(u64::from(action)));
        for numbers in [&self.rewards, &self.policies, &self.values] {
            digest.numbers(numbers);
        }
        digest.word(u64::from(self.terminated));
    }

    fn bytes(&self) -> usize {
        let numbers = self.rewards.len() + self.policies.len() + self.values.len();
        self.seen.len() * size_of::<O>() + self.actions.len() + numbers * size_of::<f64>()
    }
}

/// A game that is over, and how often its places are drawn.
#[derive(Clone, Debug)]
struct Kept<O> {
    game: Arc<Game<O>>,
    /// `[T]`: `|v - G|` when it was last learned from.
    errors: Vec<f64>,
    /// `[T]`: priorities.
    odds: Vec<f64>,
    /// Of all priorities.
    sum: f64,
}

/// A place that was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Which game.
    pub game: usize,
    /// Which step of it.
    pub at: usize,
    /// With which chance.
    pub chance: f64,
}

/// The newest games.
#[derive(Clone, Debug)]
pub struct Games<O> {
    kept: VecDeque<Kept<O>>,
    steps: usize,
    alpha: f64,
}

impl<O: Observed> Games<O> {
    /// Remembers nothing yet.
    pub fn new(alpha: f64) -> Self {
        Self { kept: VecDeque::new(), steps: 0, alpha }
    }

    /// Real steps kept.
    pub fn len(&self) -> usize {
        self.steps
    }

    /// Whether it remembers nothing.
    pub fn is_empty(&self) -> bool {
        self.steps == 0
    }

    /// Game `index`.
    pub fn game(&self, index: usize) -> &Game<O> {
        &self.kept[index].game
    }

    /// The newest game that is kept.
    pub fn newest(&self) -> Option<&Game<O>> {
        self.kept.back().map(|kept| &*kept.game)
    }

    /// What was seen last in games that ended their task, newest first.
    pub fn ends(&self) -> impl Iterator<Item = &O> {
        let over = self.kept.iter().rev().filter(|kept| kept.game.terminated);
        over.filter_map(|kept| kept.game.seen.last())
    }

    /// At most `count` things seen in all games, as far apart as they can be, oldest first.
    pub fn spread(&self, count: usize) -> Vec<O> {
        let all: usize = self.kept.iter().map(|kept| kept.game.seen.len()).sum();
        let count = count.min(all);
        let mut wanted = (0..count).map(|i| (2 * i + 1) * all / (2 * count)).peekable();
        let (mut found, mut before) = (Vec::with_capacity(count), 0);
        for kept in &self.kept {
            let seen = &kept.game.seen;
            while let Some(at) = wanted.next_if(|at| *at < before + seen.len()) {
                found.push(seen[at - before]);
            }
            before += seen.len();
        }
        found
    }

    /// Keeps a game whose values were wrong by `errors`, `[T]`, and forgets the oldest ones until at
    /// most `most` steps are left; the newest game stays in any case.
    pub fn keep(&mut self, game: Game<O>, errors: Vec<f64>, most: usize) {
        self.steps += game.length();
        let odds: Vec<f64> = errors.iter().map(|&error| priority(error, self.alpha)).collect();
        let sum = odds.iter().sum();
        self.kept.push_back(Kept { game: Arc::new(game), errors, odds, sum });
        while self.steps > most && self.kept.len() > 1 {
            self.steps -= self.kept.pop_front().map_or(0, |oldest| oldest.game.length());
        }
    }

    /// Draws by `|error|^alpha` from now on.
    pub fn sharpen(&mut self, alpha: f64) {
        if self.alpha == alpha {
            return;
        }
        self.alpha = alpha;
        for kept in &mut self.kept {
            kept.odds = kept.errors.iter().map(|&error| priority(error, alpha)).collect();
            kept.sum = kept.odds.iter().sum();
        }
    }

    /// Draws `count` places, each anew; there must be a game.
    pub fn draw(&self, count: usize, dice: &mut Stream) -> Vec<Drawn> {
        let all: f64 = self.kept.iter().map(|kept| kept.sum).sum();
        let one = |_| {
            let game = dice.pick(self.kept.iter().map(|kept| kept.sum / all));
            let kept = &self.kept[game];
            let at = dice.pick(kept.odds.iter().map(|odds| odds / kept.sum));
            Drawn { game, at, chance: kept.odds[at] / all }
        };
        (0..count).map(one).collect()
    }

    /// A place that was drawn turned out to be wrong by `error`.
    pub fn judged(&mut self, drawn: Drawn, error: f64) {
        let (kept, odds) = (&mut self.kept[drawn.game], priority(error, self.alpha));
        kept.errors[drawn.at] = error;
        kept.odds[drawn.at] = odds;
        // Summed up anew: differences of many sums would wear away.
        kept.sum = kept.odds.iter().sum();
    }

    /// Adds what it remembers.
    pub fn digest(&self, digest: &mut Digest) {
        digest.number(self.alpha);
        for kept in &self.kept {
            kept.game.digest(digest);
            digest.numbers(&kept.errors);
        }
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        let one = |kept: &Kept<O>| kept.game.bytes() + 2 * kept.odds.len() * size_of::<f64>();
        self.kept.iter().map(one).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;
    use crate::mdp::State;

    fn game(length: usize, first: State) -> Game<State> {
        let mut game = Game::default();
        for t in 0..length {
            game.decided(first + t as State, 0, &[1.0], 0.0);
            game.rewards.push(1.0);
        }
        game.seen.push(99);
        game.values.push(0.0);
        game
    }

    #[test]
    fn the_oldest_games_are_forgotten_and_the_newest_stays() {
        let mut games = Games::new(0.0);
        (0..5).for_each(|i| games.keep(game(10, 100 * i), vec![0.0; 10], 25));
        assert_eq!((games.len(), games.game(0).seen[0]), (20, 300));
        games.keep(game(60, 7), vec![0.0; 60], 25);
        assert_eq!((games.len(), games.game(0).seen[0]), (60, 7));
    }

    #[test]
    fn what_was_seen_is_spread_over_all_games() {
        let mut games = Games::new(0.0);
        assert!(games.newest().is_none() && games.spread(4).is_empty());
        (0..3).for_each(|i| games.keep(game(3, 100 * i), vec![0.0; 3], 100));
        assert_eq!(games.newest().map(|newest| newest.seen[0]), Some(200));
        assert_eq!(games.spread(4), [1, 100, 99, 202]);
        assert_eq!(games.spread(99).len(), 12);
    }

    #[test]
    fn places_are_drawn_by_their_priority() {
        let mut games = Games::new(1.0);
        games.keep(game(2, 0), vec![0.999, 2.999], 100);
        games.keep(game(1, 0), vec![3.999], 100);
        let mut dice = Stream::new(4, StreamName::Replay);
        let shares = |games: &Games<State>, dice: &mut Stream| {
            let drawn = games.draw(8000, dice);
            let count = |game, at| drawn.iter().filter(|d| (d.game, d.at) == (game, at)).count();
            [count(0, 0), count(0, 1), count(1, 0)].map(|n| n as f64 / 8000.0)
        };
        // Odds 1, 3, 4; five standard deviations of a share are at most 0.028.
        for (share, want) in shares(&games, &mut dice).into_iter().zip([0.125, 0.375, 0.5]) {
            assert!((share - want).abs() < 0.028, "{share} for {want}");
        }
        let chance = games.draw(100, &mut dice).into_iter().find(|d| d.game == 1).unwrap().chance;
        assert!((chance - 0.5).abs() < 1e-12);
        games.judged(Drawn { game: 1, at: 0, chance }, -0.999);
        for (share, want) in shares(&games, &mut dice).into_iter().zip([0.2, 0.6, 0.2]) {
            assert!((share - want).abs() < 0.028, "{share} for {want}");
        }
        games.sharpen(0.0);
        for share in shares(&games, &mut dice) {
            assert!((share - 1.0 / 3.0).abs() < 0.028, "all alike: {share}");
        }
    }

    #[test]
    fn a_copy_shares_its_games_and_the_fingerprint_sees_errors() {
        let mut games = Games::new(1.0);
        games.keep(game(3, 0), vec![1.0; 3], 100);
        let copy = games.clone();
        assert!(Arc::ptr_eq(&games.kept[0].game, &copy.kept[0].game));
        let of = |games: &Games<State>| {
            let mut digest = Digest::default();
            games.digest(&mut digest);
            digest.finish()
        };
        assert_eq!(of(&games), of(&copy));
        games.judged(Drawn { game: 0, at: 1, chance: 0.5 }, 2.0);
        assert_ne!(of(&games), of(&copy));
    }
}
