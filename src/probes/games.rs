//! All games that one side of a board may meet: does a player ever lose?

use std::collections::BTreeMap;

use crate::agents::muzero::view::MuZeroView;
use crate::envs::tic_tac_toe::{Board, SQUARES};
use crate::mdp::Action;
use crate::models::sight::{Eyes, Squares};

/// Who plays against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// Somebody who does anything: every move there is.
    Anybody,
    /// Somebody who opens anyhow, and then plays every move that minimax finds best.
    Minimax,
}

/// In the order of [`played`].
pub const RIVALS: [Rival; 2] = [Rival::Anybody, Rival::Minimax];

/// How games ended, as the player sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Games {
    /// With three in a row.
    pub won: u64,
    /// With a full board.
    pub drawn: u64,
    /// With three in a row of the other one, or a square that was taken.
    pub lost: u64,
}

impl Games {
    /// All of them.
    pub fn all(&self) -> u64 {
        self.won + self.drawn + self.lost
    }
}

/// Value of a board to the one who moves next, 1, 0 or -1, of perfect play on both sides.
#[derive(Debug, Default)]
pub struct Minimax {
    known: BTreeMap<Board, i8>,
}

impl Minimax {
    /// `max_a -V(next)`; a board that is won is lost for the one who would move.
    pub fn value(&mut self, board: Board) -> i8 {
        if board.is_over() {
            return -i8::from(board.is_won());
        }
        if let Some(&value) = self.known.get(&board) {
            return value;
        }
        let nexts: Vec<Board> = board.free().filter_map(|square| board.after(square)).collect();
        let value = nexts.into_iter().map(|next| -self.value(next)).max().unwrap_or(0);
        self.known.insert(board, value);
        value
    }

    /// Moves that keep that value.
    pub fn best(&mut self, board: Board) -> Vec<Action> {
        let value = self.value(board);
        let keeps = |&square: &Action| board.after(square).is_some_and(|b| -self.value(b) == value);
        board.free().filter(keeps).collect()
    }
}

/// Every game of a player against `rival`, as the one who begins and as the other one. `act` is asked
/// once for a board, with what is seen there; it may not answer by chance.
pub fn all_games(rival: Rival, act: impl FnMut(Board) -> Option<Action>) -> [Games; 2] {
    let mut walk = Walk { rival, act, minimax: Minimax::default(), known: BTreeMap::new() };
    [true, false].map(|crosses| {
        let mut games = Games::default();
        walk.from(Board::default(), crosses, &mut games);
        games
    })
}

/// Whether a learner sees the board of this game.
pub fn plays(view: &MuZeroView) -> bool {
    view.eyes == Eyes::Board(Squares { count: SQUARES })
}

/// All games of a learner against each of [`RIVALS`], as the one who begins and as the other one, by
/// searches without noise; `None` where it sees no board of this game.
pub fn played(view: &MuZeroView) -> Option<[[Games; 2]; 2]> {
    let mut known: BTreeMap<Board, Option<Action>> = BTreeMap::new();
    let mut act = |board: Board| *known.entry(board).or_insert_with(|| view.act(&board.seen()));
    plays(view).then(|| RIVALS.map(|rival| all_games(rival, &mut act)))
}

struct Walk<F> {
    rival: Rival,
    act: F,
    minimax: Minimax,
    /// What the player does.
    known: BTreeMap<Board, Option<Action>>,
}

impl<F: FnMut(Board) -> Option<Action>> Walk<F> {
    /// Plays on from `board`, the player with crosses or with noughts.
    fn from(&mut self, board: Board, crosses: bool, games: &mut Games) {
        let own = board.is_crosses_turn() == crosses;
        if board.is_over() {
            match (board.is_won(), own) {
                (false, _) => games.drawn += 1,
                (true, true) => games.lost += 1,
                (true, false) => games.won += 1,
            }
            return;
        }
        if own {
            let action = *self.known.entry(board).or_insert_with(|| (self.act)(board));
            match action.and_then(|action| board.after(action)) {
                Some(next) => self.from(next, crosses, games),
                None => games.lost += 1,
            }
            return;
        }
        let opens = (board.crosses | board.noughts).count_ones() < 2;
        let moves: Vec<Action> = match self.rival {
            Rival::Minimax if !opens => self.minimax.best(board),
            Rival::Minimax | Rival::Anybody => board.free().collect(),
        };
        let nexts: Vec<Board> =
            moves.into_iter().filter_map(|square| board.after(square)).collect();
        nexts.into_iter().for_each(|next| self.from(next, crosses, games));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minimax_never_loses_and_the_first_free_square_does() {
        let mut minimax = Minimax::default();
        assert_eq!(minimax.value(Board::default()), 0, "perfect play is a draw");
        for rival in [Rival::Anybody, Rival::Minimax] {
            let games = all_games(rival, |board| minimax.best(board).first().copied());
            assert!(games.iter().all(|g| g.lost == 0 && g.drawn > 0), "{rival:?}: {games:?}");
            let first = all_games(rival, |board| board.free().next());
            assert!(first.iter().any(|g| g.lost > 0), "{rival:?}: {first:?}");
        }
        let games = all_games(Rival::Minimax, |board| minimax.best(board).first().copied());
        assert_eq!((games[1].won, games[1].lost), (0, 0), "no opening loses for crosses");
        let taken = all_games(Rival::Anybody, |_| Some(0));
        assert_eq!(taken[0], Games { won: 0, drawn: 0, lost: 8 }, "a taken square loses");
    }
}
