//! MuZero's four parts as lamps that can be switched: what the model learns from, who acts, who
//! teaches, who guides; beside them what each run needs without the part.

use egui::{
    Align2, Color32, Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::{Cx, Panel, PanelId, framed, weak};
use crate::app::actions::Action;
use crate::app::theme;
use crate::app::widgets::{badge, focus, text};
use crate::app::words::value;
use crate::experiment::engine::Command;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};

/// What arenas without such a run are told.
const EMPTY: &str = "Needs a run of the agent muzero.";
/// Newest episodes whose mean is told.
const LAST: usize = 10;
/// Greatest height of a row in points before the text scale.
const ROW: f32 = 62.0;

/// A part: its dial, the value at which it is on and the one at which it is off, and in words.
struct Part {
    key: &'static str,
    on: f64,
    off: f64,
    name: &'static str,
    /// What it does when it is on, and what happens instead: longer and shorter.
    lit: [&'static str; 2],
    dark: [&'static str; 2],
}

/// All four, in the order of the lecture.
const PARTS: [Part; 4] = [
    Part {
        key: "model",
        on: 0.0,
        off: 1.0,
        name: "model learns",
        lit: ["learns value, policy, reward", "value"],
        dark: ["learns what is seen", "sight"],
    },
    Part {
        key: "picks",
        on: 0.0,
        off: 1.0,
        name: "search acts",
        lit: ["actions from the tree", "tree"],
        dark: ["actions from the policy", "policy"],
    },
    Part {
        key: "distil",
        on: 0.0,
        off: 1.0,
        name: "search teaches",
        lit: ["policy learns from the tree", "tree"],
        dark: ["policy gradient instead", "gradient"],
    },
    Part {
        key: "guided",
        on: 1.0,
        off: 0.0,
        name: "policy guides",
        lit: ["the search asks it first", "policy"],
        dark: ["all actions alike", "nobody"],
    },
];

/// Whether a part is on; anything but its value for on counts as off.
fn is_on(run: &RunSnapshot, part: &Part) -> Option<bool> {
    run.param(part.key).map(|value| value == part.on)
}

/// Mean steps of the newest episodes of a run, over all its seeds; `None` before there are any.
fn steps(s: &Snapshot, run: usize) -> Option<f64> {
    let all = &s.curves.steps.get(run)?.mean;
    let last = &all[all.len().saturating_sub(LAST)..];
    let sum: f64 = last.iter().map(|[_, y]| y).sum();
    (!last.is_empty()).then(|| sum / last.len() as f64)
}

/// The runs that have the four parts.
fn subjects(s: &Snapshot) -> impl Iterator<Item = (usize, &RunSnapshot)> {
    s.runs.iter().enumerate().filter(|(_, run)| run.lane.view.muzero.is_some())
}

/// The panel.
#[derive(Clone, Default)]
pub struct FourParts;

fn draw(ui: &mut Ui, cx: &mut Cx<'_>) {
    let s = cx.snapshot;
    let count = subjects(s).count();
    if count == 0 {
        return weak(ui, EMPTY);
    }
    let points = theme::scale(ui.ctx());
    let rect = ui.available_rect_before_wrap();
    let head = 22.0 * points;
    let row = ((rect.height() - head) / count as f32).min(ROW * points);
    let lead = 34.0 * points;
    let tail = 110.0 * points;
    let wide = (rect.width() - lead - tail) / PARTS.len() as f32;
    heads(ui.painter(), rect, (lead, wide));
    for (line, (index, run)) in subjects(s).enumerate() {
        let top = rect.top() + head + row * line as f32;
        // That of the lamps, which end above the next row.
        let middle = top + 0.5 * (row - 6.0);
        badge::paint(ui.painter(), pos2(rect.left() + 12.0 * points, middle), index);
        for (column, part) in PARTS.iter().enumerate() {
            let left = rect.left() + lead + wide * column as f32;
            let seat = Rect::from_min_size(pos2(left, top), vec2(wide - 10.0, row - 6.0));
            let Some(on) = is_on(run, part) else { continue };
            if lamp(ui, seat, (run, part, on), cx.view.still) {
                let params = run.agent.params();
                let param = params.iter().position(|spec| spec.key == part.key);
                let value = if on { part.off } else { part.on };
                cx.actions.extend(
                    param.map(|param| Action::Engine(Command::Set { run: index, param, value })),
                );
            }
        }
        let t = theme::tokens(ui.ctx());
        let words =
            steps(s, index).map_or("no episode yet".to_owned(), |n| format!("{n:.0} steps"));
        let words = text::line(ui.painter(), &words, theme::number(ui.ctx()), t.text_strong);
        text::place(ui.painter(), &words, pos2(rect.right(), middle), Align2::RIGHT_CENTER);
    }
    ui.allocate_rect(rect, Sense::hover());
}

/// Names of the columns.
fn heads(painter: &Painter, rect: Rect, (lead, wide): (f32, f32)) {
    let ctx = painter.ctx();
    let (t, font) = (theme::tokens(ctx), theme::small(ctx));
    for (column, part) in PARTS.iter().enumerate() {
        let at = pos2(rect.left() + lead + wide * column as f32, rect.top());
        let name = text::elided(painter, part.name, font.clone(), t.text_weak, wide - 10.0);
        text::place(painter, &name, at, Align2::LEFT_TOP);
    }
    let last = text::line(painter, "last 10 episodes", font, t.text_weak);
    text::place(painter, &last, rect.right_top(), Align2::RIGHT_TOP);
}

/// A lamp that is a switch; whether it was clicked.
fn lamp(
    ui: &mut Ui,
    seat: Rect,
    (run, part, on): (&RunSnapshot, &Part, bool),
    still: bool,
) -> bool {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let sense = if still { Sense::hover() } else { Sense::click() };
    let response = ui.interact(seat, ui.scope_id().with((run.letter, part.key)), sense);
    let spoken = format!("{}: {}", run.letter, part.name);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, &spoken));
    let hot = response.hovered() && !still;
    let fill = if hot { t.elev } else { Color32::TRANSPARENT };
    ui.painter().rect(seat, 8, fill, Stroke::new(1.0, t.stroke), StrokeKind::Inside);
    let center = pos2(seat.left() + 18.0 * points, seat.center().y);
    let rim = Stroke::new(2.0, if on { t.good } else { t.stroke_strong });
    let core = if on { t.good } else { Color32::TRANSPARENT };
    ui.painter().circle(center, 7.0 * points, core, rim);
    let words = if on { &part.lit } else { &part.dark };
    let room = seat.right() - center.x - 20.0 * points;
    let ink = if on { t.text } else { t.text_strong };
    let state = text::fitted(ui.painter(), words, &theme::body(ui.ctx()), ink, room);
    let at = pos2(center.x + 16.0 * points, seat.center().y);
    text::place(ui.painter(), &state, at, Align2::LEFT_CENTER);
    focus::ring(ui, &response, seat, 8.0);
    response.clicked()
}

