//! Random: takes any action, learns nothing.

use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    CodeLine { indent: 0, text: "repeat for every real step", source: None },
    CodeLine { indent: 1, text: "a ← any action", source: Some(Source::Real) },
    CodeLine { indent: 1, text: "r, s′ ← world(s, a)", source: Some(Source::Real) },
];

crate::params! {
    /// Nothing to set.
    pub struct RandomConfig {}
}

/// The agent; one exploration stream a lane.
#[derive(Clone, Debug)]
pub struct Random {
    actions: u32,
    explore: Vec<Stream>,
}

impl Random {
    /// One lane for each seed.
    pub fn new(actions: usize, seeds: &[u64]) -> Self {
        let stream = |&seed| Stream::new(seed, StreamName::Explore);
        Self { actions: actions as u32, explore: seeds.iter().map(stream).collect() }
    }
}

impl Agent for Random {
    type Obs = State;
    type Action = Action;

    fn begin(&mut self, _: usize, _: State) {}

    fn decide<W: Watch>(
        &mut self,
        _: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        for (lane, action) in actions.iter_mut().enumerate() {
            if active[lane] {
                *action = self.explore[lane].below(self.actions) as Action;
                let chosen = *action;
                watch.line(1, || Some(Value::Action(chosen)));
            }
        }
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        for t in transitions {
            watch.line(2, || Some(Value::Outcome(t.step.reward, t.step.next)));
        }
        watch.unit();
    }

    fn due(&self) -> u32 {
        0
    }

    fn plan<W: Watch>(&mut self, _: u32, _: &mut W) -> u32 {
        0
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
