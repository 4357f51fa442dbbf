//! Pages with mazes, and one under the pointer.

use egui::{pos2, vec2};
use egui_kittest::Harness;
use imaginarium::app::theme::{self, Theme};
use imaginarium::app::widgets::grid_picture::{CellKind, GridPicture};

use crate::dyna::{self, COLS, ROWS};
use crate::stage::{curves, data, gallery, steps_chart, tile};

#[test]
fn grid_page() {
    let data = data();
    let (lane, world) = (&data.lanes[2], dyna::world());
    let (values, arrows) = (lane.values(), lane.arrows());
    let (shares, numbers) = (lane.shares(), lane.numbers());
    let trail: Vec<_> = lane.trail.iter().map(|cell| dyna::place(*cell)).collect();
    let dots: Vec<(u16, f32)> = lane
        .imagined
        .iter()
        .enumerate()
        .map(|(cell, count)| (cell as u16, count / 1500.0))
        .collect();
    let base = GridPicture {
        label: "maze",
        cols: COLS,
        rows: ROWS,
        cells: &world,
        values: &values,
        arrows: &arrows,
        ..GridPicture::default()
    };
    let mut odd = world.clone();
    (odd[30], odd[31], odd[32], odd[48]) =
        (CellKind::Pit, CellKind::Reward(0.5), CellKind::Reward(-1.0), CellKind::Pit);
    let wind = [0, 0, 0, 1, 1, 1, 2, -2, 0];
    let ties: Vec<u8> = (0..54).map(|cell| (cell % 16) as u8).collect();
    let agent = trail.last().map(|(row, col)| (f32::from(*row), f32::from(*col)));
    gallery([1240.0, 900.0], |ui| {
        let rect = |index: usize| {
            [16.0 + 406.0 * (index % 3) as f32, 16.0 + 296.0 * (index / 3) as f32, 394.0, 284.0]
        };
        let size = vec2(362.0, 226.0);
        tile(ui, rect(0), "Numbers, share imagined", |ui| {
            GridPicture { numbers: Some(&numbers), imagined_share: Some(&shares), ..base }
                .ui(ui, size);
        });
        tile(ui, rect(1), "Share imagined, arrows, selection", |ui| {
            GridPicture {
                imagined_share: Some(&shares),
                selected: Some(40),
                agent: Some((3.0, 5.4)),
                ..base
            }
            .ui(ui, size);
        });
        tile(ui, rect(2), "Density dots at high speed", |ui| {
            GridPicture { dots: &dots, trail: &trail, agent, ..base }.ui(ui, size);
        });
        tile(ui, rect(3), "Failed", |ui| {
            GridPicture { trail: &trail, agent, faded: true, ..base }.ui(ui, size);
        });
        tile(ui, rect(4), "Wind, pits, rewards, ties", |ui| {
            GridPicture { cells: &odd, wind: &wind, arrows: &ties, ..base }.ui(ui, size);
        });
        tile(ui, rect(5), "Small", |ui| {
            GridPicture { trail: &trail, agent, sparks: &lane.sparks, ..base }
                .ui(ui, vec2(180.0, 120.0));
            GridPicture { trail: &trail, agent, sparks: &lane.sparks, ..base }
                .ui(ui, vec2(100.0, 66.0));
        });
        tile(ui, rect(6), "Reading speed", |ui| {
            GridPicture { trail: &trail, agent, sparks: &lane.sparks, ..base }.ui(ui, size);
        });
    });
}

/// A world of 64 x 64 cells: rooms of value around a goal, a wall, a path.
fn large_world(side: usize) -> (Vec<Option<f32>>, Vec<CellKind>) {
    let value = |cell: usize| {
        let (row, col) = ((cell / side) as f32, (cell % side) as f32);
        let value = 1.0 - (row - 10.0).hypot(col - 50.0) / 70.0;
        (value > 0.25).then_some(value)
    };
    let kind = |cell: usize| match (cell / side, cell % side) {
        (40, 8) => CellKind::Start,
        (10, 50) => CellKind::Goal,
        (30, col) if col > 12 => CellKind::Wall,
        _ => CellKind::Free,
    };
    ((0..side * side).map(value).collect(), (0..side * side).map(kind).collect())
}

#[test]
fn large_page() {
    let side = 64;
    let (values, cells) = large_world(side);
    let trail: Vec<(u16, u16)> =
        (0..40).map(|step| if step < 20 { (40 - step, 8) } else { (20, step - 12) }).collect();
    let dots: Vec<(u16, f32)> =
        (0..300).map(|step| (step * 11, f32::from(step % 7) / 7.0)).collect();
    let arrows = vec![2_u8; 40 * 26];
    let base = GridPicture { label: "large", values: &values, ..GridPicture::default() };
    gallery([1240.0, 600.0], |ui| {
        tile(ui, [16.0, 16.0, 394.0, 568.0], "64 x 64", |ui| {
            let large = GridPicture { cols: side, rows: side, cells: &cells, dots: &dots, ..base };
            GridPicture { trail: &trail, agent: Some((20.0, 27.0)), ..large }
                .ui(ui, vec2(362.0, 362.0));
        });
        tile(ui, [426.0, 16.0, 798.0, 568.0], "40 x 26, one texture with arrows", |ui| {
            let wide = GridPicture { cols: 40, rows: 26, arrows: &arrows, ..base };
            GridPicture { selected: Some(500), ..wide }.ui(ui, vec2(766.0, 510.0));
        });
    });
}

/// What the pointer adds to a chart and to a maze.
#[test]
fn the_pointer_explains_and_zooms() {
    let (data, world) = (data(), dyna::world());
    let lane = &data.lanes[2];
    let (values, arrows) = (lane.values(), lane.arrows());
    let trail: Vec<_> = lane.trail.iter().map(|cell| dyna::place(*cell)).collect();
    let mut harness = Harness::builder()
        .with_size(vec2(1240.0, 420.0))
        .with_context_setup(|ctx| {
            imaginarium::app::fonts::install(ctx);
            theme::install(ctx, Theme::Dark, 1.0);
        })
        .build_ui(|ui| {
            let t = theme::tokens(ui.ctx());
            tile(ui, [16.0, 16.0, 600.0, 388.0], "Steps per episode", |ui| {
                steps_chart("hover").ui(ui, &curves(&data, &t, 50, None));
            });
            tile(ui, [632.0, 16.0, 592.0, 388.0], "Twice the size", |ui| {
                let picture = GridPicture {
                    label: "maze",
                    cols: COLS,
                    rows: ROWS,
                    cells: &world,
                    values: &values,
                    arrows: &arrows,
                    trail: &trail,
                    agent: trail.last().map(|(row, col)| (f32::from(*row), f32::from(*col))),
                    sparks: &lane.sparks,
                    ..GridPicture::default()
                };
                picture.ui(ui, vec2(560.0, 330.0));
            });
        });
    harness.run_steps(2);
    let still = harness.output().shapes.clone();
    harness.hover_at(pos2(210.0, 180.0));
    harness.run_steps(60);
    let hovered = harness.output().shapes.clone();
    assert!(hovered.len() > still.len(), "a rule and the values under the pointer");
    harness.event(egui::Event::Zoom(2.5));
    harness.run_steps(10);
    assert_ne!(harness.output().shapes, hovered, "the chart is zoomed");
    let zoomed = harness.output().shapes.clone();
    harness.hover_at(pos2(900.0, 200.0));
    harness.run_steps(60);
    assert_ne!(harness.output().shapes, zoomed, "the cell under the pointer has an outline");
}
