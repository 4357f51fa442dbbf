//! The window: panels, controls and keys over snapshots of an arena.
//!
//! `logic` receives, `ui` shows; whatever a person does becomes an [`actions::Action`], which one
//! place applies. Nothing here computes what a learner would compute: every picture reads the
//! learner's own numbers out of a [`crate::experiment::snapshot::Snapshot`].

pub mod actions;
mod apply;
pub mod brush;
pub mod film_view;
pub mod fonts;
pub mod happenings;
pub mod headless;
pub mod icons;
pub mod keeper;
pub mod keys;
pub mod lab;
pub mod link;
pub mod panels;
mod past;
pub mod session;
pub mod settings;
pub mod shell;
pub mod studio;
pub mod theme;
pub mod tiles;
pub mod view;
pub mod widgets;
pub mod window;
pub mod words;
