//! Tic-tac-toe: two players put marks on nine squares in turn; three in a row win.
//!
//! One agent plays both sides. It sees the board as the one who moves sees it, and each reward is
//! that of the one who moved: 1 for three in a row, 0 for a draw, -1 for a square that is taken,
//! which ends the game. So the value of what is seen next is that of the *other* player.

use crate::base::rng::Stream;
use crate::mdp::physical::{Body, Dimension, KnownReward, Next, Physical, Vector};
use crate::mdp::scene::{BoardScene, Scene, Scenic};
use crate::mdp::{Action, Simulator, Spec, Step};

/// Squares of a side.
const SIDE: usize = 3;
/// Squares.
pub const SQUARES: usize = SIDE * SIDE;
/// All squares, one bit each.
const FULL: u16 = (1 << SQUARES) - 1;
/// Three in a row, one bit a square, row by row from the top left.
const ROWS: [u16; 8] = [
    0b000_000_111,
    0b000_111_000,
    0b111_000_000,
    0b001_001_001,
    0b010_010_010,
    0b100_100_100,
    0b100_010_001,
    0b001_010_100,
];

/// Marks on the board, one bit a square. Crosses begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Board {
    /// Squares with a cross.
    pub crosses: u16,
    /// Squares with a nought.
    pub noughts: u16,
}

impl Board {
    /// Whether crosses move next.
    pub fn is_crosses_turn(self) -> bool {
        self.crosses.count_ones() == self.noughts.count_ones()
    }

    /// Marks of the one who moves next, and those of the other one.
    pub fn sides(self) -> (u16, u16) {
        match self.is_crosses_turn() {
            true => (self.crosses, self.noughts),
            false => (self.noughts, self.crosses),
        }
    }

    /// Squares without a mark.
    pub fn free(self) -> impl Iterator<Item = Action> {
        let taken = self.crosses | self.noughts;
        (0..SQUARES as Action).filter(move |&square| taken & (1 << square) == 0)
    }

    /// The board after the next mark; `None` where the square is taken or there is no such square.
    pub fn after(self, square: Action) -> Option<Self> {
        self.free().any(|free| free == square).then(|| {
            let mark = 1 << square;
            match self.is_crosses_turn() {
                true => Self { crosses: self.crosses | mark, ..self },
                false => Self { noughts: self.noughts | mark, ..self },
            }
        })
    }

    /// Whether the one who moved last has three in a row.
    pub fn is_won(self) -> bool {
        let last = self.sides().1;
        ROWS.iter().any(|row| last & row == *row)
    }

    /// Whether nobody moves any more.
    pub fn is_over(self) -> bool {
        self.is_won() || self.crosses | self.noughts == FULL
    }

    /// `[9]` as the one who moves next sees it: 1 own mark, -1 the other's, 0 none.
    pub fn seen(self) -> Vector {
        let (own, other) = self.sides();
        let bit = |marks: u16, square: usize| f32::from(marks >> square & 1);
        Vector::new(&std::array::from_fn::<f32, SQUARES, _>(|s| bit(own, s) - bit(other, s)))
    }

    /// As two numbers: crosses and noughts.
    fn body(self) -> Body {
        Body::new(&[f64::from(self.crosses), f64::from(self.noughts)])
    }

    /// The other way round; `None` for numbers that no game leads to.
    pub fn of(body: &[f64]) -> Option<Self> {
        let [crosses, noughts] = *body else { return None };
        let fits = |x: f64| x.fract() == 0.0 && (0.0..=f64::from(FULL)).contains(&x);
        if !fits(crosses) || !fits(noughts) {
            return None;
        }
        let board = Self { crosses: crosses as u16, noughts: noughts as u16 };
        let ahead = board.crosses.count_ones().checked_sub(board.noughts.count_ones());
        (board.crosses & board.noughts == 0 && matches!(ahead, Some(0 | 1))).then_some(board)
    }
}

crate::choice! {
    /// How many marks chance opens with.
    pub enum Openings {
        /// As many as are asked for.
        Exactly = "exactly", "exactly";
        /// Any number up to that, all alike.
        UpTo = "up-to", "up to";
    }
}

