//! What stands inside the panel of a cell, and in the side column where no such panel is shown.

use egui::{
    Align2, Grid, Label, Pos2, Rect, RichText, Role, ScrollArea, Sense, Shape, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use super::Cx;
use super::mazes::Scale;
use crate::app::actions::Action;
use crate::app::widgets::button::Button;
use crate::app::widgets::number::grouped;
use crate::app::widgets::{badge, text};
use crate::app::{icons, theme, words};
use crate::experiment::cell_log::Logged;
use crate::experiment::snapshot::{Inspection, RunSnapshot};
use crate::mdp::trace::Source;
use crate::mdp::{Action as Move, State};
use crate::probes::cell::{Fact, counts, facts};

/// Greatest side of the wedges in points before the text scale.
const WEDGES: f32 = 148.0;
/// The same in a narrow panel.
const SMALL: f32 = 92.0;
/// Width that the table of the model needs.
const TABLE: f32 = 340.0;
/// Height of a line of the list.
const LINE: f32 = 24.0;
/// Greatest length of the bar of a neighbour.
const BAR: f32 = 36.0;

/// Values, model and updates of the selected cell of the selected run.
pub fn inside(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    let run = &cx.snapshot.runs[cx.view.run];
    let table = run.lane.view.table.as_ref();
    let cell = cx.view.cell.filter(|&cell| table.is_some_and(|table| cell < table.states()));
    let Some(cell) = cell else {
        let words = match table {
            Some(_) => "Click a cell of a maze: its values, its model, and who wrote them.",
            None => "This agent keeps no values of cells.",
        };
        ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
        return;
    };
    ui.horizontal(|ui| {
        badge::badge(ui, cx.view.run);
        let name = format!("{}  cell {}", run.name, run.truth.state_name(cell as State));
        ui.add(Label::new(RichText::new(name).color(t.text_strong)).truncate());
    });
    // The table needs room of its own; in a narrow panel both shrink.
    let points = theme::scale(ui.ctx());
    let (side, bar) = match ui.available_width() / points {
        wide if wide >= WEDGES + TABLE => (WEDGES, BAR),
        _ => (SMALL, BAR / 2.0),
    };
    ui.horizontal_top(|ui| {
        wedges(ui, side * points, run, cell, Scale::of(cx.snapshot));
        ui.vertical(|ui| model(ui, run, cell as State, bar));
    });
    updates(ui, cx, cell as State);
}

/// The four values as wedges that point where their action leads.
fn wedges(ui: &mut Ui, side: f32, run: &RunSnapshot, cell: usize, scale: Scale) {
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
    let Some(table) = &run.lane.view.table else {
        return;
    };
    let row = table.row(cell);
    let named = |(action, q): (usize, &f64)| {
        format!("{} {}", run.truth.action_name(action as Move), words::value(*q))
    };
    let spoken: Vec<String> = row.iter().enumerate().map(named).collect();
    let spoken = format!("Values: {}", spoken.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let t = theme::tokens(ui.ctx());
    let painter = ui.painter();
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()];
    for (action, &q) in row.iter().enumerate().take(4) {
        let (a, b) = (corners[action], corners[(action + 1) % 4]);
        let fill = match q == 0.0 {
            true => t.panel,
            false => theme::viridis(scale.place(q)),
        };
        let edge = Stroke::new(1.5, t.casing);
        painter.add(Shape::convex_polygon(vec![a, b, rect.center()], fill, edge));
        let ink = if q == 0.0 { t.text_weak } else { theme::arrow_ink(fill) };
        let middle: Pos2 = rect.center() + (a.lerp(b, 0.5) - rect.center()) * 0.6;
        let font = if side < WEDGES { theme::small(ui.ctx()) } else { theme::code(ui.ctx()) };
        let word = text::line(painter, &words::value(q), font, ink);
        text::place(painter, &word, middle, Align2::CENTER_CENTER);
    }
}

/// What the model says of each action, how often it was seen, and what one cell further is worth.
fn model(ui: &mut Ui, run: &RunSnapshot, cell: State, bar: f32) {
    // Lines of text, not of controls.
    ui.spacing_mut().interact_size.y = 20.0 * theme::scale(ui.ctx());
    let t = theme::tokens(ui.ctx());
    let (small, code) = (theme::small(ui.ctx()), theme::code(ui.ctx()));
    let head = |words: &str| RichText::new(words).font(small.clone()).color(t.text_weak);
    let counted = counts(&run.lane.view);
    let facts = facts(&run.lane.view, &run.truth, cell);
    let most = facts.iter().filter_map(|f| f.delta).fold(1e-12_f64, |most, d| most.max(d.abs()));
    Grid::new("model of the cell").num_columns(4).spacing(vec2(8.0, 2.0)).show(ui, |ui| {
        ui.label("");
        ui.label(head("model: next"));
        let (seen, help) = match counted {
            true => ("N(s,a)", "How often the model has seen it"),
            false => ("real", "Real updates: a last-seen model does not count"),
        };
        ui.label(head(seen)).on_hover_text(help);
        ui.label(head("ΔV one on")).on_hover_text("How much the value changes one real step on");
        ui.end_row();
        for fact in &facts {
            ui.label(RichText::new(run.truth.action_name(fact.action)).color(t.text));
            predicted(ui, run, cell, fact);
            let seen = if counted { fact.counted() } else { fact.tally.real };
            ui.label(RichText::new(grouped(seen)).font(code.clone()).color(t.real_text));
            neighbour(ui, fact.delta, most, bar);
            ui.end_row();
        }
    });
}

/// What the model predicts; struck through where it cannot happen any more.
fn predicted(ui: &mut Ui, run: &RunSnapshot, cell: State, fact: &Fact) {
    let t = theme::tokens(ui.ctx());
    let nothing = match &fact.told {
        None => Some("no model"),
        Some(told) if told.is_empty() => Some("no data"),
        Some(_) => None,
    };
    if let Some(words) = nothing {
        ui.label(RichText::new(words).color(t.text_weak));
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        for told in fact.told.iter().flatten().take(3) {
            let p = told.predicted;
            let mut words = match p.next == cell {
                true => "stay".to_owned(),
                false => run.truth.state_name(p.next),
            };
            if p.probability < 1.0 {
                words += &format!(" {:.0} %", 100.0 * p.probability);
            }
            if p.reward != 0.0 {
                words += &format!(" {}", signed(p.reward));
            }
            let word = RichText::new(words).font(theme::code(ui.ctx())).color(t.imagined_text);
            let word = if told.possible { word } else { word.strikethrough() };
            let tip = format!("seen {} times, probability {:.3}", p.count, p.probability);
            ui.label(word).on_hover_text(tip);
        }
    });
}

