//! What a person can do at the window, by accessible label, without a renderer: every string is
//! laid out with the panic on missing glyphs on, and every control has a name.

#[path = "common/desk.rs"]
mod desk;

#[path = "ui/agreeing.rs"]
mod agreeing;
#[path = "ui/asked.rs"]
mod asked;
#[path = "ui/cards.rs"]
mod cards;
#[path = "ui/dreams.rs"]
mod dreams;
#[path = "ui/failing.rs"]
mod failing;
#[path = "ui/forks.rs"]
mod forks;
#[path = "ui/landscape.rs"]
mod landscape;
#[path = "ui/latent.rs"]
mod latent;
#[path = "ui/lies.rs"]
mod lies;
#[path = "ui/looks.rs"]
mod looks;
#[path = "ui/panels.rs"]
mod panels;
#[path = "ui/parameters.rs"]
mod parameters;
#[path = "ui/sandbox.rs"]
mod sandbox;
#[path = "ui/schematic.rs"]
mod schematic;
#[path = "ui/selection.rs"]
mod selection;
#[path = "ui/surface.rs"]
mod surface;
#[path = "ui/transport.rs"]
mod transport;
#[path = "ui/tree.rs"]
mod tree;
#[path = "ui/value_map.rs"]
mod value_map;