crate::params! {
    /// Dials of the game.
    pub struct TicTacToeConfig {
        /// Marks that chance puts on the board before the first move.
        opening: u32 = 0 => { "Chance opens", "marks", Restart, Int { min: 0.0, max: 4.0, log: false } },
        /// Whether it is always that many, or any number up to that.
        openings: Openings = Openings::Exactly => { "That many", "", Restart, Choice(Openings::CHOICES) },
    }
}

/// The two numbers of a board.
pub static DIMENSIONS: [Dimension; 2] = [
    Dimension { name: "crosses", key: "crosses", unit: "bits", range: SPAN, turns: false },
    Dimension { name: "noughts", key: "noughts", unit: "bits", range: SPAN, turns: false },
];
const SPAN: (f64, f64) = (0.0, FULL as f64);

/// The world.
#[derive(Clone, Debug)]
pub struct TicTacToe {
    config: TicTacToeConfig,
    board: Board,
}

impl TicTacToe {
    /// An empty board until the first reset.
    pub fn new(config: TicTacToeConfig) -> Self {
        Self { config, board: Board::default() }
    }
}

/// The board after a move, its reward to the one who moved, and whether the game is over.
fn moved(board: Board, square: Action) -> (Board, f64, bool) {
    match board.after(square) {
        Some(next) => (next, f64::from(u8::from(next.is_won())), next.is_over()),
        None => (board, -1.0, true),
    }
}

impl Simulator for TicTacToe {
    type Obs = Vector;
    type Action = Action;

    fn spec(&self) -> Spec {
        Spec { states: None, actions: SQUARES }
    }

    fn reset(&mut self, dice: &mut Stream) -> Vector {
        self.board = Board::default();
        // Nobody has three in a row after four marks, two each.
        let marks = match self.config.openings {
            Openings::Exactly => self.config.opening,
            Openings::UpTo => dice.below(self.config.opening + 1),
        };
        for _ in 0..marks {
            let free: Vec<Action> = self.board.free().collect();
            let square = free[dice.below(free.len() as u32) as usize];
            self.board = moved(self.board, square).0;
        }
        self.board.seen()
    }

    fn step(&mut self, action: Action, _: &mut Stream) -> Step<Vector> {
        let (board, reward, terminated) = moved(self.board, action);
        self.board = board;
        Step { reward, next: board.seen(), terminated, truncated: false }
    }

    fn body(&self) -> Option<Body> {
        Some(self.board.body())
    }
}

impl Physical for TicTacToe {
    fn dimensions(&self) -> &'static [Dimension] {
        &DIMENSIONS
    }

    fn allowed(&self) -> &'static str {
        "squares of crosses and of noughts as bits, 0 to 511 each, none twice, crosses one ahead or \
         level, nobody with three in a row and a square left"
    }

    fn place(&mut self, body: Body) -> Option<()> {
        let board = Board::of(&body)?;
        let (own, other) = board.sides();
        let won = ROWS.iter().any(|row| own & row == *row || other & row == *row);
        (!won && !board.is_over()).then(|| self.board = board)
    }

    fn see(&self, body: &Body) -> Vector {
        Board::of(body).unwrap_or_default().seen()
    }

    /// Whose mark is whose is told by who moves: level marks are seen by crosses.
    fn locate(&self, seen: &[f32]) -> Body {
        let bits = |mark: f32| {
            let squares = seen.iter().take(SQUARES).enumerate();
            squares.fold(0_u16, |bits, (s, &x)| bits | u16::from(x == mark) << s)
        };
        let (own, other) = (bits(1.0), bits(-1.0));
        match own.count_ones() == other.count_ones() {
            true => Board { crosses: own, noughts: other }.body(),
            false => Board { crosses: other, noughts: own }.body(),
        }
    }

    fn follow(&self, body: &Body, action: Action) -> Next {
        let (board, reward, terminated) = moved(Board::of(body).unwrap_or_default(), action);
        Next { body: board.body(), reward, terminated }
    }
}

impl KnownReward for TicTacToe {
    fn reward(&self, seen: &[f32], action: Action, _: &[f32]) -> Option<f64> {
        Some(self.follow(&self.locate(seen), action).reward)
    }
}

