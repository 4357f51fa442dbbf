//! Gallery of the chart and the maze picture: pictures to look at, in the temporary folder, and
//! the behaviour that no single picture shows.

#[path = "pictures/behaviour.rs"]
mod behaviour;
#[path = "pictures/chart_pages.rs"]
mod chart_pages;
#[path = "pictures/dyna.rs"]
mod dyna;
#[path = "pictures/grid_pages.rs"]
mod grid_pages;
#[path = "pictures/stage.rs"]
mod stage;
