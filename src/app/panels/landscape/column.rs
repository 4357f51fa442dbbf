//! The controls, and what is measured at the cross.

use egui::Ui;

use super::lines::{heading, row, small};
use super::settings::Settings;
use super::sheet::{Floor, letter};
use crate::app::icons;
use crate::app::theme;
use crate::app::widgets::button::Button;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::slider::Slider;
use crate::app::words::value;
use crate::lessons::bench::{OPTIMISERS, RATES, ValueFrom};
use crate::probes::landscape::{Coordinates, Judge};

/// What a person asked of the race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Let the balls roll from the prediction.
    Roll,
    /// Straight to the end.
    Rest,
    /// Hold the balls where they are.
    Hold,
    /// Let them go.
    Release,
    /// Train the value a little.
    Train,
    /// Walk through what was kept.
    Replay,
}

fn choice(ui: &mut Ui, name: &str, names: &[&str], chosen: &mut usize) -> bool {
    small(ui, name);
    segmented(ui, name, names, chosen).changed()
}

/// What is moved, and where it is.
pub fn places(ui: &mut Ui, settings: &mut Settings, floor: &Floor) {
    let mut hand = settings.hand;
    segmented(ui, "Arrows and clicks move", &["true next state", "prediction"], &mut hand);
    settings.hand = hand;
    let held = settings.held_mut();
    for (held, number) in held.iter_mut().zip(&floor.numbers) {
        let (low, high) = number.range;
        Slider::new(held, low..=high, number.name).unit(number.unit).show(ui);
    }
}

/// Whose value. Returns a wish to replay.
pub fn source(
    ui: &mut Ui,
    settings: &mut Settings,
    kept: Option<((usize, u64), usize)>,
) -> Option<Wish> {
    let mut wish = None;
    let mut from = ValueFrom::ALL.iter().position(|&from| from == settings.from).unwrap_or(0);
    let names = ValueFrom::ALL.map(ValueFrom::name);
    choice(ui, "Value from", &names, &mut from);
    settings.from = ValueFrom::ALL[from];
    if let (ValueFrom::Earlier, Some(((index, updates), count))) = (settings.from, kept)
        && count > 1
    {
        let mut at = index as f64;
        let unit = format!("after {updates} updates");
        let last = (count - 1) as f64;
        let slider = Slider::new(&mut at, 0.0..=last, "Kept value").integer().unit(&unit);
        if slider.show(ui).changed {
            settings.kept = Some(at as usize);
        }
        if Button::new("Replay training").icon(icons::PLAY).show(ui).clicked() {
            wish = Some(Wish::Replay);
        }
    }
    wish
}

fn pair(ui: &mut Ui, name: &str, names: [&str; 2], on: &mut bool) {
    let mut chosen = usize::from(*on);
    choice(ui, name, &names, &mut chosen);
    *on = chosen == 1;
}

/// Which form of VaGraM has a picture.
pub fn form(ui: &mut Ui, settings: &mut Settings) {
    pair(ui, "VaGraM", ["bounded", "unbounded"], &mut settings.unbounded);
}

/// What is drawn.
pub fn looks(ui: &mut Ui, settings: &mut Settings, turns: bool) {
    if turns {
        let mut seen = settings.coordinates == Coordinates::Seen;
        pair(ui, "Errors in", ["(θ, ω)", "(cos θ, sin θ, ω)"], &mut seen);
        settings.coordinates = if seen { Coordinates::Seen } else { Coordinates::State };
    }
    pair(ui, "Window", ["whole plane", "near the cross"], &mut settings.near);
    pair(ui, "Scales of VAML and VaGraM", ["own", "the same"], &mut settings.same_scale);
    pair(ui, "Contours", ["of each loss", "of V"], &mut settings.value_lines);
    let mut flat = settings.camera.flat;
    pair(ui, "Seen", ["as surfaces", "from above"], &mut flat);
    settings.camera.flat = flat;
}

/// The value and its slopes at the cross.
pub fn readings(ui: &mut Ui, judge: &Judge, floor: &Floor) {
    heading(ui, "At the cross");
    row(ui, "value V(s′)", &value(judge.value));
    let [first, second] = &floor.numbers;
    let per = |unit: &str| if unit.is_empty() { String::new() } else { format!(" per {unit}") };
    let [a, b] = judge.slope;
    for (number, slope) in [(first, a), (second, b)] {
        let name = format!("slope along {}", letter(number));
        row(ui, &name, &format!("{}{}", value(slope), per(number.unit)));
    }
    let ratio = (a / b).powi(2);
    let (name, ratio) = if ratio >= 1.0 { (first, ratio) } else { (second, 1.0 / ratio) };
    if ratio.is_finite() {
        row(ui, &format!("squared, {} weighs more by", letter(name)), &format!("{ratio:.0} ×"));
    }
}

/// How balls roll, and the buttons of the race and of the rug pull.
pub fn race(
    ui: &mut Ui,
    settings: &mut Settings,
    (rolls, held, learns): (bool, bool, bool),
) -> Option<Wish> {
    let mut chosen =
        OPTIMISERS.iter().position(|(o, _)| *o == settings.optimiser).unwrap_or_default();
    let names = OPTIMISERS.map(|(_, name)| name);
    choice(ui, "Balls roll by", &names, &mut chosen);
    settings.optimiser = OPTIMISERS[chosen].0;
    let (low, high) = RATES;
    Slider::new(&mut settings.rate, low..=high, "Step size").logarithmic().show(ui);
    let mut wish = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0 * theme::scale(ui.ctx());
        let mut button = |button: Button<'_>, means: Wish, ui: &mut Ui| {
            if button.show(ui).clicked() {
                wish = Some(means);
            }
        };
        match rolls {
            true => button(Button::new("Rest").named("Straight to the end"), Wish::Rest, ui),
            false => button(Button::new("Roll").named("Let the balls roll"), Wish::Roll, ui),
        }
        match held {
            true => button(Button::new("Let go").named("Let the balls go"), Wish::Release, ui),
            false => button(Button::new("Hold").named("Hold the balls"), Wish::Hold, ui),
        }
        ui.add_enabled_ui(learns, |ui| {
            let train = Button::new("Train on").named("Train the value a little");
            button(train, Wish::Train, ui);
        });
    });
    small(
        ui,
        match (learns, held) {
            (false, _) => "Rug pull: needs a value that moves, the critic or a kept one.",
            (true, false) => "Rug pull: hold the balls, train on, let them go.",
            (true, true) => "Held. Train on, see whose error jumps, let go.",
        },
    );
    wish
}