impl Panel for FourParts {
    fn title(&self) -> &'static str {
        "MuZero's four parts"
    }

    fn question(&self) -> &'static str {
        "Which of the four does it need here?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        framed(&Self, PanelId::FourParts, ui, cx, draw);
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let one = |(index, run): (usize, &RunSnapshot)| {
            let parts = PARTS.iter().map(|part| {
                let on = is_on(run, part).unwrap_or(false);
                format!("{} {}", part.name, if on { "on" } else { "off" })
            });
            let parts: Vec<String> = parts.collect();
            let steps = steps(snapshot, index);
            let steps = steps.map_or("none yet".to_owned(), |n| format!("{} steps", value(n)));
            let (letter, name) = (run.letter, &run.name);
            format!("{letter} {name}: {}; last 10 episodes: {steps}\n", parts.join(", "))
        };
        let text: String = subjects(snapshot).map(one).collect();
        if text.is_empty() { format!("{EMPTY}\n") } else { text }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,part,on\n".to_owned();
        for (_, run) in subjects(snapshot) {
            for part in &PARTS {
                let on = is_on(run, part).unwrap_or(false);
                csv += &format!("{},{},{}\n", run.letter, part.key, u8::from(on));
            }
        }
        csv
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::agent;

    #[test]
    fn lamps_are_on_by_default_and_switch_dials_that_there_are() {
        let dials = agent("muzero").expect("it is an agent").params();
        for part in &PARTS {
            let dial = dials.iter().find(|dial| dial.key == part.key).expect(part.key);
            assert_eq!(dial.default, part.on, "{}", part.key);
            assert!(dial.check(part.off).is_ok() && part.off != part.on, "{}", part.key);
        }
    }
}
