//! The bench of cards: episodes that can be taken away, brought back and written, and what is left
//! of them says of each state.

mod bars;

use egui::{
    Align2, CornerRadius, CursorIcon, Key, Rect, Response, RichText, Role, ScrollArea, Sense,
    Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, vec2,
};

use super::{Cx, Panel, PanelId, framed};
use crate::app::actions::Action;
use crate::app::widgets::button::{Button, TARGET};
use crate::app::widgets::{focus, text};
use crate::app::{icons, theme, words};
use crate::experiment::snapshot::Snapshot;
use crate::probes::cards::{Answer, Bench, answers};

/// Part of the panel's height that cards may take before they scroll.
const BENCH_SHARE: f32 = 0.42;

/// The panel.
#[derive(Clone)]
pub struct Cards {
    /// The bench as shown last, and what it says.
    bench: Bench,
    said: Vec<Answer>,
    /// The card being written.
    draft: String,
    /// Why the last one was refused.
    refused: Option<String>,
}

impl Default for Cards {
    fn default() -> Self {
        let bench = Bench::default();
        Self { said: answers(&bench), bench, draft: String::new(), refused: None }
    }
}

impl Cards {
    fn body(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let most = BENCH_SHARE * ui.available_height();
        let scroll = ScrollArea::vertical().id_salt("cards").max_height(most);
        scroll.show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            self.bench(ui, cx);
        });
        if !cx.view.still && !cx.view.lecture {
            self.desk(ui, cx);
        }
        ui.add_space(4.0);
        let hidden = cx.view.lecture && !cx.view.revealed && !cx.lesson.ask.is_empty();
        bars::bars(ui, &self.said, hidden);
    }

    /// All cards, side by side and line by line.
    fn bench(&self, ui: &mut Ui, cx: &mut Cx<'_>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(8.0, 8.0) * theme::scale(ui.ctx());
            for (index, (card, counts)) in self.bench.cards.iter().enumerate() {
                let shown = paint_card(ui, index, &card.text(), *counts);
                let keys = [Key::Delete, Key::Backspace];
                let struck = shown.has_focus()
                    && ui.input(|input| keys.iter().any(|&key| input.key_pressed(key)));
                if (shown.clicked() || struck) && !cx.view.still {
                    let mut bench = self.bench.clone();
                    bench.toggle(index);
                    cx.actions.push(Action::Cards(bench));
                }
            }
        });
    }

    /// The line to write a card on, and the way back to the eight.
    fn desk(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let t = theme::tokens(ui.ctx());
        ui.horizontal(|ui| {
            let hint = RichText::new("A 0 B 1").color(t.text_weak);
            let size = vec2(150.0, TARGET) * theme::scale(ui.ctx());
            let field = TextEdit::singleline(&mut self.draft).hint_text(hint);
            let field = field.font(theme::number(ui.ctx())).align(Align2::LEFT_CENTER);
            let field = ui.add_sized(size, field);
            field.widget_info(|| {
                let mut info = WidgetInfo::labeled(Role::TextInput, true, "New card");
                info.current_text_value = Some(self.draft.clone());
                info
            });
            let enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if Button::new("Add card").icon(icons::PLUS).show(ui).clicked() || enter {
                self.add(cx);
                if enter {
                    field.request_focus();
                }
            }
            if self.bench != Bench::default()
                && Button::new("The eight").icon(icons::RESTART).show(ui).clicked()
            {
                self.refused = None;
                cx.actions.push(Action::Cards(Bench::default()));
            }
            match &self.refused {
                Some(why) => ui.add(egui::Label::new(RichText::new(why).color(t.bad)).truncate()),
                None => {
                    let (n, all) = (self.bench.counting(), self.bench.cards.len());
                    ui.label(
                        RichText::new(format!("{n} of {all} episodes count")).color(t.text_weak),
                    )
                }
            };
        });
    }

    fn add(&mut self, cx: &mut Cx<'_>) {
        let mut bench = self.bench.clone();
        self.refused = bench.add(&self.draft).err().map(|e| e.to_string());
        if self.refused.is_none() {
            self.draft.clear();
            cx.actions.push(Action::Cards(bench));
        }
    }
}