fn signed(x: f64) -> String {
    format!("{}{}", if x > 0.0 { "+" } else { "" }, words::value(x))
}

/// A bar as long as the change is large, grey: it is neither real nor imagined.
fn neighbour(ui: &mut Ui, delta: Option<f64>, most: f64, bar: f32) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let words = delta.map_or("–".to_owned(), signed);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let size = vec2(bar, 8.0) * points;
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let long = size.x * (delta.unwrap_or(0.0).abs() / most) as f32;
        let bar = Rect::from_min_size(rect.min, vec2(long, size.y));
        ui.painter().rect_filled(bar, 2, t.text_weak);
        ui.label(RichText::new(words).font(theme::code(ui.ctx())).color(t.text));
    });
}

/// The list of updates, newest first.
fn updates(ui: &mut Ui, cx: &mut Cx<'_>, cell: State) {
    let t = theme::tokens(ui.ctx());
    let font = theme::small(ui.ctx());
    let small = |words: String| RichText::new(words).font(font.clone()).color(t.text_weak);
    let found = cx.snapshot.inspection.as_ref();
    let Some(found) = found.filter(|f| (f.run, f.cell) == (cx.view.run, cell)) else {
        let words = match cx.snapshot.runs[cx.view.run].lane.view.computing {
            Some(_) => "An update of a network writes all cells at once: none has a list.",
            None if cx.view.still => "",
            None => "Its updates are being looked for.",
        };
        ui.label(small(words.to_owned()));
        return;
    };
    let (listed, total) = (found.updates.len() as u64, found.total);
    let newest = found.first + listed >= total;
    let which = match newest {
        true => format!("last {} of {} updates", grouped(listed), grouped(total)),
        false => {
            let (from, to) = (grouped(found.first + 1), grouped(found.first + listed));
            format!("updates {from} to {to} of {}", grouped(total))
        }
    };
    ui.horizontal(|ui| {
        ui.label(small(which));
        if found.replays && listed > 0 {
            let check = RichText::new(icons::CHECK).font(theme::icon(ui.ctx(), 14.0));
            ui.label(check.color(t.good));
            let told = small("replays to the last bit".to_owned());
            ui.label(told).on_hover_text("Done over, the list gives these very values");
        }
    });
    let page = |ui: &mut Ui| {
        if found.first > 0 && Button::new("Earlier").show(ui).clicked() {
            cx.actions.push(Action::Earlier(Some(found.first)));
        }
        if !newest && Button::new("Newest").show(ui).clicked() {
            cx.actions.push(Action::Earlier(None));
        }
    };
    if found.first > 0 || !newest {
        ui.horizontal(page);
    }
    let high = LINE * theme::scale(ui.ctx());
    let room = ui.available_height().max(2.0 * high);
    let area = ScrollArea::vertical().max_height(room).auto_shrink(false).id_salt("updates");
    area.show_rows(ui, high, found.updates.len(), |ui, rows| {
        for row in rows {
            let index = found.updates.len() - 1 - row;
            line(ui, high, found, &found.updates[index], &cx.snapshot.runs[found.run]);
        }
    });
}

