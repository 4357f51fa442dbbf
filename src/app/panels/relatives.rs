//! Two relatives of value expansion as cards: the same kind of model, used in another way.

use egui::{CornerRadius, Label, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui};
use egui::{UiBuilder, WidgetInfo, vec2};

use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::experiment::snapshot::Snapshot;

/// What is told of each, in this order.
const ASPECTS: [&str; 4] = ["imagines", "who doubts the model", "gradient through it", "price"];

/// A card.
struct Card {
    name: &'static str,
    source: &'static str,
    tells: [&'static str; 4],
}

/// The three: what runs here, and its relatives.
const CARDS: [Card; 3] = [
    Card {
        name: "MVE",
        source: "Feinberg et al. 2018; runs here",
        tells: [
            "H steps of its policy, to say what a real state is worth",
            "nobody: a fixed H says how far it is trusted",
            "none: the model only says what follows, so contacts and tables will do",
            "H calls of the model for each remembered step; a wrong H hurts",
        ],
    },
    Card {
        name: "SVG",
        source: "Heess et al. 2015; described, not built",
        tells: [
            "steps that really happened, lived again with the noise that explains them",
            "what really happened: errors do not build up along a dreamt path",
            "all of it: world, reward and policy must be differentiable, contacts are a trouble",
            "the gradient of a long path may vanish or explode",
        ],
    },
    Card {
        name: "I2A",
        source: "Weber et al. 2017; described, not built",
        tells: [
            "one path for each action, read by a network beside a model-free one",
            "that network: all uncertainty is left to training",
            "not needed, but the readers of the paths are trained from rewards alone",
            "as many real steps as a model-free learner (claim of the MVE paper)",
        ],
    },
];

/// The panel.
#[derive(Clone)]
pub struct Relatives;

fn card(ui: &mut Ui, card: &Card, width: f32) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let pad = 12.0 * points;
    let top = ui.cursor().min;
    let inner = egui::Rect::from_min_size(top, vec2(width, f32::INFINITY)).shrink(pad);
    let mut child = ui.new_child(UiBuilder::new().max_rect(inner));
    child.spacing_mut().item_spacing.y = 3.0 * points;
    let line = |ui: &mut Ui, words: &str, font, ink| {
        ui.add(Label::new(RichText::new(words).font(font).color(ink)).wrap());
    };
    let ctx = ui.ctx().clone();
    line(&mut child, card.name, theme::title(&ctx), t.text_strong);
    line(&mut child, card.source, theme::small(&ctx), t.text_weak);
    for (aspect, tells) in ASPECTS.iter().zip(card.tells) {
        child.add_space(6.0 * points);
        line(&mut child, aspect, theme::small(&ctx), t.text_weak);
        line(&mut child, tells, theme::body(&ctx), t.text);
    }
    let high = child.min_rect().height() + 2.0 * pad;
    let (rect, response) = ui.allocate_exact_size(vec2(width, high), Sense::hover());
    let edge = Stroke::new(1.0, t.stroke_strong);
    ui.painter().rect_stroke(rect, CornerRadius::same(8), edge, StrokeKind::Inside);
    let spoken = format!("{}: {}", card.name, card.tells.join("; "));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
}

impl Panel for Relatives {
    fn title(&self) -> &'static str {
        "Relatives of MVE"
    }

    fn question(&self) -> &'static str {
        "The same model, three ways to use it. What differs?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        framed(self, PanelId::Relatives, ui, cx, |ui, _| {
            let gap = 12.0 * theme::scale(ui.ctx());
            ScrollArea::vertical().id_salt("relatives").auto_shrink(false).show(ui, |ui| {
                let room = ui.available_width();
                let narrow = room < 560.0 * theme::scale(ui.ctx());
                let width = if narrow { room } else { (room - 2.0 * gap) / 3.0 };
                let layout = match narrow {
                    true => egui::Layout::top_down(egui::Align::Min),
                    false => egui::Layout::left_to_right(egui::Align::Min),
                };
                ui.with_layout(layout, |ui| {
                    ui.spacing_mut().item_spacing = vec2(gap, gap);
                    CARDS.iter().for_each(|one| card(ui, one, width));
                });
            });
        });
    }

    fn text(&self, _: &Snapshot) -> String {
        let mut text = String::new();
        for card in &CARDS {
            text += &format!("{} ({})\n", card.name, card.source);
            for (aspect, tells) in ASPECTS.iter().zip(card.tells) {
                text += &format!("  {aspect}: {tells}\n");
            }
        }
        text
    }

    fn data(&self, _: &Snapshot) -> String {
        let mut csv = "method,aspect,tells\n".to_owned();
        for card in &CARDS {
            for (aspect, tells) in ASPECTS.iter().zip(card.tells) {
                // The sentences have commas of their own.
                csv += &format!("{},{aspect},{}\n", card.name, tells.replace(',', ";"));
            }
        }
        csv
    }
}
