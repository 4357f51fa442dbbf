//! Random: takes any action, learns nothing.

use std::marker::PhantomData;

use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::physical::{Control, Steered};
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, Observed, Transition};
use crate::models::sight::Sight;

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    CodeLine::new(0, "repeat for every real step", None),
    CodeLine::new(1, "a ← any action", Some(Source::Real)),
    CodeLine::new(1, "r, s′ ← world(s, a)", Some(Source::Real)),
];

crate::params! {
    /// Nothing to set.
    pub struct RandomConfig {}
}

/// What it chooses from where it sees `O`.
pub trait Choice<O>: Clone + Send + 'static {
    /// An action.
    type Action: Copy;

    /// Any of them, all as likely.
    fn any(&self, seen: &O, dice: &mut Stream) -> Self::Action;
    /// What a picture says of it.
    fn told(action: Self::Action) -> Value;
}

/// So many actions.
#[derive(Clone, Copy, Debug)]
pub struct Counted(pub usize);

impl<O> Choice<O> for Counted {
    type Action = Action;

    fn any(&self, _: &O, dice: &mut Stream) -> Action {
        dice.below(self.0 as u32) as Action
    }

    fn told(action: Action) -> Value {
        Value::Action(action)
    }
}

/// What may be done where this is seen.
#[derive(Clone, Copy, Debug)]
pub struct Legal<S>(pub S);

impl<S: Sight> Choice<S::Seen> for Legal<S> {
    type Action = Action;

    fn any(&self, seen: &S::Seen, dice: &mut Stream) -> Action {
        let legal = self.0.legal(seen).unwrap_or_default();
        let all: Vec<Action> = (0..).zip(legal).filter(|(_, may)| *may).map(|(a, _)| a).collect();
        // Where nothing may be done, the world says what becomes of it.
        if all.is_empty() { 0 } else { all[dice.below(all.len() as u32) as usize] }
    }

    fn told(action: Action) -> Value {
        Value::Action(action)
    }
}

/// Numbers between two limits.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    low: Control,
    high: Control,
}

impl Within {
    /// Those of `world`.
    pub fn of(world: &impl Steered) -> Self {
        let (low, high) = world.limits();
        Self { low, high }
    }
}

impl<O> Choice<O> for Within {
    type Action = Control;

    fn any(&self, _: &O, dice: &mut Stream) -> Control {
        let mut numbers = [0.0; Control::MOST];
        let all = numbers.iter_mut().zip(self.low.iter().zip(&*self.high));
        all.for_each(|(x, (low, high))| *x = low + dice.unit() * (high - low));
        Control::new(&numbers[..self.low.len()])
    }

    fn told(action: Control) -> Value {
        Value::Number(action.first().copied().unwrap_or(f64::NAN))
    }
}

/// The agent for worlds in which `O` is seen; one exploration stream a lane.
#[derive(Clone, Debug)]
pub struct Random<C, O> {
    choice: C,
    explore: Vec<Stream>,
    sees: PhantomData<fn(O)>,
}

impl<C: Choice<O>, O> Random<C, O> {
    /// One lane for each seed.
    pub fn new(choice: C, seeds: &[u64]) -> Self {
        let stream = |&seed| Stream::new(seed, StreamName::Explore);
        Self { choice, explore: seeds.iter().map(stream).collect(), sees: PhantomData }
    }
}

impl<C: Choice<O>, O: Observed> Agent for Random<C, O> {
    type Obs = O;
    type Action = C::Action;

    fn decide<W: Watch>(
        &mut self,
        seen: &[O],
        active: &[bool],
        actions: &mut [C::Action],
        watch: &mut W,
    ) {
        for (lane, action) in actions.iter_mut().enumerate() {
            if active[lane] {
                *action = self.choice.any(&seen[lane], &mut self.explore[lane]);
                let chosen = *action;
                if watch.looks_at(lane) {
                    watch.line(1, || Some(C::told(chosen)));
                }
            }
        }
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<O, C::Action>], watch: &mut W) {
        for t in transitions {
            if !watch.looks_at(t.lane as usize) {
                continue;
            }
            let step = t.step;
            watch.line(2, || match step.next.state() {
                Some(next) => Some(Value::Outcome(step.reward, next)),
                None => Some(Value::Number(step.reward)),
            });
        }
        watch.unit();
    }

    fn work(&self) -> Work {
        Work::default()
    }

    fn moves(&self) -> Moves {
        Moves { updates: false, imagined: false }
    }

    fn param(&self, index: usize) -> f64 {
        RandomConfig::default().get(index)
    }

    fn set_param(&mut self, _: usize, _: f64) {}

    fn code(&self) -> &'static [CodeLine] {
        CODE
    }

    fn view(&self) -> View {
        View::default()
    }

    fn failure(&self) -> Option<NotANumber> {
        None
    }

    fn digest(&self, digest: &mut Digest) {
        for stream in &self.explore {
            digest.word(stream.position() as u64);
        }
    }

    fn bytes(&self) -> usize {
        self.explore.len() * size_of::<Stream>()
    }
}
