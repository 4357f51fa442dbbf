//! Real against imagined: the same actions in the true world and in a model of it, step by step,
//! and how far apart the two come.

use std::sync::Arc;

use super::dynamics::{Dynamics, Place};
use crate::base::stats::quantile_sorted;
use crate::mdp::physical::{Body, Deed, Dimension, wrap};

/// Steps that are compared: more than any horizon that an agent may have.
pub const STEPS: usize = 30;

/// Who chooses the actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The learner acts in the true world; the model is told what it did.
    #[default]
    Act,
    /// The learner acts in its model; the true world is told what it did.
    Plan,
}

/// How one of the two went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It goes on.
    Open,
    /// The task is over there.
    Over,
    /// Who was asked does not know what follows.
    NoData,
}

/// A future, real or imagined.
#[derive(Clone, Debug, PartialEq)]
pub struct Future {
    /// Where it is after 0, 1, 2, ... steps; angles run on beyond half a turn.
    pub bodies: Vec<Body>,
    /// What each step paid.
    pub rewards: Vec<f64>,
    /// What was done.
    pub deeds: Vec<Deed>,
    /// How it ended.
    pub end: End,
}

/// How far two places are apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// Root of the mean square over these numbers, each as a share of the range that pictures show;
    /// angles go the short way round.
    Shares(&'static [Dimension]),
    /// Rows and columns together.
    Cells(&'static [Dimension]),
}

impl Measure {
    /// The numbers of a place.
    pub fn dimensions(self) -> &'static [Dimension] {
        match self {
            Self::Shares(dimensions) | Self::Cells(dimensions) => dimensions,
        }
    }

    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Shares(_) => "share of the range",
            Self::Cells(_) => "cells",
        }
    }

    /// Distance of `a` and `b`, at least 0.
    pub fn distance(self, a: &Body, b: &Body) -> f64 {
        let pairs = self.dimensions().iter().zip(a.iter().zip(b.iter()));
        match self {
            Self::Cells(_) => pairs.map(|(_, (a, b))| (a - b).abs()).sum(),
            Self::Shares(dimensions) => {
                let share = |(d, (a, b)): (&Dimension, (&f64, &f64))| {
                    let apart = if d.turns { wrap(a - b) } else { a - b };
                    (apart / (d.range.1 - d.range.0)).powi(2)
                };
                (pairs.map(share).sum::<f64>() / dimensions.len() as f64).sqrt()
            }
        }
    }

    /// Distances of two futures after 0, 1, 2, ... steps, as long as both go on.
    fn gaps(self, a: &Future, b: &Future) -> Vec<f64> {
        a.bodies.iter().zip(&b.bodies).map(|(a, b)| self.distance(a, b)).collect()
    }
}

/// The true world and a learner's model of it, side by side.
#[derive(Clone, Debug)]
pub struct Twins {
    /// The true dynamics; whoever acts in it acts as the learner would.
    pub real: Arc<dyn Dynamics>,
    /// The model.
    pub dream: Arc<dyn Dynamics>,
    /// What the model was after so many of its updates, oldest first.
    pub earlier: Vec<(u64, Arc<dyn Dynamics>)>,
    /// How differences are measured.
    pub measure: Measure,
    /// Steps that the learner imagines; `None` where it has no such number.
    pub horizon: Option<usize>,
    /// Places where the learner really was, for what is typical.
    pub visited: Vec<Place>,
    /// Who acts in imagination.
    pub dreamer: &'static str,
}

/// The two futures from one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// In the true world.
    pub real: Future,
    /// In the model.
    pub dream: Future,
    /// How far they are apart after 0, 1, 2, ... steps.
    pub gaps: Vec<f64>,
    /// The median gap from places where the learner was, after 0, 1, 2, ... steps: of the model
    /// after so many of its updates, oldest first; `None` for the model as it is.
    pub typical: Vec<(Option<u64>, Vec<f64>)>,
}

impl Twins {
    /// Compares over `steps` steps from `start`, a place in the true world.
    pub fn compare(&self, start: &Place, direction: Direction, steps: usize) -> Compared {
        let (real, dream) = self.futures(start, direction, steps);
        let gaps = self.measure.gaps(&real, &dream);
        Compared { real, dream, gaps, typical: self.typical(direction, steps) }
    }

    /// The two futures alone.
    pub fn futures(&self, start: &Place, direction: Direction, steps: usize) -> (Future, Future) {
        let (real, dream) = (&*self.real, &*self.dream);
        let (dreamt, body) = (dream.enter(start), real.body(start));
        let turns = self.measure.dimensions();
        let lead = |who: &dyn Dynamics, from: &Place| {
            let deed = |at: &Place, _: usize| who.act(at);
            unroll(who, (from, &body), turns, steps, deed)
        };
        let follow = |who: &dyn Dynamics, from: &Place, deeds: &[Deed]| {
            unroll(who, (from, &body), turns, steps, |_, step| deeds.get(step).copied())
        };
        match direction {
            Direction::Act => {
                let real = lead(real, start);
                let dream = follow(dream, &dreamt, &real.deeds);
                (real, dream)
            }
            Direction::Plan => {
                let dream = lead(dream, &dreamt);
                (follow(real, start, &dream.deeds), dream)
            }
        }
    }

