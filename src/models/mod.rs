//! What an agent has learned about a world; it can be wrong.

pub mod altered;
pub mod bank;
pub mod belief;
pub mod coding;
pub mod expectation;
pub mod features;
pub mod judge;
pub mod last_seen;
pub mod lies;
pub mod linear;
pub mod low_rank;
pub mod model_loss;
pub mod motion;
pub mod network;
pub mod self_consistent;
pub mod sight;
pub mod spread;
pub mod table;
pub mod turns;
pub mod value_taught;
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
    ModelInfo {
        id: "sample",
        title: "Stochastic sample",
        help: "a generator: the same noise gives the same sample, new noise a new one",
    },
    ModelInfo {
        id: "full",
        title: "Full distribution",
        help: "the probability of every next state: exact expected updates",
    },
    ModelInfo {
        id: "expectation",
        title: "Expectation",
        help: "mean reward and mean features of every pair; a mean place may lie in a wall",
    },
    ModelInfo {
        id: "linear-expectation",
        title: "Linear expectation",
        help: "mean features by one matrix an action; answers for states it has never seen",
    },
    ModelInfo {
        id: "network",
        title: "Network",
        help: "the move, reward and end of a step by a network; answers for states it has never seen",
    },
];
