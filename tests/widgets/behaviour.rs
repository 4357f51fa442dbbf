//! What must hold whatever the chart looks like: steady labels, harmless bad numbers, speed.

use egui::{Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use imaginarium::app::theme::{self, Theme};
use imaginarium::app::widgets::chart::{Chart, Curve, Mark, MarkKind};

use crate::stage::{NAMES, curves, data, events, long_curves, rising, steps_chart};

/// Draws one frame of a chart without a screen.
fn frame(ctx: &egui::Context, chart: &Chart<'_>, curves: &[Curve<'_>]) -> egui::FullOutput {
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1200.0, 500.0));
    let input = egui::RawInput { screen_rect: Some(screen), ..egui::RawInput::default() };
    ctx.run_ui(input, |ui| drop(chart.ui(ui, curves)))
}

fn bare_context() -> egui::Context {
    let ctx = egui::Context::default();
    imaginarium::app::fonts::install(&ctx);
    theme::install(&ctx, Theme::Dark, 1.0);
    ctx
}

/// Left edges of the texts that are names of curves.
fn label_places(output: &egui::FullOutput) -> Vec<(String, i32)> {
    let place = |shape: &egui::epaint::ClippedShape| match &shape.shape {
        egui::Shape::Text(text) if NAMES.contains(&text.galley.text()) => {
            Some((text.galley.text().to_owned(), text.pos.x as i32))
        }
        _ => None,
    };
    output.shapes.iter().filter_map(place).collect()
}

#[test]
fn labels_do_not_wander_while_data_arrive() {
    let (data, ctx, t) = (data(), bare_context(), Theme::Dark.tokens());
    let (mut last, mut moves) = (Vec::new(), 0);
    for until in 0..200 {
        // Four frames an episode: only new data may move a label.
        let curves = curves(&data, &t, until / 4, None);
        let places = label_places(&frame(&ctx, &steps_chart("stable"), &curves));
        if places != last {
            moves += 1;
            assert_eq!(until % 4, 0, "a label moved without new data");
        }
        last = places;
    }
    assert!(moves <= 14, "labels moved {moves} times in 50 episodes");
}

#[test]
fn a_curve_that_has_ended_says_nothing_about_later() {
    let line = |until: u32| (1..=until).map(|x| [f64::from(x), 20.0]).collect::<Vec<_>>();
    let (short, long) = (line(10), line(40));
    let mut harness = Harness::builder()
        .with_size(vec2(900.0, 500.0))
        .with_context_setup(|ctx| {
            imaginarium::app::fonts::install(ctx);
            theme::install(ctx, Theme::Dark, 1.0);
        })
        .build_ui(|ui| {
            let t = Theme::Dark.tokens();
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
            let curves = [
                curve('A', "stopped early", &short, t.runs[0]),
                curve('B', "went on", &long, t.runs[1]),
            ];
            let chart = Chart { id: "ends", x_end: Some(50.0), ..Chart::default() };
            chart.ui(ui, &curves);
        });
    for (x, early) in [(150.0, true), (600.0, false)] {
        harness.hover_at(pos2(x, 200.0));
        harness.run_steps(60);
        assert_eq!(harness.query_by_label("stopped early").is_some(), early, "at {x}");
        assert!(harness.query_by_label("went on").is_some());
    }
}

#[test]
fn bad_numbers_and_odd_slices_do_no_harm() {
    let (ctx, t) = (bare_context(), Theme::Dark.tokens());
    let points = [[0.0, f64::NAN], [1.0, f64::INFINITY], [2.0, -1.0], [3.0, 0.0], [4.0, 1e300]];
    let cases: [&[[f64; 2]]; 5] = [&[], &points[..1], &points[2..3], &points[3..], &points];
    for (index, mean) in cases.into_iter().enumerate() {
        for log in [false, true] {
            let marks = [Mark { x: f64::NAN, text: "?".into(), kind: MarkKind::Failure }];
            let curve = Curve {
                letter: 'A',
                name: "bad",
                color: t.runs[0],
                mean,
                band: Some((mean, &points)),
                rings: &points,
                ahead_from: Some(f64::NAN),
                marks: &marks,
            };
            let chart = Chart {
                id: ["a", "b", "c", "d", "e"][index],
                log_x: log,
                log_y: log,
                x_end: Some(f64::NAN),
                now: Some((f64::INFINITY, "now".into())),
                reference: Some((f64::NAN, "none".into())),
                ..Chart::default()
            };
            let output = frame(&ctx, &chart, &[curve]);
            ctx.tessellate(output.shapes, 1.0);
        }
    }
}

#[test]
fn a_frame_with_three_long_curves_is_cheap() {
    let (data, marks) = (rising(), events());
    let t = Theme::Dark.tokens();
    let ctx = bare_context();
    let curves = long_curves(&data, &marks, &t);
    let chart = Chart {
        id: "fast",
        x_label: "steps",
        now: Some((1120.0, "now".into())),
        ..Chart::default()
    };
    let (mut best_ui, mut best_all) = (f64::MAX, f64::MAX);
    for _ in 0..60 {
        let mut spent = 0.0;
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1200.0, 500.0));
        let input = egui::RawInput { screen_rect: Some(screen), ..egui::RawInput::default() };
        let all = std::time::Instant::now();
        let output = ctx.run_ui(input, |ui| {
            let start = std::time::Instant::now();
            chart.ui(ui, &curves);
            spent = start.elapsed().as_secs_f64();
        });
        let shapes = ctx.tessellate(output.shapes, 1.0);
        assert!(!shapes.is_empty());
        best_ui = best_ui.min(spent);
        best_all = best_all.min(all.elapsed().as_secs_f64());
    }
    println!("ui {:.0} us, with tessellation {:.0} us", best_ui * 1e6, best_all * 1e6);
    // Wide enough for a busy machine; what the release build reaches is printed above.
    assert!(cfg!(debug_assertions) || best_ui < 2e-3, "{best_ui} s");
}