    /// Medians over the visited places, of the model as it was and as it is. Whichever direction,
    /// earlier models are told the same actions as the present one.
    fn typical(&self, direction: Direction, steps: usize) -> Vec<(Option<u64>, Vec<f64>)> {
        let models = self.earlier.iter().map(|(updates, model)| (Some(*updates), &**model));
        let models: Vec<_> = models.chain([(None, &*self.dream)]).collect();
        let mut gaps = vec![Vec::new(); models.len()];
        let turns = self.measure.dimensions();
        for start in &self.visited {
            let (real, dream) = self.futures(start, direction, steps);
            for ((updates, model), gaps) in models.iter().zip(&mut gaps) {
                gaps.push(match updates {
                    None => self.measure.gaps(&real, &dream),
                    Some(_) => {
                        let deed = |_: &Place, step: usize| real.deeds.get(step).copied();
                        let from = (&model.enter(start), &self.real.body(start));
                        self.measure.gaps(&real, &unroll(*model, from, turns, steps, deed))
                    }
                });
            }
        }
        let medians =
            models.iter().zip(gaps).map(|((updates, _), gaps)| (*updates, medians(&gaps)));
        medians.filter(|(_, medians)| medians.len() > 1).collect()
    }
}

/// The median at each depth, as far as at least half of the rows go.
fn medians(rows: &[Vec<f64>]) -> Vec<f64> {
    let at = |depth: usize| {
        let mut all: Vec<f64> = rows.iter().filter_map(|row| row.get(depth).copied()).collect();
        all.sort_by(f64::total_cmp);
        quantile_sorted(&all, 0.5).filter(|_| 2 * all.len() >= rows.len())
    };
    (0..).map_while(at).collect()
}

/// Follows `dynamics` from `at`, which is `body`, for at most `steps` steps, doing what `deed` says
/// at each.
fn unroll(
    dynamics: &dyn Dynamics,
    (at, body): (&Place, &Body),
    dimensions: &[Dimension],
    steps: usize,
    deed: impl Fn(&Place, usize) -> Option<Deed>,
) -> Future {
    let mut way = Way::begin(*at, body, dimensions);
    for step in 0..steps {
        match deed(&way.at, step) {
            Some(deed) if way.future.end == End::Open => way.go(dynamics, deed, dimensions),
            _ => break,
        }
    }
    way.future
}

/// A future under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Where it is.
    pub at: Place,
    /// How it came there.
    pub future: Future,
}

impl Way {
    /// It begins at `at`, which is `body` in the true world: both begin at the very same place,
    /// whatever is lost where the body is only seen.
    pub fn begin(at: Place, body: &Body, dimensions: &[Dimension]) -> Self {
        let body = turned(body, None, dimensions);
        let future =
            Future { bodies: vec![body], rewards: Vec::new(), deeds: Vec::new(), end: End::Open };
        Self { at, future }
    }

    /// It goes on, unless it has ended.
    pub fn go(&mut self, dynamics: &dyn Dynamics, deed: Deed, dimensions: &[Dimension]) {
        if self.future.end != End::Open {
            return;
        }
        let Some(answer) = dynamics.follow(&self.at, deed) else {
            self.future.end = End::NoData;
            return;
        };
        self.at = answer.next;
        let body = turned(&dynamics.body(&self.at), self.future.bodies.last(), dimensions);
        self.future.bodies.push(body);
        self.future.rewards.push(answer.reward);
        self.future.deeds.push(deed);
        self.future.end = if answer.ends { End::Over } else { End::Open };
    }
}

/// The same body with angles nearest to those of the body before it; at first within half a turn.
fn turned(body: &Body, before: Option<&Body>, dimensions: &[Dimension]) -> Body {
    let mut numbers = [0.0; Body::MOST];
    for (index, (&x, d)) in body.iter().zip(dimensions).enumerate() {
        let near = before.map_or(0.0, |before| before[index]);
        numbers[index] = if d.turns { near + wrap(x - near) } else { x };
    }
    Body::new(&numbers[..body.len()])
}

#[cfg(test)]
mod tests {
    use super::super::dynamics::Answer;
    use super::*;
    use crate::mdp::physical::Control;

    static LINE: [Dimension; 2] = [
        Dimension { name: "place x", key: "x", unit: "m", range: (0.0, 10.0), turns: false },
        Dimension { name: "angle θ", key: "theta", unit: "rad", range: (-3.0, 3.0), turns: true },
    ];

    /// `x' = rate * x + u`, the angle turns by `turn`; pushes by one; ends beyond 100.
    #[derive(Clone, Debug)]
    struct Linear {
        rate: f64,
        turn: f64,
    }

    impl Dynamics for Linear {
        fn enter(&self, real: &Place) -> Place {
            *real
        }

