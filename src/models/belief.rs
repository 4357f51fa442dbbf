//! Which model is asked, what it is about, and how wrong it is made on purpose.

crate::choice! {
    /// Which model is asked.
    pub enum ModelKind {
        /// The last reward and next state of the pair.
        LastSeen = "last-seen", "last seen";
        /// One sample from the counts, drawn with the planner's dice.
        Table = "table", "table look-up";
        /// One sample from a generator whose noise has a seed of its own.
        Sample = "sample", "sample, own noise";
        /// All probabilities: exact expected updates.
        Full = "full", "full distribution";
        /// Mean reward and mean features of the pair.
        Expectation = "expectation", "expectation";
        /// The same from a linear fit over all pairs of the action.
        Linear = "linear", "linear expectation";
    }
}

crate::choice! {
    /// What expectation models predict the mean of.
    pub enum Features {
        /// Which state it is: means are probabilities.
        OneHot = "one-hot", "one-hot";
        /// Where it is: the mean is a place, read back as the nearest cell.
        Place = "place", "place";
    }
}

crate::choice! {
    /// Where a model is made wrong.
    pub enum Where {
        /// In all states.
        Everywhere = "everywhere", "everywhere";
        /// In the right half of the columns, or the later half of the states.
        Half = "half", "right half";
    }
}

/// Which model is asked, and how wrong it is made on purpose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    /// Which model.
    pub kind: ModelKind,
    /// What expectation models are about.
    pub features: Features,
    /// With this weight the model takes the action for the one after it.
    pub error: f64,
    /// Where it does.
    pub error_in: Where,
}

impl Belief {
    /// A model as it was learned.
    pub fn honest(kind: ModelKind, features: Features) -> Self {
        Self { kind, features, error: 0.0, error_in: Where::Everywhere }
    }

    /// Whether it predicts a mean place instead of states.
    pub fn is_place(&self) -> bool {
        let mean = matches!(self.kind, ModelKind::Expectation | ModelKind::Linear);
        mean && self.features == Features::Place
    }

    /// Whether planning takes one sample of what may follow, not all of it.
    pub fn is_sampled(&self) -> bool {
        matches!(self.kind, ModelKind::LastSeen | ModelKind::Table | ModelKind::Sample)
    }

    /// Weight of the wrong answer at column `col` of `cols`.
    pub fn wrong(&self, col: f64, cols: usize) -> f64 {
        match self.error_in {
            Where::Half if 2.0 * col < cols as f64 => 0.0,
            Where::Half | Where::Everywhere => self.error,
        }
    }
}