impl Scenic for TicTacToe {
    fn scene(&self) -> Scene {
        let name = |square: usize| format!("({},{})", square / SIDE, square % SIDE);
        Scene::Board(BoardScene { side: SIDE, actions: (0..SQUARES).map(name).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;
    use std::collections::BTreeSet;

    fn board(text: &str) -> Board {
        let bits = |mark: char| {
            text.chars().enumerate().fold(0, |bits, (s, c)| bits | u16::from(c == mark) << s)
        };
        Board { crosses: bits('x'), noughts: bits('o') }
    }

    /// Known counts: 5478 boards can be reached, 958 of them ends; 255168 games.
    #[test]
    fn as_many_boards_and_games_as_the_literature_counts() {
        fn walk(at: Board, seen: &mut BTreeSet<Board>) -> u32 {
            seen.insert(at);
            if at.is_over() {
                return 1;
            }
            at.free().map(|square| walk(at.after(square).unwrap(), seen)).sum()
        }
        let mut seen = BTreeSet::new();
        assert_eq!(walk(Board::default(), &mut seen), 255_168);
        assert_eq!((seen.len(), seen.iter().filter(|b| b.is_over()).count()), (5478, 958));
        let won = seen.iter().filter(|b| b.is_won());
        let by_crosses = won.filter(|b| !b.is_crosses_turn()).count();
        assert_eq!(by_crosses, 626, "316 more are won by noughts, 16 are draws");
    }

    #[test]
    fn three_in_a_row_pay_the_one_who_moved() {
        let mut dice = Stream::new(1, StreamName::World);
        let mut world = TicTacToe::new(TicTacToeConfig::default());
        let seen = world.reset(&mut dice);
        assert_eq!(*seen, [0.0; 9]);
        let steps: Vec<_> = [0, 3, 1, 4, 2].map(|square| world.step(square, &mut dice)).into();
        assert_eq!(*steps[0].next, [-1.0, 0., 0., 0., 0., 0., 0., 0., 0.], "as noughts see it");
        assert_eq!(*steps[1].next, [1.0, 0., 0., -1.0, 0., 0., 0., 0., 0.], "as crosses see it");
        let paid: Vec<_> = steps.iter().map(|s| (s.reward, s.terminated)).collect();
        assert_eq!(paid[..4], [(0.0, false); 4]);
        assert_eq!(paid[4], (1.0, true));
        world.reset(&mut dice);
        world.step(4, &mut dice);
        let taken = world.step(4, &mut dice);
        assert_eq!((taken.reward, taken.terminated), (-1.0, true), "a taken square loses");
    }

    #[test]
    fn boards_are_told_and_read_back() {
        let world = TicTacToe::new(TicTacToeConfig::default());
        for text in [".........", "x........", "x...o....", "xox.o.x.."] {
            let at = board(text);
            assert_eq!(Board::of(&at.body()), Some(at));
            assert_eq!(world.locate(&world.see(&at.body())), at.body(), "{text}");
        }
        let next = world.follow(&board("xx.oo....").body(), 2);
        assert_eq!((next.reward, next.terminated), (1.0, true));
        assert_eq!(world.reward(&board("xx.oo....").seen(), 5, &[]), Some(0.0));
        for wrong in [&[1.0][..], &[1.0, 1.0], &[0.0, 1.0], &[3.0, 0.0], &[512.0, 0.0], &[0.5, 0.]]
        {
            assert_eq!(Board::of(wrong), None, "{wrong:?}");
        }
        let mut world = world;
        assert_eq!(world.place(board("xxxoo....").body()), None, "it is over there");
        assert_eq!(world.place(board("xx.oo....").body()), Some(()));
    }

    #[test]
    fn chance_opens_with_as_many_marks_as_asked_for() {
        let mut dice = Stream::new(9, StreamName::World);
        let config = TicTacToeConfig { opening: 4, ..TicTacToeConfig::default() };
        let mut world = TicTacToe::new(config);
        let mut seen = BTreeSet::new();
        for _ in 0..200 {
            world.reset(&mut dice);
            assert_eq!(world.board.free().count(), 5);
            assert!(!world.board.is_over() && world.board.is_crosses_turn());
            seen.insert(world.board);
        }
        assert!(seen.len() > 100, "different ones: {}", seen.len());
        let config = TicTacToeConfig { openings: Openings::UpTo, ..config };
        let mut world = TicTacToe::new(config);
        let mut counts = [0_u32; 5];
        for _ in 0..1000 {
            world.reset(&mut dice);
            counts[9 - world.board.free().count()] += 1;
        }
        // 200 each; four standard deviations are 51.
        assert!(counts.iter().all(|count| count.abs_diff(200) < 51), "{counts:?}");
    }
}
