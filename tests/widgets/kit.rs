//! The controls: every theme and text scale draws, sliders follow keys and typing.

use egui::{Align, Layout, Ui, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use imaginarium::app::theme::{self, Theme};
use imaginarium::app::widgets::code_view::{CodeLine, CodeNote, code_note, code_view};
use imaginarium::app::widgets::color_bar::ColorBar;
use imaginarium::app::widgets::panel::{Panel, PanelState, PanelTool};
use imaginarium::app::widgets::segmented::segmented;
use imaginarium::app::widgets::slider::Slider;
use imaginarium::app::widgets::source::Source;
use imaginarium::app::widgets::{badge, button, key_chip, legend, meter, number};
use imaginarium::app::{fonts, icons};

/// What the gallery's controls hold.
struct Values {
    planning: f64,
    alpha: f64,
    rate: f64,
    gamma: f64,
    step: usize,
    picks: usize,
}

impl Default for Values {
    fn default() -> Self {
        Self { planning: 50.0, alpha: 0.1, rate: 0.0003, gamma: 0.95, step: 1, picks: 0 }
    }
}

fn gallery(ui: &mut Ui, values: &mut Values) {
    let scale = theme::scale(ui.ctx());
    egui::Frame::new().fill(theme::tokens(ui.ctx()).bg).inner_margin(20).show(ui, |ui| {
        ui.set_min_size(ui.available_size());
        top(ui);
        ui.add_space(16.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 20.0;
            let side = 352.0 * scale;
            let rest = ui.available_width() - side - 20.0;
            ui.allocate_ui_with_layout(vec2(rest, 0.0), Layout::top_down(Align::Min), |ui| {
                tiles(ui);
                ui.add_space(16.0);
                plots(ui);
                icons_row(ui);
            });
            ui.allocate_ui_with_layout(vec2(side, 0.0), Layout::top_down(Align::Min), |ui| {
                parameters(ui, values);
                ui.add_space(12.0);
                code(ui);
            });
        });
        ui.add_space(16.0);
        transport(ui, values);
    });
}

/// A row whose items are centred: a plain `horizontal` sets the first ones too high.
fn row(ui: &mut Ui, height: f32, add: impl FnOnce(&mut Ui)) {
    let size = vec2(ui.available_width(), height * theme::scale(ui.ctx()));
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), add);
}

fn top(ui: &mut Ui) {
    row(ui, 40.0, |ui| {
        legend::real_imagined(ui);
        ui.add_space(24.0);
        button::Button::new("CPU, Flex").icon(icons::CPU).show(ui);
        button::Button::new("Text 1.0").icon(icons::TEXT_SIZE).show(ui);
        key_chip::key_chip(ui, "F1");
        key_chip::key_chip(ui, "Page Down");
        ui.add_space(16.0);
        ColorBar::log("value maxₐ Q", -4, 0).show(ui);
    });
}

fn tiles(ui: &mut Ui) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        let width = (ui.available_width() - 32.0) / 3.0;
        let runs = [("n = 0", 2458, 0), ("n = 5", 1136, 5680), ("n = 50", 871, 43_550)];
        let states = [PanelState::Failed, PanelState::Normal, PanelState::Selected];
        for (run, (title, real, imagined)) in runs.into_iter().enumerate() {
            ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
                ui.set_width(width);
                let panel = Panel::new(title).question("imagined updates a step").run(run);
                panel.tools(&[PanelTool::More]).dense().state(states[run]).show(ui, |ui| {
                    ui.add_space(40.0);
                    number::hero_pair(ui, (real, "real updates"), (imagined, "imagined"));
                    meter::meter(ui, real, imagined);
                    ui.horizontal(|ui| {
                        ui.label("Episode 10, step 9");
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            ui.label("14 steps home")
                        });
                    });
                });
            });
        }
    });
}

fn plots(ui: &mut Ui) {
    let panel = Panel::new("Steps per episode");
    let panel = panel.question("How fast does each run find the short way?");
    panel.tools(&PanelTool::WIDE).min_height(150.0).show(ui, |ui| {
        ui.horizontal(|ui| {
            for run in 0..6 {
                badge::badge(ui, run);
            }
            number::hero(ui, 1_234_567, Source::Plain, "updates");
        });
        meter::meter(ui, 0, 10);
        meter::meter(ui, 0, 0);
        meter::meter(ui, 10, 10);
    });
}

