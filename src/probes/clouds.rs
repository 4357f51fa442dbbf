//! Where a critic learns: at states that were really reached, and at those that were imagined from
//! them; and how wrong it is at both.

use crate::agents::steered::SteeredView;
use crate::mdp::physical::{Body, Motion};

/// States of each cloud at which the critic is judged.
const JUDGED: usize = 12;
/// True steps that say what a state is worth.
pub const STEPS: usize = 200;

/// The critic at the states of one cloud.
#[derive(Clone, Debug, PartialEq)]
pub struct Cloud {
    /// Where the states lie.
    pub bodies: Vec<Body>,
    /// Root of the mean square of `Q(s, mu(s))` minus what its actor is truly paid from there,
    /// discounted; `None` without states.
    pub error: Option<f64>,
}

/// Both clouds of the newest update.
#[derive(Clone, Debug, PartialEq)]
pub struct Clouds {
    /// Really reached.
    pub real: Cloud,
    /// Imagined.
    pub imagined: Cloud,
}

/// The clouds of a learner that expands values; `None` for others.
pub fn clouds(view: &SteeredView, motion: &dyn Motion) -> Option<Clouds> {
    let expansion = view.expansion.as_ref()?;
    let sees = view.oracle.sees();
    let cloud = |seen: &[f32]| {
        let bodies: Vec<Body> = seen.chunks_exact(sees).map(|seen| motion.locate(seen)).collect();
        let by = bodies.len().div_ceil(JUDGED).max(1);
        let judged = bodies.iter().step_by(by);
        let squares = judged.map(|body| {
            let said = view.value(&motion.see(body));
            (said - worth(view, motion, body, STEPS)).powi(2)
        });
        let (count, sum) = squares.fold((0, 0.0), |(n, sum), square| (n + 1, sum + square));
        let error = (count > 0).then(|| (sum / f64::from(count)).sqrt());
        Cloud { bodies, error }
    };
    Some(Clouds { real: cloud(&expansion.begun), imagined: cloud(&expansion.imagined) })
}

/// What the actor without noise is truly paid from `body` in `steps` steps, discounted.
pub fn worth(view: &SteeredView, motion: &dyn Motion, body: &Body, steps: usize) -> f64 {
    use crate::mdp::physical::Deed;
    let (mut at, mut discount, mut sum) = (*body, 1.0, 0.0);
    for _ in 0..steps {
        let deed = Deed::Steered(view.action(&view.actor, &motion.see(&at)));
        let Some(next) = motion.follow(&at, deed) else {
            break;
        };
        sum += discount * next.reward;
        if next.terminated {
            break;
        }
        (at, discount) = (next.body, discount * view.gamma);
    }
    sum
}
