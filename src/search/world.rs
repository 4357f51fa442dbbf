//! A true world that is stepped, not listed: a node is a copy of the world.

use std::marker::PhantomData;

use super::model::{Ask, Evaluation, Follow, Model};
use crate::base::rng::Stream;
use crate::mdp::{Action, Simulator, State, Step};

/// A copy of a world, and where it stands.
#[derive(Clone, Debug)]
pub struct Moment<W> {
    /// The world.
    pub world: W,
    /// What is seen of it.
    pub state: State,
    /// The episode is over.
    pub over: bool,
}

/// Searches a world through [`Simulator`] alone. Its nodes are worth nothing before the search, so
/// it needs rollouts or a reward within the depth.
#[derive(Clone, Debug)]
pub struct SteppedWorld<W> {
    actions: usize,
    gamma: f64,
    world: PhantomData<W>,
}

impl<W> SteppedWorld<W> {
    /// A face for worlds with `actions` actions, searched with discount `gamma`.
    pub fn new(actions: usize, gamma: f64) -> Self {
        Self { actions, gamma, world: PhantomData }
    }
}

impl<W: Simulator<Obs = State, Action = Action>> Model for SteppedWorld<W> {
    type Node = Moment<W>;

    fn actions(&self) -> usize {
        self.actions
    }

    /// Whoever steps a world cannot know whether chance plays a part.
    fn is_certain(&self) -> bool {
        false
    }

    fn is_same(&self, a: &Moment<W>, b: &Moment<W>) -> bool {
        (a.state, a.over) == (b.state, b.over)
    }

    fn follow(
        &mut self,
        nodes: &[Moment<W>],
        asks: &[Ask],
        dice: &mut [Stream],
        out: &mut Vec<Follow<Moment<W>>>,
    ) {
        for ask in asks {
            let mut world = nodes[ask.node as usize].world.clone();
            let Step { reward, next, terminated, truncated } =
                world.step(ask.action, &mut dice[ask.tree as usize]);
            let discount = if terminated { 0.0 } else { self.gamma };
            let next = Moment { world, state: next, over: terminated || truncated };
            out.push(Follow { reward, discount, next });
        }
    }

    fn evaluate(&mut self, nodes: &[Moment<W>], which: &[u32], out: &mut Evaluation) {
        for &node in which {
            let over = nodes[node as usize].over;
            let logit = if over { f64::NEG_INFINITY } else { 0.0 };
            out.values.push(0.0);
            out.logits.extend((0..self.actions).map(|_| logit));
        }
    }
}
