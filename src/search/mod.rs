//! Local planning: searches that grow a tree from the present state with the help of a model, and
//! answer with an action *and* the tree it rests on.
//!
//! | file | what |
//! |---|---|
//! | [`model`] | the one face of everything that can be searched |
//! | [`table`], [`world`] | a table behind that face; a true world |
//! | [`tree`] | the tree: a struct of arrays, one documented shape a field |
//! | [`forward`] | forward search: the full tree to a depth, expectations over outcomes |
//! | [`tree_search`] | Monte-Carlo tree search, one simulation at a time, P trees together |
//! | [`rules`] | the equations of UCT, pUCT, Gumbel MuZero and sequential halving |
//! | [`select`] | how a child is chosen by them |
//! | [`simulation`] | simulation-based search: Monte-Carlo and TD backups in a local table |
//! | [`noise`] | Gumbel and Dirichlet draws from a named stream |
//!
//! A search is resumable: one call, one simulation in every tree. It holds no model and no dice;
//! both are handed in, so that a clone of a search and its dice relives it exactly.

mod answer;
mod begin;
pub mod forward;
pub mod model;
pub mod noise;
mod rollout;
pub mod rules;
pub mod select;
mod settings;
pub mod simulation;
pub mod table;
pub mod tree;
pub mod tree_search;
pub mod world;

pub use answer::Answer;
pub use begin::{Root, SearchError};
pub use settings::{Leaf, Settings};
