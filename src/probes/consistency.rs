//! Model and value that shall agree: what the last updates did, which losses they went down, and how
//! far agreement and truth have come on the way.

use super::truth::Truth;
use crate::agents::View;
pub use crate::agents::self_consistent::ConsistentView;
pub use crate::models::self_consistent::GroundedUpdate;
use crate::models::self_consistent::history::{History, Moment};
pub use crate::rl::self_consistency::{Imagined, Wiring};

/// Names of what is trained, in the order of all norms and parts.
pub const BLOCKS: [&str; 3] = ["dynamics", "reward", "value"];

/// The losses of the last updates, weighed as they were trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Losses {
    /// Weight of the grounded loss.
    pub w: f64,
    /// Weight of the imagined loss.
    pub beta: f64,
    /// Parts of the grounded loss before their weight, in the order of [`BLOCKS`].
    pub grounded: [f64; 3],
    /// Imagined loss before its weight.
    pub imagined: f64,
}

impl Losses {
    /// Of the updates that were last; 0 where there was none.
    pub fn of(view: &ConsistentView) -> Self {
        let learner = &view.learner.0;
        let dreams = view.config.wiring().is_some();
        Self {
            w: view.config.grounded,
            beta: if dreams { view.config.beta } else { 0.0 },
            grounded: learner.last_grounded().map_or([0.0; 3], |last| last.parts),
            imagined: learner.last().map_or(0.0, |last| last.imagined.loss()),
        }
    }

    /// The parts as they add up: dynamics, reward, value from real steps, then imagination.
    pub fn weighed(&self) -> [f64; 4] {
        let [dynamics, reward, value] = self.grounded.map(|part| self.w * part);
        [dynamics, reward, value, self.beta * self.imagined]
    }

    /// All of it.
    pub fn total(&self) -> f64 {
        self.weighed().iter().sum()
    }
}

/// One moment of the way, with the truth beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Updates so far, real and imagined.
    pub updates: u64,
    /// Real steps among them.
    pub real: u64,
    /// Root mean square of `r + gamma P v - v` in the learner's own model.
    pub residual: f64,
    /// Root mean square of the value against the true value of the policy it followed then, for the
    /// discount of then, in the world as it is now.
    pub error: f64,
    /// How far the value is from where it began (Euclidean norm).
    pub drift: f64,
    /// Gradient norms of the last imagined update, in the order of [`BLOCKS`].
    pub gradients: [f64; 3],
}

/// What a learner kept of its way, and where it is now: in tables, or in a latent model of a world
/// whose states are listed.
pub fn kept(view: &View) -> Option<(&History, &Moment)> {
    let tables = view.consistent.as_ref().map(|view| (&view.history, &view.now));
    let latent = || {
        let way = view.muzero.as_ref()?.way.as_ref()?;
        Some((&way.history, &way.now))
    };
    tables.or_else(latent)
}

