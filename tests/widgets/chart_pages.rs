//! Pages with charts.

use egui::vec2;
use imaginarium::app::theme;
use imaginarium::app::widgets::chart::{Chart, Curve};
use imaginarium::app::widgets::grid_picture::GridPicture;

use crate::dyna::{self, COLS, ROWS};
use crate::stage::{NAMES, curves, data, events, gallery, long_curves, rising, steps_chart, tile};

#[test]
fn opening_page() {
    let data = data();
    let world = dyna::world();
    gallery([1240.0, 800.0], |ui| {
        let t = theme::tokens(ui.ctx());
        for (index, lane) in data.lanes.iter().enumerate() {
            let left = 16.0 + 405.0 * index as f32;
            tile(ui, [left, 16.0, 393.0, 300.0], NAMES[index], |ui| {
                let (values, arrows) = (lane.values(), lane.arrows());
                let trail: Vec<_> = lane.trail.iter().map(|cell| dyna::place(*cell)).collect();
                let (row, col) = *trail.last().unwrap();
                let picture = GridPicture {
                    label: "maze",
                    cols: COLS,
                    rows: ROWS,
                    cells: &world,
                    values: &values,
                    arrows: &arrows,
                    trail: &trail,
                    agent: Some((f32::from(row), f32::from(col))),
                    sparks: &lane.sparks,
                    ..GridPicture::default()
                };
                picture.ui(ui, vec2(361.0, 240.0));
            });
        }
        tile(ui, [16.0, 330.0, 770.0, 454.0], "Steps per episode", |ui| {
            let chart = Chart { now: Some((10.0, "episode 10".into())), ..steps_chart("main") };
            chart.ui(ui, &curves(&data, &t, 50, Some(10.0)));
        });
        tile(ui, [802.0, 330.0, 422.0, 220.0], "Ten episodes so far", |ui| {
            let chart = Chart { x_end: None, y_label: "steps", ..steps_chart("young") };
            chart.ui(ui, &curves(&data, &t, 10, None));
        });
        tile(ui, [802.0, 564.0, 422.0, 220.0], "Before the first", |ui| {
            let chart =
                Chart { empty: "Steps will appear here. Space starts.", ..steps_chart("empty") };
            chart.ui(ui, &curves(&data, &t, 0, None));
        });
    });
}

#[test]
fn chart_page() {
    let (data, marks, maze) = (rising(), events(), data());
    let noisy: Vec<[f64; 2]> = (0..200)
        .map(f64::from)
        .map(|x| {
            [
                x,
                if (60.0..80.0).contains(&x) {
                    f64::NAN
                } else {
                    -1600.0 + 7.0 * x + 90.0 * (x * 1.7).sin()
                },
            ]
        })
        .collect();
    let lone = [[1.0, 320.0]];
    let flat: Vec<[f64; 2]> = (0..40).map(|x| [f64::from(x), 0.5]).collect();
    gallery([1240.0, 900.0], |ui| {
        let t = theme::tokens(ui.ctx());
        let chart = |id| Chart { id, x_label: "real steps", ..Chart::default() };
        let curve = |letter, name, mean, color| Curve {
            letter,
            name,
            color,
            mean,
            band: None,
            rings: &[],
            ahead_from: None,
            marks: &[],
        };
        tile(ui, [16.0, 16.0, 800.0, 400.0], "Cumulative reward", |ui| {
            let chart = Chart {
                note: "line: mean of 30 seeds, band: 10 to 90 %, rings: seed 3",
                y_label: "reward",
                now: Some((1120.0, "step 1\u{a0}120".into())),
                x_end: Some(3000.0),
                ..chart("rising")
            };
            chart.ui(ui, &long_curves(&data, &marks, &t));
        });
        tile(ui, [832.0, 16.0, 392.0, 192.0], "A gap in the numbers", |ui| {
            let chart =
                Chart { y_label: "return", now: Some((3.0, "episode 3".into())), ..chart("nan") };
            chart.ui(ui, &[curve('B', "MVE, H = 3", &noisy, t.runs[1])]);
        });
        tile(ui, [832.0, 224.0, 392.0, 192.0], "One point", |ui| {
            let chart = Chart { log_y: true, ..chart("lone") };
            chart.ui(ui, &[curve('F', "first episode", &lone, t.runs[5])]);
        });
        for (index, width) in [332.0, 432.0].into_iter().enumerate() {
            tile(ui, [16.0 + 348.0 * index as f32, 432.0, width, 202.0], "Small", |ui| {
                let id = ["small", "middle"][index];
                let chart = Chart { now: Some((10.0, "episode 10".into())), ..steps_chart(id) };
                chart.ui(ui, &curves(&maze, &t, 50, Some(10.0)));
            });
        }
        tile(ui, [812.0, 432.0, 412.0, 202.0], "All the same", |ui| {
            let all: Vec<_> = ['A', 'B', 'C']
                .into_iter()
                .zip(t.runs)
                .map(|(letter, color)| curve(letter, "n = 5", &flat, color))
                .collect();
            Chart { y_label: "loss", ..chart("flat") }.ui(ui, &all);
        });
        tile(ui, [16.0, 650.0, 1208.0, 234.0], "Linear", |ui| {
            let chart = Chart { log_x: false, log_y: true, ..steps_chart("wide") };
            chart.ui(ui, &curves(&maze, &t, 50, None));
        });
    });
}
