//! What the world of a run is like after the strokes drawn over it: the truth in each stage.

use std::sync::Arc;

use super::clock::{Counters, Position};
use crate::mdp::Tabular;
use crate::mdp::edit::{CannotEdit, Stroke};
use crate::mdp::physical::{Doable, Physical};
use crate::mdp::scene::Scenic;
use crate::probes::truth::Truth;

/// The truth in each stage of a world, the first stage first.
pub(super) type Truths = Arc<[Arc<Truth>]>;

/// Truths kept for the next who asks: other runs, and a stroke taken back.
const KEPT: usize = 16;

/// A world as it was built, whatever its type.
trait Origin: Send {
    fn check(&self, stroke: &Stroke) -> Result<(), CannotEdit>;
    fn after(&mut self, strokes: &[Arc<Stroke>]) -> Truths;
}

struct Built<W> {
    origin: W,
    /// Where the last one who asked came to, and by which strokes: the next often goes on there.
    drawn: (Vec<Arc<Stroke>>, W),
}

impl<W: Tabular + Scenic> Origin for Built<W> {
    fn check(&self, stroke: &Stroke) -> Result<(), CannotEdit> {
        self.origin.clone().edit(stroke)
    }

    fn after(&mut self, strokes: &[Arc<Stroke>]) -> Truths {
        let (known, world) = &mut self.drawn;
        if known.len() > strokes.len() || !same(known, &strokes[..known.len()]) {
            known.clear();
            *world = self.origin.clone();
        }
        for stroke in &strokes[known.len()..] {
            // Only strokes that were checked come into the log, or from one that was read.
            let _ = world.edit(stroke);
        }
        *known = strokes.to_vec();
        world.stages().iter().map(|w| Arc::new(Truth::of(w))).collect()
    }
}

/// A world without a map: what it is, it stays.
struct Unchanging(Truths);

impl Origin for Unchanging {
    fn check(&self, _: &Stroke) -> Result<(), CannotEdit> {
        Err(CannotEdit::NoMap)
    }

    fn after(&mut self, _: &[Arc<Stroke>]) -> Truths {
        self.0.clone()
    }
}

/// Whether these are the very same strokes.
fn same(a: &[Arc<Stroke>], b: &[Arc<Stroke>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b))
}

/// The world all runs began with, and what became of it.
pub(super) struct Worlds {
    origin: Box<dyn Origin>,
    known: Vec<(Vec<Arc<Stroke>>, Truths)>,
}

impl Worlds {
    pub fn new<W: Tabular + Scenic>(world: &W) -> Self {
        let drawn = (Vec::new(), world.clone());
        Self { origin: Box::new(Built { origin: world.clone(), drawn }), known: Vec::new() }
    }

    /// A world whose state is a few numbers.
    pub fn of_numbers<W>(world: &W) -> Self
    where
        W: Physical<Action: Doable> + Scenic + std::fmt::Debug + Sync,
    {
        let truth = Arc::new(Truth::of_motion(world));
        Self { origin: Box::new(Unchanging([truth].into())), known: Vec::new() }
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
        if let Some((_, truths)) = self.known.iter().find(|(known, _)| same(known, strokes)) {
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