/// The way of a run, oldest first; `None` where the truth has no answer, or is too large to be solved
/// beside a picture.
pub fn way((history, now): (&History, &Moment), truth: &Truth) -> Option<Vec<Place>> {
    let open: Vec<usize> = (0..truth.states()).filter(|&s| truth.is_left(s as u32)).collect();
    let moments = history.moments();
    let first = moments.first()?;
    // The history keeps fewer and fewer moments; the way ends where the learner is.
    let now = Some(now).filter(|now| moments.last().is_none_or(|m| m.updates < now.updates));
    let moments = || moments.iter().chain(now);
    let even = 1.0 / truth.actions() as f64;
    // Only one equation for each discount where the policy never changes.
    let random = moments().all(|m| m.policy.iter().all(|&p| p == 0.0 || p == even));
    let mut fixed: Option<(f64, Vec<f64>)> = None;
    let mut place = |m: &Moment| {
        let solved = match fixed.take().filter(|known| random && known.0 == m.gamma) {
            Some((_, values)) => values,
            None if random => truth.random_values(m.gamma)?,
            None => truth.policy_values(&m.policy, m.gamma)?,
        };
        let off = |&s: &usize| (m.values[s] - solved[s]).powi(2);
        let moved = m.values.iter().zip(&*first.values).map(|(v, u)| (v - u).powi(2));
        let error = (open.iter().map(off).sum::<f64>() / open.len().max(1) as f64).sqrt();
        fixed = Some((m.gamma, solved));
        Some(Place {
            updates: m.updates,
            real: m.real,
            residual: m.residual,
            error,
            drift: moved.sum::<f64>().sqrt(),
            gradients: m.gradients,
        })
    };
    moments().map(&mut place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::Agent as _;
    use crate::agents::self_consistent::{Consistent, ScConfig};
    use crate::base::params::Params as _;
    use crate::envs::random_walk::{WalkConfig, random_walk};
    use crate::mdp::trace::Unwatched;
    use crate::mdp::{Step, Transition};

    #[test]
    fn the_way_begins_at_what_tables_of_zeros_are_off_by() {
        let world = random_walk(&WalkConfig::default()).unwrap();
        let truth = Truth::of(&world);
        let config = ScConfig { gamma: 1.0, ..ScConfig::default() };
        let mut agent = Consistent::new(config, truth.states(), truth.actions(), 3);
        let step = Step { reward: 0.0, next: 1, terminated: false, truncated: false };
        agent.learn(&[Transition { lane: 0, obs: 2, action: 0, step }], &mut Unwatched);
        let view = agent.view();
        let way = way(kept(&view).unwrap(), &truth).unwrap();
        // Sutton & Barto, example 6.2: 1/6 to 5/6.
        let squares: f64 = (1..=5).map(|i| (f64::from(i) / 6.0).powi(2)).sum();
        assert_eq!((way.len(), way[0].updates, way[1].real), (2, 0, 1));
        assert!((way[0].error - (squares / 5.0).sqrt()).abs() < 1e-12, "{}", way[0].error);
        assert_eq!(way[0].residual, 0.0, "zeros agree with each other, and are wrong");
    }

    #[test]
    fn the_way_ends_where_the_learner_is() {
        let world = random_walk(&WalkConfig::default()).unwrap();
        let truth = Truth::of(&world);
        let config = ScConfig { gamma: 1.0, ..ScConfig::default() };
        let mut agent = Consistent::new(config, truth.states(), truth.actions(), 3);
        let step = Step { reward: 0.0, next: 1, terminated: false, truncated: false };
        // So many that the history keeps every second moment only, and not the last one.
        for _ in 0..151 {
            agent.learn(&[Transition { lane: 0, obs: 2, action: 0, step }], &mut Unwatched);
        }
        let view = agent.view();
        let kept = kept(&view).unwrap();
        assert_eq!(kept.0.moments().last().unwrap().real, 150);
        let way = way(kept, &truth).unwrap();
        assert_eq!(way.last().unwrap().real, 151);
        assert!(way.windows(2).all(|two| two[0].updates < two[1].updates));
    }

    #[test]
    fn another_discount_leaves_the_past_of_the_way_as_it_was() {
        let world = random_walk(&WalkConfig::default()).unwrap();
        let truth = Truth::of(&world);
        let config = ScConfig { gamma: 1.0, ..ScConfig::default() };
        let mut agent = Consistent::new(config, truth.states(), truth.actions(), 3);
        let learn = |agent: &mut Consistent| {
            let step = Step { reward: 0.0, next: 1, terminated: false, truncated: false };
            agent.learn(&[Transition { lane: 0, obs: 2, action: 0, step }], &mut Unwatched);
            way(kept(&agent.view()).unwrap(), &truth).unwrap()
        };
        let before = learn(&mut agent);
        agent.set_param(ScConfig::index("gamma").unwrap(), 0.5);
        let after = learn(&mut agent);
        assert_eq!(after[..2], before[..]);
        assert!(after[2].error < 0.5 * before[1].error, "half a reward is worth less: {after:?}");
    }
}