/// One card: a click takes it away or brings it back, as Enter and Delete do.
fn paint_card(ui: &mut Ui, index: usize, written: &str, counts: bool) -> Response {
    let ctx = ui.ctx().clone();
    let (t, scale) = (theme::tokens(&ctx), theme::scale(&ctx));
    let ink = if counts { t.text_strong } else { t.text_weak };
    let words = text::line(ui.painter(), written, theme::number(&ctx), ink);
    let icon = if counts { icons::CLOSE } else { icons::UNDO };
    let icon = text::line(ui.painter(), &icon.to_string(), theme::icon(&ctx, 14.0), t.text_weak);
    let (pad, gap) = (12.0 * scale, 8.0 * scale);
    let width = 2.0 * pad + words.size().x + gap + icon.size().x;
    let (rect, response) = ui.allocate_exact_size(vec2(width, TARGET * scale), Sense::click());
    let corner = CornerRadius::same(8);
    let hot = response.hovered() && ui.is_enabled();
    let edge = Stroke::new(1.0, if hot { t.stroke_strong } else { t.stroke });
    let fill = if counts { t.elev } else { t.panel };
    ui.painter().rect(rect, corner, fill, edge, StrokeKind::Inside);
    let left = rect.left_center() + vec2(pad, 0.0);
    let seat = text::place(ui.painter(), &words, left, Align2::LEFT_CENTER);
    text::place(ui.painter(), &icon, rect.right_center() - vec2(pad, 0.0), Align2::RIGHT_CENTER);
    if !counts {
        strike(ui, seat);
    }
    focus::ring(ui, &response, rect, 8.0);
    if hot {
        ctx.set_cursor_icon(CursorIcon::PointingHand);
    }
    response.widget_info(|| {
        let name = format!("Card {}: {written}", index + 1);
        WidgetInfo::selected(Role::Button, ui.is_enabled(), counts, name)
    });
    response.on_hover_text(if counts { "Take away" } else { "Bring back" })
}

fn strike(ui: &Ui, words: Rect) {
    let t = theme::tokens(ui.ctx());
    let line = [words.left_center(), words.right_center()];
    ui.painter().line_segment(line, Stroke::new(1.2, t.text_weak));
}

/// A value that may be missing. What is left after so many sweeps is no digit to be shown.
fn written(value: Option<f64>) -> String {
    value.map_or_else(|| "no data".to_owned(), |v| words::value((v * 1e9).round() / 1e9))
}

/// `p(B|A)`, `p(end|A)`.
fn follows(answer: &Answer) -> String {
    let one = |(next, p): &(Option<char>, f64)| {
        let next = next.map_or_else(|| "end".to_owned(), String::from);
        format!("p({next}|{}) = {}", answer.state, words::value(*p))
    };
    answer.follows.iter().map(one).collect::<Vec<_>>().join(", ")
}

impl Panel for Cards {
    fn title(&self) -> &'static str {
        "Bench of cards"
    }

    fn question(&self) -> &'static str {
        "What do these episodes say of each state?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        if cx.view.cards != self.bench {
            self.bench = cx.view.cards.clone();
            self.said = answers(&self.bench);
        }
        // The frame borrows the panel's words while the body changes the panel.
        let words = self.clone();
        framed(&words, PanelId::Cards, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, _: &Snapshot) -> String {
        let mut text = format!("{} episodes: ", self.bench.counting());
        let cards = self.bench.cards.iter().filter(|(_, counts)| *counts);
        text += &cards.map(|(card, _)| card.text()).collect::<Vec<_>>().join("; ");
        for a in &self.said {
            text += &format!(
                "\nV({}): {} by the table model, {} by batch TD(0), {} by Monte-Carlo; \
                 r({}) = {}, {}",
                a.state,
                written(a.model),
                written(a.td),
                written(a.monte_carlo),
                a.state,
                words::value(a.reward),
                follows(a)
            );
        }
        text
    }

    fn data(&self, _: &Snapshot) -> String {
        let mut csv = "answer,state,value,visits,reward\n".to_owned();
        for a in &self.said {
            let ways = [("model", a.model), ("td", a.td), ("monte_carlo", a.monte_carlo)];
            for (way, value) in ways.into_iter().filter_map(|(way, v)| Some((way, v?))) {
                csv += &format!("{way},{},{value},{},{}\n", a.state, a.visits, a.reward);
            }
        }
        csv
    }
}
