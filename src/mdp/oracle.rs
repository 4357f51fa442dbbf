//! A steered world as an agent may be told of it: asked by what is seen, whatever its type.

use std::fmt::Debug;

use super::physical::{Body, Control, Dimension, KnownReward, Steered, Vector};

/// What truly follows an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Following {
    /// What is seen then.
    pub next: Vector,
    /// Reward.
    pub reward: f64,
    /// The task is over.
    pub terminated: bool,
}

/// Reward and dynamics of a steered world. It has no state of its own: asking changes nothing.
pub trait Oracle: Debug + Send + Sync {
    /// How many numbers are seen.
    fn sees(&self) -> usize;
    /// Least and greatest value of each number of an action.
    fn limits(&self) -> (Control, Control);
    /// The reward, where what is seen and done determines it.
    fn reward(&self, seen: &[f32], action: Control, next: &[f32]) -> Option<f64>;
    /// What truly follows.
    fn follow(&self, seen: &[f32], action: Control) -> Following;
    /// The numbers of the physical state.
    fn dimensions(&self) -> &'static [Dimension];
    /// Where the one stands who sees this.
    fn locate(&self, seen: &[f32]) -> Body;
    /// What is seen there.
    fn see(&self, body: &Body) -> Vector;
}

impl<W: Steered + KnownReward + Debug + Sync> Oracle for W {
    fn sees(&self) -> usize {
        let zeros = [0.0; Body::MOST];
        let body = Body::new(&zeros[..Oracle::dimensions(self).len()]);
        Oracle::see(self, &body).len()
    }

    fn limits(&self) -> (Control, Control) {
        Steered::limits(self)
    }

    fn reward(&self, seen: &[f32], action: Control, next: &[f32]) -> Option<f64> {
        KnownReward::reward(self, seen, action, next)
    }

    fn follow(&self, seen: &[f32], action: Control) -> Following {
        let truth = super::physical::Physical::follow(self, &Oracle::locate(self, seen), action);
        let next = Oracle::see(self, &truth.body);
        Following { next, reward: truth.reward, terminated: truth.terminated }
    }

    fn dimensions(&self) -> &'static [Dimension] {
        super::physical::Physical::dimensions(self)
    }

    fn locate(&self, seen: &[f32]) -> Body {
        super::physical::Physical::locate(self, seen)
    }

    fn see(&self, body: &Body) -> Vector {
        super::physical::Physical::see(self, body)
    }
}
