//! What networks are told of what an agent sees: listed states are coded, numbers are scaled.

use super::coding::{Coded, Coding};
use super::turns::turn;
use crate::mdp::physical::{Body, Physical, Vector};
use crate::mdp::sighting::Frame;
use crate::mdp::{Action, Observed, State};

/// From what an agent sees to the numbers that a network gets.
pub trait Sight: Copy + std::fmt::Debug + PartialEq + Send + Sync + 'static {
    /// What is seen.
    type Seen: Observed + std::fmt::Debug + PartialEq + Sync;

    /// Numbers a sight.
    fn width(&self) -> usize;

    /// Appends them.
    fn write(&self, seen: &Self::Seen, out: &mut Vec<f32>);

    /// The same with listed states coded like this; numbers are what they are.
    fn coded(self, coded: Coded) -> Self;

    /// Without its type.
    fn eyes(self) -> Eyes;

    /// The same for a world that looks as it does where this is seen: pictures show its goals.
    fn as_in(self, _seen: &Self::Seen) -> Self {
        self
    }

    /// `[A]`: what may be done where this is seen; `None`: everything, always.
    fn legal(&self, _seen: &Self::Seen) -> Option<Vec<bool>> {
        None
    }

    /// What the value of the next sight counts for: 1, or -1 where another one sees it, who wants
    /// the opposite.
    fn next(&self) -> f64 {
        1.0
    }

    /// `[A]`: where every action goes in turn `index` of a board, below
    /// [`TURNS`](super::turns::TURNS), whose sights are told in maps of a number an action; `None`
    /// where nothing can be turned.
    fn turn(&self, _index: u32) -> Option<Vec<Action>> {
        None
    }
}

impl Sight for Coding {
    type Seen = State;

    fn width(&self) -> usize {
        Self::width(*self)
    }

    fn write(&self, seen: &State, out: &mut Vec<f32>) {
        Self::write(*self, *seen, out);
    }

    fn coded(self, coded: Coded) -> Self {
        Self { coded, ..self }
    }

    fn eyes(self) -> Eyes {
        Eyes::Listed(self)
    }
}

/// Numbers, each divided by how large it usually gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    scale: Vector,
}

/// Places along each number of a body that are looked at for the greatest numbers seen.
const ALONG: u32 = 5;

impl Numbers {
    /// Of a world: what is seen over the ranges that its pictures show.
    pub fn of(world: &impl Physical) -> Self {
        let dimensions = world.dimensions();
        let (mut scale, mut width) = ([0.0_f32; Vector::MOST], 0);
        for index in 0..ALONG.pow(dimensions.len() as u32) {
            let mut rest = index;
            let body: Vec<f64> = dimensions
                .iter()
                .map(|dimension| {
                    let (low, high) = dimension.range;
                    let share = f64::from(rest % ALONG) / f64::from(ALONG - 1);
                    rest /= ALONG;
                    low + share * (high - low)
                })
                .collect();
            let seen = world.see(&Body::new(&body));
            width = seen.len();
            scale.iter_mut().zip(seen.iter()).for_each(|(most, x)| *most = most.max(x.abs()));
        }
        scale.iter_mut().filter(|most| **most == 0.0).for_each(|most| *most = 1.0);
        Self { scale: Vector::new(&scale[..width]) }
    }
}

impl Sight for Numbers {
    type Seen = Vector;

    fn width(&self) -> usize {
        self.scale.len()
    }

    fn write(&self, seen: &Vector, out: &mut Vec<f32>) {
        out.extend(seen.iter().zip(self.scale.iter()).map(|(x, most)| x / most));
    }

    fn coded(self, _: Coded) -> Self {
        self
    }

    fn eyes(self) -> Eyes {
        Eyes::Numbers(self)
    }
}

/// What was seen, for pictures, which know no types of worlds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    /// A listed state.
    State(State),
    /// Numbers.
    Numbers(Vector),
}

impl Seen {
    /// The same without its type; `None` where it is neither.
    pub fn of(seen: &impl Observed) -> Option<Self> {
        let numbers = || seen.numbers().filter(|numbers| numbers.len() <= Vector::MOST);
        match seen.state() {
            Some(state) => Some(Self::State(state)),
            None => numbers().map(|numbers| Self::Numbers(Vector::new(numbers))),
        }
    }
}