fn transport(ui: &mut Ui, values: &mut Values) {
    row(ui, 52.0, |ui| {
        button::framed_icon_button(ui, icons::SKIP_BACK, "One step back (Left)");
        button::play_button(ui, false);
        button::play_button(ui, true);
        button::framed_icon_button(ui, icons::SKIP_FORWARD, "One step on (Right)");
        segmented(ui, "Step by", &["update", "step", "episode"], &mut values.step);
        button::Button::new("Fork here").icon(icons::FORK).show(ui);
        let bad = theme::tokens(ui.ctx()).bad;
        button::Button::new("Record").icon_fill(icons::RECORD, bad).show(ui);
        ui.add_enabled_ui(false, |ui| button::Button::new("Disabled").icon(icons::LOCK).show(ui));
    });
}

fn parameters(ui: &mut Ui, values: &mut Values) {
    ui.spacing_mut().item_spacing.y = 14.0 * theme::scale(ui.ctx());
    Slider::new(&mut values.planning, 0.0..=100.0, "Planning steps")
        .unit("n, per real step")
        .integer()
        .default_value(5.0)
        .show(ui);
    Slider::new(&mut values.alpha, 0.0..=1.0, "Step size").unit("α").default_value(0.5).show(ui);
    Slider::new(&mut values.gamma, 0.0..=1.0, "Discount").unit("γ").show(ui);
    Slider::new(&mut values.rate, 1e-5..=1.0, "Learning rate")
        .unit("log scale")
        .logarithmic()
        .decimals(4)
        .show(ui);
    row(ui, 36.0, |ui| {
        ui.label("Planning picks");
        segmented(ui, "Planning picks", &["pairs taken", "ε-greedy"], &mut values.picks);
    });
}

fn code(ui: &mut Ui) {
    use Source::{Imagined, Plain, Real};
    let line = |text: &str, indent, source, value: Option<&str>| CodeLine {
        text: text.into(),
        indent,
        source,
        lit: false,
        value: value.map(Into::into),
    };
    let mut lines = vec![
        line("repeat for every real step", 0, Plain, None),
        line("a ← ε-greedy(Q, s)", 1, Real, Some("right")),
        line("r, s’ ← world(s, a)", 1, Real, Some("0, (3,6)")),
        line("Q[s,a] += α (r + γ V(s’) − Q[s,a])", 1, Real, None),
        line("repeat n times", 1, Plain, None),
        line("s̃, ã ← a pair taken before", 2, Imagined, Some("(3,6) left")),
        line("Q[s̃,ã] += α (r̃ + γ V(s̃’) − Q[s̃,ã])", 2, Imagined, None),
    ];
    lines[2].lit = true;
    lines[6].lit = true;
    code_view(ui, &lines);
    for source in [Imagined, Real] {
        code_note(
            ui,
            &CodeNote {
                source,
                target: "0 + 0.95 × 0.428 = 0.407".into(),
                entry: "Q[s̃,ã]".into(),
                old: "0.201".into(),
                new: "0.222".into(),
            },
        );
    }
}

fn icons_row(ui: &mut Ui) {
    ui.horizontal_wrapped(|ui| {
        for icon in icons::ALL {
            ui.label(egui::RichText::new(icon.to_string()).font(theme::icon(ui.ctx(), 20.0)));
            ui.label(egui::RichText::new(icon.to_string()).font(theme::icon_fill(ui.ctx(), 20.0)));
        }
    });
}

fn harness<'a>(look: Theme, scale: f32, size: (f32, f32)) -> Harness<'a, Values> {
    let base = if look.tokens().dark { egui::Theme::Dark } else { egui::Theme::Light };
    Harness::builder()
        .with_size(vec2(size.0, size.1))
        .with_pixels_per_point(1.0)
        .with_theme(base)
        .with_context_setup(move |ctx| {
            fonts::install(ctx);
            theme::install(ctx, look, scale);
        })
        .build_ui_state(gallery, Values::default())
}

#[test]
fn every_theme_and_scale_draws() {
    for look in Theme::ALL {
        for (scale, size) in [(1.0, (1480.0, 830.0)), (1.6, (1920.0, 1300.0))] {
            harness(look, scale, size).run();
        }
    }
}

#[test]
fn a_slider_follows_keys_and_typing() {
    let mut harness = harness(Theme::Dark, 1.0, (1480.0, 830.0));
    harness.get_by_label("Planning steps").focus();
    harness.run();
    harness.key_press(egui::Key::ArrowUp);
    harness.run();
    assert_eq!(harness.state().planning, 51.0);
    harness.get_by_label("Discount: type a number").click();
    harness.run();
    harness.event(egui::Event::Text("0,5".into()));
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(harness.state().gamma, 0.5);
}

#[test]
fn a_segment_is_chosen_by_click() {
    let mut harness = harness(Theme::Dark, 1.0, (1480.0, 830.0));
    harness.get_by_label("episode").click();
    harness.run();
    assert_eq!(harness.state().step, 2);
}
