//! What really happened lately, for pictures: the game under way, the last one, places spread over
//! all that is remembered, and where games ended.

use super::games::{Game, Games};
use crate::mdp::{Action, Observed};
use crate::models::sight::Seen;

/// Places spread over the memory that pictures get.
const PLACES: usize = 256;
/// Different sights at the ends of games that they get.
const ENDS: usize = 16;

/// Real steps in a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// `[T + 1]`: what was seen; empty where nothing was.
    pub seen: Vec<Seen>,
    /// `[T]`: what was done.
    pub actions: Vec<Action>,
    /// `[T]`: `rewards[t]` came after `actions[t]`.
    pub rewards: Vec<f64>,
    /// Whether the task was over at the end.
    pub terminated: bool,
}

impl Way {
    /// Real steps `T`.
    pub fn length(&self) -> usize {
        self.actions.len()
    }

    /// The steps of `game` that are over, with what is seen `now` where it goes on.
    fn of<O: Observed>(game: &Game<O>, now: Option<O>) -> Option<Self> {
        let length = game.length();
        let seen = game.seen.iter().take(length + 1).copied();
        let seen = seen.chain(now.filter(|_| game.seen.len() <= length));
        let seen: Vec<Seen> = seen.map(|seen| Seen::of(&seen)).collect::<Option<_>>()?;
        Some(Self {
            actions: game.actions[..length].to_vec(),
            rewards: game.rewards.clone(),
            terminated: game.terminated,
            seen,
        })
    }
}

/// The newest of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lived {
    /// The game under way.
    pub now: Way,
    /// The newest one that is kept.
    pub last: Way,
    /// Places of all that are remembered, oldest first.
    pub places: Vec<Seen>,
    /// What was seen where the task was over, each once, the newest first.
    pub ends: Vec<Seen>,
}

impl Lived {
    pub(super) fn of<O: Observed>(games: &Games<O>, game: &Game<O>, now: Option<O>) -> Self {
        let last = games.newest().and_then(|game| Way::of(game, None));
        let places = games.spread(PLACES);
        let mut ends: Vec<Seen> = Vec::new();
        for seen in games.ends().filter_map(Seen::of) {
            if ends.len() < ENDS && !ends.contains(&seen) {
                ends.push(seen);
            }
        }
        Self {
            ends,
            now: Way::of(game, now).unwrap_or_default(),
            last: last.unwrap_or_default(),
            places: places.iter().filter_map(Seen::of).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::State;

    #[test]
    fn a_game_under_way_ends_with_what_is_seen_now() {
        let mut game: Game<State> = Game::default();
        game.decided(3, 1, &[1.0], 0.0);
        let open = Way::of(&game, Some(3)).unwrap();
        assert_eq!((open.seen, open.actions.len()), (vec![Seen::State(3)], 0), "not yet lived");
        game.rewards.push(0.5);
        let way = Way::of(&game, Some(4)).unwrap();
        assert_eq!(way.seen, [3, 4].map(Seen::State));
        assert_eq!((way.actions, way.rewards), (vec![1], vec![0.5]));
        game.seen.push(9);
        let over = Way::of(&game, None).unwrap();
        assert_eq!(over.seen, [3, 9].map(Seen::State));
    }

    #[test]
    fn ends_of_tasks_are_told_once_each_and_parts_of_games_are_none() {
        let mut games: Games<State> = Games::new(0.0);
        for (last, terminated) in [(7, true), (8, false), (9, true), (7, true)] {
            let mut game = Game { terminated, ..Game::default() };
            game.decided(1, 0, &[1.0], 0.0);
            game.rewards.push(0.0);
            game.seen.push(last);
            games.keep(game, vec![0.0], 100);
        }
        let lived = Lived::of(&games, &Game::default(), None);
        assert_eq!(lived.ends, [7, 9].map(Seen::State));
    }
}
