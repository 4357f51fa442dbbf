//! Who wrote which value: tallies, and every change as evidence.

use super::Consistent;
use super::code::line;
use crate::agents::{Fault, NotANumber};
use crate::mdp::trace::{Effect, Source, Watch};
use crate::mdp::{Action, State, Transition};
use crate::models::self_consistent::SelfConsistent;
use crate::rl::self_consistency::Sizes;
use crate::rl::td::q_target;

impl Consistent {
    /// Counts what changed since `before` and tells who watches; `step`: it was a real step of TD.
    pub(super) fn account<W: Watch>(
        &mut self,
        before: &[f64],
        rate: f64,
        source: Source,
        step: Option<&Transition<State, Action>>,
        watch: &mut W,
    ) {
        let learner = &self.learner;
        let values = &learner.blocks().values;
        let line = if source == Source::Real { line::LEARN } else { line::IMAGINE };
        for (state, (&old, &new)) in before.iter().zip(values).enumerate() {
            if old.to_bits() == new.to_bits() {
                continue;
            }
            let tally = &mut self.tally[state];
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
            tally.share += rate.min(1.0) * (imagined - tally.share);
            if !new.is_finite() {
                let fail = NotANumber { state: state as State, action: 0, value: new };
                self.fault.get_or_insert(Fault::Entry(fail));
            }
            watch.effect(line, || match step {
                Some(t) => of_td(learner, t, before, (old, new)),
                None => of_gradient(learner, state, (old, new), rate, source),
            });
        }
    }
}

impl Consistent {
    /// A reward or a row of the dynamics that is no number any more ends the run too.
    pub(super) fn check(&mut self) {
        if self.fault.is_none()
            && let Some((what, value)) = self.learner.overflow()
        {
            self.fault = Some(Fault::Number { what, value });
        }
    }
}

/// A real step of TD, as it happened.
fn of_td(
    learner: &SelfConsistent,
    t: &Transition<State, Action>,
    before: &[f64],
    (old, new): (f64, f64),
) -> Effect {
    let (reward, next) = (t.step.reward, t.step.next);
    let discount = if t.step.terminated { 0.0 } else { learner.config().gamma };
    let next_value = before[next as usize];
    Effect {
        state: t.obs,
        action: 0,
        next,
        reward,
        discount,
        next_value,
        target: q_target(reward, discount, next_value),
        outcomes: 1,
        old,
        new,
        source: Source::Real,
    }
}

/// A step down a loss over several states: this value moved towards what would have made the step
/// whole. What follows it is the likeliest state in the model.
fn of_gradient(
    learner: &SelfConsistent,
    state: usize,
    (old, new): (f64, f64),
    rate: f64,
    source: Source,
) -> Effect {
    let Sizes { states, actions } = learner.sizes();
    let row = &learner.transitions()[state * actions * states..][..states];
    let next = (0..states).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(state);
    Effect {
        state: state as State,
        action: 0,
        next: next as State,
        reward: 0.0,
        discount: 0.0,
        next_value: 0.0,
        target: if rate > 0.0 { old + (new - old) / rate } else { new },
        outcomes: states.clamp(2, usize::from(u16::MAX)) as u16,
        old,
        new,
        source,
    }
}
