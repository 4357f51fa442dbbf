//! The controls and small pictures every screen is built from.
//!
//! All of them read colours and sizes from `theme`, so text scale and projector themes need no
//! case of their own, and all of them name themselves for a screen reader.

pub mod badge;
pub mod body_picture;
pub mod button;
pub mod chart;
pub mod code_view;
pub mod color_bar;
pub mod dashes;
pub mod focus;
pub mod formula;
pub mod graph_picture;
pub mod grid_picture;
pub mod key_chip;
pub mod legend;
pub mod meter;
pub mod number;
pub mod panel;
pub mod segmented;
pub mod slider;
pub mod source;
pub mod text;