/// One update: where it came from, what it did, how old it is.
fn line(ui: &mut Ui, high: f32, found: &Inspection, logged: &Logged, run: &RunSnapshot) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let size = vec2(ui.available_width(), high);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let e = &logged.effect;
    let imagined = e.source == Source::Imagined;
    let (ink, dot) = match imagined {
        true => (t.imagined_text, t.imagined),
        false => (t.real_text, t.real),
    };
    let painter = ui.painter();
    let at = |x: f32| pos2(rect.left() + x * points, rect.center().y);
    painter.circle_filled(at(8.0), if imagined { 3.5 } else { 5.0 } * points, dot);
    if !imagined {
        painter.circle_filled(at(8.0), 2.0 * points, t.text_strong);
    }
    let write = |words: &str, font, ink, to: Pos2, align| {
        text::place(painter, &text::line(painter, words, font, ink), to, align);
    };
    let (body, code) = (theme::body(ui.ctx()), theme::code(ui.ctx()));
    let way = run.truth.action_name(e.action);
    write(words::source(e.source), body.clone(), ink, at(22.0), Align2::LEFT_CENTER);
    write(&way, body, t.text, at(100.0), Align2::LEFT_CENTER);
    let change = format!("{} → {}", words::value(e.old), words::value(e.new));
    write(&change, code.clone(), t.text_strong, at(158.0), Align2::LEFT_CENTER);
    let age = match found.step.saturating_sub(logged.step) {
        0 => "now".to_owned(),
        age => format!("{} ago", grouped(age)),
    };
    let right = pos2(rect.right() - 12.0 * points, rect.center().y);
    write(&age, code, t.text_weak, right, Align2::RIGHT_CENTER);
    let spoken = format!("{} {way}, {change}, {age}", words::source(e.source));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    response.on_hover_text(format!("target {}", words::target(e)));
}