/// A board of two players, as the one sees it who moves: 1 own marks, -1 the other's, 0 free squares.
/// Told as two maps of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Squares {
    /// Squares of the board, an action each.
    pub count: usize,
}

impl Sight for Squares {
    type Seen = Vector;

    fn width(&self) -> usize {
        2 * self.count
    }

    fn write(&self, seen: &Vector, out: &mut Vec<f32>) {
        for mark in [1.0, -1.0] {
            out.extend(seen.iter().map(|&x| f32::from(u8::from(x == mark))));
        }
    }

    fn coded(self, _: Coded) -> Self {
        self
    }

    fn eyes(self) -> Eyes {
        Eyes::Board(self)
    }

    fn legal(&self, seen: &Vector) -> Option<Vec<bool>> {
        Some(seen.iter().map(|&x| x == 0.0).collect())
    }

    fn next(&self) -> f64 {
        -1.0
    }

    fn turn(&self, index: u32) -> Option<Vec<Action>> {
        let side = self.count.isqrt();
        (side * side == self.count).then(|| turn(side, index))
    }
}

/// Pixels of a picture, most of them noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pixels {
    /// How many.
    pub count: usize,
    /// How far those of the background stray from 0.
    pub noise: f32,
    /// Cells that are goals, one bit each.
    pub goals: u64,
}

impl Sight for Pixels {
    type Seen = Frame;

    fn width(&self) -> usize {
        self.count
    }

    fn write(&self, seen: &Frame, out: &mut Vec<f32>) {
        seen.pixels(self.count, self.noise, out);
    }

    fn coded(self, _: Coded) -> Self {
        self
    }

    fn as_in(self, seen: &Frame) -> Self {
        Self { goals: seen.goals, ..self }
    }

    fn eyes(self) -> Eyes {
        Eyes::Pixels(self)
    }
}

/// Any of them, for pictures, which know no types of worlds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Eyes {
    /// States are listed.
    Listed(Coding),
    /// Numbers are seen.
    Numbers(Numbers),
    /// A board is seen by two players in turn.
    Board(Squares),
    /// A picture is seen.
    Pixels(Pixels),
}

impl Eyes {
    /// What a network is told of `state`; `None` where numbers are seen.
    pub fn state(&self, state: State) -> Option<Vec<f32>> {
        match self {
            Self::Listed(coding) => Some(told(coding, &state)),
            // One picture of many: which noise there is does not matter.
            Self::Pixels(sight) => {
                Some(told(sight, &Frame { state, goals: sight.goals, noise: state }))
            }
            Self::Numbers(_) | Self::Board(_) => None,
        }
    }

    /// What a network is told of a picture; `None` where something else is seen.
    pub fn frame(&self, frame: &Frame) -> Option<Vec<f32>> {
        match self {
            Self::Pixels(sight) => Some(told(sight, frame)),
            Self::Listed(_) | Self::Numbers(_) | Self::Board(_) => None,
        }
    }

    /// What a network is told of `seen`; `None` where it sees something else.
    pub fn told(&self, seen: &Seen) -> Option<Vec<f32>> {
        match seen {
            Seen::State(state) => self.state(*state),
            Seen::Numbers(numbers) => self.numbers(numbers),
        }
    }

    /// What a network is told of `seen`; `None` where states are listed.
    pub fn numbers(&self, seen: &[f32]) -> Option<Vec<f32>> {
        match self {
            Self::Listed(_) | Self::Pixels(_) => None,
            Self::Numbers(numbers) => Some(told(numbers, &Vector::new(seen))),
            Self::Board(squares) => Some(told(squares, &Vector::new(seen))),
        }
    }

    /// `[A]`: what may be done where these numbers are seen; `None`: everything.
    pub fn legal(&self, seen: &[f32]) -> Option<Vec<bool>> {
        match self {
            Self::Listed(_) | Self::Numbers(_) | Self::Pixels(_) => None,
            Self::Board(squares) => squares.legal(&Vector::new(seen)),
        }
    }
}

