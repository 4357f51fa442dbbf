//! Pictures in three dimensions: lit height fields with isolines, lines, balls, crosses and planes
//! in one box with true depth, under a camera that a hand can turn.
//!
//! A picture is plain data ([`Scene`]); [`show`] draws it and answers where a place lies on the
//! screen and which place lies under the pointer. Where nothing can draw it in three dimensions
//! the same scene is a heat map seen from above, with the reason in a line.

mod axes;
mod camera;
mod drape;
mod flat;
mod gpu;
mod mesh;
mod pipelines;
mod print;
mod ribbon;
mod scene;
mod show;
mod style;

pub use axes::has_words;
pub use axes::{ticks, written};
pub use camera::{Camera, Projection};
pub use flat::level_lines;
pub use gpu::{install, kept, passes, tidy};
pub use scene::{
    Axis, Ball, Colours, Cross, Field, Isolines, Label, Line, Ramp, Scene, TangentPlane,
};
pub use show::{Drawn, Shown, hold_keys, show};
pub use style::Style;
