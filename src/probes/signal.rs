//! What comes first, the model or the value: both errors over real steps, each as a share of what it
//! was untrained.
//!
//! Every real step tells the model where it led, in as many numbers as are seen; it tells the value
//! one number, mixed with the value's own error. So on little data the model is right long before
//! the value is (the claim that dynamics give more signal than returns).

use super::expansion::SteeredView;
use super::reference::Optimum;
use crate::agents::mve::course::Moment;
use crate::agents::mve::dynamics::is_held_out;
use crate::mdp::physical::Body;
use crate::nn::host::HostMlp;

/// Held-out steps that models are tested on, at most.
const TESTED: usize = 256;
/// Places along each number of the state at which the value is compared.
const PLACES: [usize; 2] = [24, 21];

/// Errors at one moment, as shares of those of the untrained learner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// Real steps learned from.
    pub lived: u64,
    /// One step ahead, on real steps that were never learned from: root mean square over the numbers
    /// seen, each in units of its usual change.
    pub model: f64,
    /// `Q(s, mu(s))` beside the optimal value: root mean square over the plane of states.
    pub value: f64,
}

/// The errors of every moment that was kept, and of now; empty before anything was learned or held
/// out.
pub fn course(view: &SteeredView, best: &Optimum) -> Vec<Accuracy> {
    let Some(how) = &view.expansion else { return Vec::new() };
    let steps = held_out(view);
    let now = Moment {
        lived: view.memory.first() + view.memory.len() as u64,
        model: how.model.clone(),
        actor: view.actor.clone(),
        critic: view.critic.clone(),
    };
    let moments = || how.course.iter().chain([&now]);
    let Some(first) = moments().next().filter(|first| !steps.is_empty() && first.lived < now.lived)
    else {
        return Vec::new();
    };
    let untrained = (model_error(&first.model, &steps), value_error(view, first, best));
    let of = |moment: &Moment| Accuracy {
        lived: moment.lived,
        model: model_error(&moment.model, &steps) / untrained.0,
        value: value_error(view, moment, best) / untrained.1,
    };
    moments().map(of).collect()
}

/// A real step for testing: what the model is asked, and by how much what is seen changed.
struct Tested {
    input: Vec<f32>,
    change: Vec<f64>,
}

/// The held-out steps in memory, evenly thinned out.
fn held_out(view: &SteeredView) -> Vec<Tested> {
    let first = view.memory.first();
    let all: Vec<usize> =
        (0..view.memory.len()).filter(|&i| is_held_out(first + i as u64)).collect();
    let (sees, acts) = (view.oracle.sees(), view.scale.acts());
    let tested = |&index: &usize| {
        let row = view.memory.row(index);
        let (seen, next) = (&row[..sees], &row[sees + acts + 1..2 * sees + acts + 1]);
        let change = next.iter().zip(seen).map(|(b, a)| f64::from(b - a)).collect();
        Tested { input: row[..sees + acts].to_vec(), change }
    };
    all.iter().step_by(all.len().div_ceil(TESTED).max(1)).map(tested).collect()
}

/// Root mean square of the errors of `model`, each number in units of its usual change.
fn model_error(model: &HostMlp, steps: &[Tested]) -> f64 {
    let sees = steps[0].change.len();
    let (mut errors, mut changes) = (vec![0.0; sees], vec![0.0; sees]);
    for step in steps {
        let said = model.forward(&step.input);
        for (i, change) in step.change.iter().enumerate() {
            errors[i] += (f64::from(said[i]) - change).powi(2);
            changes[i] += change.powi(2);
        }
    }
    let shares = errors.iter().zip(&changes).map(|(error, change)| error / change.max(1e-12));
    (shares.sum::<f64>() / sees as f64).sqrt()
}

/// Root mean square of what a learner thinks too much or too little of states all over the plane.
fn value_error(view: &SteeredView, moment: &Moment, best: &Optimum) -> f64 {
    let [first, second] = best.plane.axes;
    let at = |low: f64, high: f64, index: usize, of: usize| {
        low + (high - low) * (index as f64 + 0.5) / of as f64
    };
    let mut sum = 0.0;
    for index in 0..PLACES[0] * PLACES[1] {
        let (i, j) = (index / PLACES[1], index % PLACES[1]);
        let body = Body::new(&[
            at(first.low, first.high, i, PLACES[0]),
            at(second.low, second.high, j, PLACES[1]),
        ]);
        let seen = view.oracle.see(&body);
        let input = [&seen[..], &moment.actor.forward(&seen)[..]].concat();
        let value = f64::from(moment.critic.forward(&input)[0]) / view.reward_scale;
        sum += (value - best.at(&body)).powi(2);
    }
    (sum / (PLACES[0] * PLACES[1]) as f64).sqrt()
}
