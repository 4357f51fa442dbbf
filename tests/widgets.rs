//! Every widget in every theme and two text scales, without a renderer: all strings are laid out
//! with the panic on missing glyphs on, controls have names, and bad numbers do no harm. How
//! things look is held by `snapshots.rs`.

#[path = "widgets/behaviour.rs"]
mod behaviour;
#[path = "widgets/chart_pages.rs"]
mod chart_pages;
#[path = "widgets/dyna.rs"]
mod dyna;
#[path = "widgets/grid_pages.rs"]
mod grid_pages;
#[path = "widgets/kit.rs"]
mod kit;
#[path = "widgets/stage.rs"]
mod stage;