/// The numbers of `seen`.
pub fn told<S: Sight>(sight: &S, seen: &S::Seen) -> Vec<f32> {
    let mut out = Vec::with_capacity(sight.width());
    sight.write(seen, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::physical::{Dimension, Next};
    use crate::mdp::{Simulator, Spec, Step};
    use crate::models::features::Places;

    /// Sees the sine of an angle and twice a place; never moves.
    #[derive(Clone)]
    struct Still;

    impl Simulator for Still {
        type Obs = Vector;
        type Action = u8;

        fn spec(&self) -> Spec {
            Spec { states: None, actions: 1 }
        }

        fn reset(&mut self, _: &mut crate::base::rng::Stream) -> Vector {
            self.see(&Body::new(&[0.0, 0.0]))
        }

        fn step(&mut self, _: u8, _: &mut crate::base::rng::Stream) -> Step<Vector> {
            let next = self.see(&Body::new(&[0.0, 0.0]));
            Step { reward: 0.0, next, terminated: false, truncated: false }
        }
    }

    impl Physical for Still {
        fn dimensions(&self) -> &'static [Dimension] {
            use std::f64::consts::PI;
            const ANGLE: Dimension =
                Dimension { name: "", key: "", unit: "", range: (-PI, PI), turns: true };
            const PLACE: Dimension =
                Dimension { name: "", key: "", unit: "", range: (-3.0, 1.0), turns: false };
            &[ANGLE, PLACE]
        }

        fn allowed(&self) -> &'static str {
            "anywhere"
        }

        fn place(&mut self, _: Body) -> Option<()> {
            Some(())
        }

        fn see(&self, body: &Body) -> Vector {
            Vector::new(&[body[0].sin() as f32, 2.0 * body[1] as f32, 0.0])
        }

        fn locate(&self, _: &[f32]) -> Body {
            Body::new(&[0.0, 0.0])
        }

        fn follow(&self, body: &Body, _: u8) -> Next {
            Next { body: *body, reward: 0.0, terminated: false }
        }
    }

    #[test]
    fn numbers_are_told_in_units_of_their_size() {
        let sight = Numbers::of(&Still);
        assert_eq!(told(&sight, &Vector::new(&[0.5, 3.0, 2.0])), [0.5, 0.5, 2.0]);
        assert_eq!((sight.width(), sight.coded(Coded::OneHot)), (3, sight));
        assert_eq!(sight.eyes().numbers(&[1.0, -6.0, 0.0]), Some(vec![1.0, -1.0, 0.0]));
        assert_eq!(sight.eyes().state(1), None);
    }

    #[test]
    fn pictures_are_told_by_their_pixels() {
        let sight = Pixels { count: 4, noise: 0.0, goals: 0b1000 };
        let frame = Frame { state: 1, goals: 0b1000, noise: 7 };
        assert_eq!(told(&sight, &frame), [0.0, 1.0, 0.0, -1.0]);
        assert_eq!(sight.eyes().frame(&frame), sight.eyes().state(1));
        let moved = Frame { goals: 0b0100, ..frame };
        assert_eq!(sight.as_in(&moved).eyes().state(1), sight.eyes().frame(&moved));
        assert_eq!((sight.eyes().numbers(&[0.0]), sight.eyes().legal(&[0.0])), (None, None));
    }

    #[test]
    fn boards_are_told_as_two_maps_and_only_free_squares_may_be_taken() {
        let (sight, seen) = (Squares { count: 3 }, Vector::new(&[0.0, -1.0, 1.0]));
        assert_eq!(told(&sight, &seen), [0.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(sight.legal(&seen), Some(vec![true, false, false]));
        assert_eq!(sight.eyes().legal(&seen), sight.legal(&seen));
        assert_eq!((sight.width(), sight.next(), Numbers::of(&Still).next()), (6, -1.0, 1.0));
        assert_eq!(
            (sight.turn(1), Numbers::of(&Still).turn(1)),
            (None, None),
            "a row has no turns"
        );
        assert_eq!(Squares { count: 4 }.turn(2), Some(vec![1, 3, 0, 2]));
    }

    #[test]
    fn listed_states_are_told_by_their_coding() {
        let coding = Coding { coded: Coded::OneHot, places: Places { rows: 1, cols: 3 } };
        assert_eq!(told(&coding, &1), [0.0, 1.0, 0.0]);
        let other = Sight::coded(coding, Coded::Place);
        assert_eq!(other.eyes().state(2), Some(vec![-1.0, 1.0]));
        assert_eq!(other.eyes().numbers(&[0.0]), None);
    }
}