        fn act(&self, _: &Place) -> Option<Deed> {
            Some(Deed::Steered(Control::new(&[1.0])))
        }

        fn follow(&self, at: &Place, deed: Deed) -> Option<Answer> {
            let (Place::Body(b), Deed::Steered(u)) = (at, deed) else { return None };
            let next = Body::new(&[self.rate * b[0] + u[0], b[1] + self.turn]);
            Some(Answer { next: Place::Body(next), reward: b[0], ends: next[0] > 100.0 })
        }

        fn body(&self, at: &Place) -> Body {
            let Place::Body(body) = at else { panic!("{at:?}") };
            *body
        }
    }

    fn twins(rate: f64) -> Twins {
        let of = |rate| -> Arc<dyn Dynamics> { Arc::new(Linear { rate, turn: 0.0 }) };
        let visited = [0.0, 1.0, 4.0].map(|x| Place::Body(Body::new(&[x, 0.0])));
        Twins {
            real: of(2.0),
            dream: of(rate),
            earlier: vec![(7, of(1.0))],
            measure: Measure::Shares(&LINE),
            horizon: Some(2),
            visited: visited.to_vec(),
            dreamer: "μ",
        }
    }

    fn close(got: &[f64], want: &[f64]) {
        assert_eq!(got.len(), want.len(), "{got:?}");
        got.iter().zip(want).for_each(|(g, w)| assert!((g - w).abs() < 1e-12, "{got:?}"));
    }

    #[test]
    fn two_futures_part_as_by_hand() {
        let start = Place::Body(Body::new(&[1.0, 0.0]));
        for direction in [Direction::Act, Direction::Plan] {
            let found = twins(3.0).compare(&start, direction, 3);
            let x = |future: &Future| future.bodies.iter().map(|b| b[0]).collect::<Vec<_>>();
            assert_eq!(x(&found.real), [1.0, 3.0, 7.0, 15.0]);
            assert_eq!(x(&found.dream), [1.0, 4.0, 13.0, 40.0]);
            assert_eq!(found.dream.rewards, [1.0, 4.0, 13.0]);
            // One of two numbers differs: 1, 6 and 25 parts of 10, over the root of 2.
            close(&found.gaps, &[0.0, 0.1, 0.6, 2.5].map(|gap| gap / 2f64.sqrt()));
        }
    }

    #[test]
    fn an_exact_model_does_not_part_at_all() {
        let start = Place::Body(Body::new(&[0.3, 2.0]));
        for direction in [Direction::Act, Direction::Plan] {
            let found = twins(2.0).compare(&start, direction, STEPS);
            assert!(found.gaps.len() > 5 && found.gaps.iter().all(|&gap| gap == 0.0));
            assert_eq!(found.real, found.dream);
            assert_eq!(found.real.end, End::Over, "beyond 100");
        }
    }

    #[test]
    fn what_is_typical_is_a_median_and_earlier_models_are_told_the_same() {
        let start = Place::Body(Body::new(&[1.0, 0.0]));
        let found = twins(3.0).compare(&start, Direction::Act, 2);
        let [(Some(7), before), (None, now)] = &found.typical[..] else {
            panic!("{:?}", found.typical)
        };
        // From 0, 1, 4: real 1, 3, 9 and 3, 7, 19; rate 3 gives 1, 4, 13 and 4, 13, 40.
        close(now, &[0.0, 0.1, 0.6].map(|gap| gap / 2f64.sqrt()));
        // Rate 1 gives 1, 2, 5 and 2, 3, 6.
        close(before, &[0.0, 0.1, 0.4].map(|gap| gap / 2f64.sqrt()));
    }

    #[test]
    fn medians_go_as_far_as_half_of_the_rows() {
        let rows = [vec![0.0, 1.0, 5.0], vec![0.0, 3.0], vec![0.0, 2.0, 7.0], vec![0.0]];
        assert_eq!(medians(&rows), [0.0, 2.0, 6.0]);
        assert!(medians(&[]).is_empty());
    }

    #[test]
    fn angles_run_on_and_are_compared_the_short_way() {
        let turning = Linear { rate: 1.0, turn: 2.0 };
        let at = Place::Body(Body::new(&[0.0, 7.0]));
        let from = (&at, &turning.body(&at));
        let future = unroll(&turning, from, &LINE, 3, |at, _| turning.act(at));
        let begun = 7.0 - std::f64::consts::TAU;
        let angles: Vec<f64> = future.bodies.iter().map(|b| b[1]).collect();
        close(&angles, &[0.0, 2.0, 4.0, 6.0].map(|turn| begun + turn));
        let (a, b) = (Body::new(&[0.0, 3.1]), Body::new(&[0.0, -3.1]));
        let short = 2.0 * (std::f64::consts::PI - 3.1) / 6.0 / 2f64.sqrt();
        assert!((Measure::Shares(&LINE).distance(&a, &b) - short).abs() < 1e-12);
        assert_eq!(Measure::Cells(&LINE).distance(&a, &b), 6.2);
    }
}
