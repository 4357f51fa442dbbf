//! What an agent has learned about a world; it can be wrong.

pub mod last_seen;
pub mod lies;
pub mod table;
pub mod view;

/// A registered model.
pub struct ModelInfo {
    /// Name in files and on the command line.
    pub id: &'static str,
    /// Name on the screen.
    pub title: &'static str,
    /// One sentence.
    pub help: &'static str,
}

/// All models that agents can learn.
pub static MODELS: &[ModelInfo] = &[
    ModelInfo {
        id: "last-seen",
        title: "Last seen",
        help: "deterministic table: the last reward and next state of every pair (Dyna-Q, book version)",
    },
    ModelInfo {
        id: "table",
        title: "Table look-up",
        help: "counts of what followed every pair: probabilities of next states and mean rewards",
    },
];
