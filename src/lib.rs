//! Imaginarium: a laboratory in which people see model-based reinforcement learning.
//!
//! The map, from the ground up (who may use whom is kept by a test):
//!
//! | module | what |
//! |---|---|
//! | [`base`] | random streams, statistics, parameters, bounded curves |
//! | [`mdp`] | the shared words: step, transition, the faces of a world, traces, scenes |
//! | [`envs`] | worlds and their registry |
//! | [`rl`] | equations as small pure functions |
//! | [`nn`] | population networks on burn, and the one place that chooses a device |
//! | [`search`] | trees grown from the present state: local planning |
//! | [`models`] | what an agent has learned about a world |
//! | [`agents`] | one algorithm per file |
//! | [`probes`] | pure questions asked of a run: value map, curves, the truth |
//! | [`experiment`] | cohorts in lock-step on a clock, time travel, the runner's thread |
//! | [`lessons`] | what a chapter of the lecture opens with |
//! | [`gfx`] | pictures in three dimensions |
//! | [`cli`] | headless commands |
//! | [`app`] | the window |

// Tests may; the program answers with a sentence.
#![warn(clippy::unwrap_used, clippy::expect_used)]

pub mod agents;
pub mod app;
pub mod base;
pub mod cli;
pub mod envs;
pub mod experiment;
pub mod film;
pub mod gfx;
pub mod lessons;
pub mod mdp;
pub mod models;
pub mod nn;
pub mod probes;
pub mod rl;
pub mod search;
