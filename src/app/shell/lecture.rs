//! The lecture view: pictures, one question, one line below. Everything else is a key.

use egui::{Align, FontId, Frame, Label, Layout, Margin, RichText, Stroke, Ui, Vec2, vec2};

use super::scrub;
use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::app::widgets::button::icon_button;
use crate::app::widgets::legend;
use crate::app::widgets::source::Source;
use crate::app::{icons, theme, words};
use crate::lessons::layout::Seat;

/// Least width of a panel beside others, in points before the text scale.
const LEAST: f32 = 200.0;

/// Gap between the pictures and the card below them, in points.
pub const GAP: f32 = 20.0;
/// Least and greatest height of the card, its gap with it, as shares of the middle.
const CARD: [f32; 2] = [0.24, 0.3];
/// Width of the answer where curves stand beside it, as a share of the card.
const BESIDE: f32 = 0.45;
/// Least height of a card with curves beside it, in points before the text scale.
const CURVES: f32 = 150.0;
/// Least margin above and below the words, in points.
const MARGIN: f32 = 3.0;

/// Type for the card's words, the largest first.
fn faces(ui: &Ui) -> [FontId; 4] {
    let ctx = ui.ctx();
    [theme::hero_words(ctx), theme::lede(ctx), theme::body(ctx), theme::small(ctx)]
}

/// How high so many words get on a card of this width.
fn height(ui: &Ui, words: &str, font: &FontId, width: f32) -> f32 {
    let ink = theme::tokens(ui.ctx()).text_strong;
    let room = width - 58.0 - 30.0 * theme::scale(ui.ctx()) - 40.0;
    ui.painter().layout(words.to_owned(), font.clone(), ink, room).size().y
}

/// Where the pictures end: what question and answer do not need is theirs. It stays where it is
/// when the answer comes.
pub fn split(ui: &Ui, cx: &Cx<'_>, all: Vec2) -> f32 {
    let lesson = cx.lesson;
    if lesson.ask.is_empty() {
        return all.y;
    }
    let [least, most] = CARD.map(|share| share * all.y);
    if has_curves(cx, vec2(all.x, most - GAP)) {
        return all.y - most;
    }
    let [hero, _, body, _] = faces(ui);
    let words = height(ui, &lesson.ask, &hero, all.x).max(height(ui, &lesson.reveal, &body, all.x));
    all.y - (words + GAP + 2.0 * GAP).clamp(least, most)
}

/// Whether a card of this size has room for the curves of the second row.
fn has_curves(cx: &Cx<'_>, card: Vec2) -> bool {
    cx.lesson.layout.rows().len() > 1 && card.y >= CURVES * cx.view.scale()
}

/// How wide the words are on a card of this size: an answer makes room for the curves that show it,
/// as long as it can be read beside them.
pub fn width(ui: &Ui, cx: &Cx<'_>, card: Vec2) -> f32 {
    let narrow = BESIDE * card.x;
    let [_, _, body, _] = faces(ui);
    let fits = || height(ui, &cx.lesson.reveal, &body, narrow) + 2.0 * MARGIN + 2.0 <= card.y;
    if cx.view.revealed && has_curves(cx, card) && fits() { narrow } else { card.x }
}

/// Who of a row is shown in so many points: a panel too narrow to be read leaves its place to the
/// others.
pub fn seats(row: &[Seat], width: f32) -> Vec<Seat> {
    let mut seats = row.to_vec();
    loop {
        let sum: f32 = seats.iter().map(|seat| seat.share).sum();
        let narrowest = (0..seats.len())
            .min_by(|&a, &b| seats[a].share.total_cmp(&seats[b].share))
            .filter(|&index| seats.len() > 1 && width * seats[index].share / sum < LEAST);
        match narrowest {
            Some(index) => drop(seats.remove(index)),
            None => return seats,
        }
    }
}

/// The question for the room in big type, with its answer once revealed.
pub fn question(ui: &mut Ui, cx: &Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    let size = ui.available_size();
    let text = if cx.view.revealed { &cx.lesson.reveal } else { &cx.lesson.ask };
    // Many words take the room of the margin, then smaller type: the card ends above the line of
    // time.
    let high = |font: &FontId| height(ui, text, font, size.x);
    let room = size.y - 2.0 - 2.0 * MARGIN;
    let [hero, lede, body, small] = faces(ui);
    let font = [hero, lede, body].into_iter().find(|font| high(font) <= room).unwrap_or(small);
    let margin = ((size.y - 2.0 - high(&font)) / 2.0).clamp(MARGIN, 28.0).floor();
    let frame = Frame::new().fill(t.panel).stroke(Stroke::new(1.0, t.stroke)).corner_radius(10);
    frame.inner_margin(Margin::symmetric(28, margin as i8)).show(ui, |ui| {
        ui.set_min_size(size - vec2(58.0, 2.0 * margin + 2.0));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let hand = RichText::new(icons::HAND).font(theme::icon(ui.ctx(), 30.0));
            ui.label(hand.color(t.text_strong));
            ui.add_space(24.0);
            let text = RichText::new(text).font(font).color(t.text_strong);
            ui.add(Label::new(text).wrap());
        });
    });
}

/// Play, place, line of time, legend.
pub fn bottom(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add_space(20.0);
        legend::entry(ui, Source::Imagined, "imagined");
        ui.add_space(8.0);
        legend::entry(ui, Source::Real, "real");
        ui.add_space(20.0);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add_space(20.0);
            let icon = if cx.snapshot.playing { icons::PAUSE } else { icons::PLAY };
            let name = if cx.snapshot.playing { "Pause (Space)" } else { "Play (Space)" };
            if icon_button(ui, icon, name).clicked() {
                cx.actions.push(Action::TogglePlay);
            }
            let place = words::place(cx.snapshot);
            ui.label(RichText::new(place).color(t.text_strong));
            ui.add_space(12.0);
            scrub::scrub(ui, cx);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fonts;
    use crate::app::theme::Theme;
    use crate::app::view::LECTURE_SCALE;
    use crate::lessons::layout::PanelId;

    #[test]
    fn every_question_and_answer_fits_its_card_on_a_small_beamer() {
        // What is left of 1280 by 720 above the line of time, without margins.
        let middle = vec2(1240.0, 720.0 - 52.0 * LECTURE_SCALE - 40.0);
        let room = CARD[1] * middle.y - GAP - 2.0 - 2.0 * MARGIN;
        let ctx = egui::Context::default();
        fonts::install(&ctx);
        theme::install(&ctx, Theme::ProjectorDark, LECTURE_SCALE);
        let mut checked = 0;
        let _ = ctx.run_ui(egui::RawInput::default(), |ui| {
            let [_, lede, _, small] = faces(ui);
            for lesson in crate::lessons::all().unwrap() {
                let asked = height(ui, &lesson.ask, &lede, middle.x);
                let told = height(ui, &lesson.reveal, &small, middle.x);
                assert!(asked <= room, "{}: {asked} of {room}", lesson.id);
                assert!(told <= room, "{}: {told} of {room}", lesson.id);
                checked += 1;
            }
        });
        assert!(checked > 40);
    }

    #[test]
    fn a_panel_too_narrow_to_be_read_makes_room() {
        let seat = |panel, share| Seat { panel, share };
        let row = [seat(PanelId::Schematic, 3.0), seat(PanelId::Drift, 1.0)];
        assert_eq!(seats(&row, 1160.0), row);
        assert_eq!(seats(&row, 775.0), row[..1]);
        assert_eq!(seats(&row[1..], 100.0), row[1..], "the last one stays");
    }
}
