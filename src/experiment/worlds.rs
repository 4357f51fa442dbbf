//! What the world of a run is like after the strokes drawn over it: the truth in each stage.

use std::sync::Arc;

use super::clock::{Counters, Position};
use crate::mdp::Tabular;
use crate::mdp::edit::{CannotEdit, Stroke};
use crate::mdp::scene::Scenic;
use crate::probes::truth::Truth;

/// The truth in each stage of a world, the first stage first.
pub(super) type Truths = Arc<[Arc<Truth>]>;

/// Truths kept for the next who asks: other runs, and a stroke taken back.
const KEPT: usize = 16;

/// A world as it was built, whatever its type.
trait Origin: Send {
    fn check(&self, stroke: &Stroke) -> Result<(), CannotEdit>;
    fn after(&self, strokes: &[Arc<Stroke>]) -> Truths;
}

struct Built<W>(W);

impl<W: Tabular + Scenic> Origin for Built<W> {
    fn check(&self, stroke: &Stroke) -> Result<(), CannotEdit> {
        self.0.clone().edit(stroke)
    }

    fn after(&self, strokes: &[Arc<Stroke>]) -> Truths {
        let mut world = self.0.clone();
        for stroke in strokes {
            // Only strokes that were checked come into the log, or from one that was read.
            let _ = world.edit(stroke);
        }
        world.stages().iter().map(|w| Arc::new(Truth::of(w))).collect()
    }
}

/// The world all runs began with, and what became of it.
pub(super) struct Worlds {
    origin: Box<dyn Origin>,
    known: Vec<(Vec<Arc<Stroke>>, Truths)>,
}

impl Worlds {
    pub fn new<W: Tabular + Scenic>(world: &W) -> Self {
        Self { origin: Box::new(Built(world.clone())), known: Vec::new() }
    }

    /// Refuses what cannot be drawn into this world.
    pub fn check(&self, stroke: &Stroke) -> Result<(), CannotEdit> {
        self.origin.check(stroke)
    }

    /// Whether anything can be drawn into it.
    pub fn can_be_drawn(&self) -> bool {
        self.origin.check(&Stroke::default()).is_ok()
    }

    /// The truth after `strokes`.
    pub fn after(&mut self, strokes: &[Arc<Stroke>]) -> Truths {
        let same = |known: &[Arc<Stroke>]| {
            known.len() == strokes.len()
                && known.iter().zip(strokes).all(|(a, b)| Arc::ptr_eq(a, b))
        };
        if let Some((_, truths)) = self.known.iter().find(|(known, _)| same(known)) {
            return truths.clone();
        }
        let truths = self.origin.after(strokes);
        if self.known.len() >= KEPT {
            // The first one is the world as it was built.
            self.known.remove(1);
        }
        self.known.push((strokes.to_vec(), truths.clone()));
        truths
    }
}

/// A stroke over the world of a run, and what it changed for the way home.
#[derive(Clone, Debug)]
pub(super) struct Chapter {
    pub stroke: Arc<Stroke>,
    /// When it was drawn.
    pub position: Position,
    /// How far the watched lane had come.
    pub counters: Counters,
    /// Fewest steps home from then on, in each stage.
    pub shortest: Vec<Option<usize>>,
}
