//! What every cell is worth under the policy: in truth, where it can be drawn, and as the model says.

use egui::{Align2, EventFilter, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo};

use super::hand::{Hand, id};
use crate::app::panels::look::kind;
use crate::app::theme;
use crate::app::widgets::color_bar::ColorBar;
use crate::app::widgets::grid_picture::{CellKind, GridPicture};
use crate::app::widgets::text;
use crate::app::words::value;
use crate::mdp::scene::GridScene;
use crate::probes::unseen::{AHEAD, Judged};

/// Room above a map for its name, in points before the text scale.
const HEAD: f32 = 24.0;
/// What lies beyond the scale by no more than this looks as its end does.
const CLOSE: f64 = 0.02;

/// Which of the two.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// The truth; the hand draws here.
    Truth(&'a Hand),
    /// What the model says.
    Said,
}

/// The map as a widget.
pub struct Drawn {
    /// Clicks, drags and the focus.
    pub response: Response,
    /// The cell under the pointer.
    pub under: Option<usize>,
}

/// The scale that both maps share, as a bar below them, in `rect`; what lies beyond it is counted.
pub fn legend(ui: &mut Ui, rect: Rect, judged: &Judged, (low, high): (f64, f64)) {
    let past = |worth: &&f64| !(low - CLOSE..=high + CLOSE).contains(*worth);
    let open = judged.said.iter().zip(&judged.policy).filter(|(_, action)| action.is_some());
    let beyond = open.map(|(said, _)| said).filter(past).count();
    let label = match beyond {
        0 => format!("worth over {AHEAD} steps"),
        1 => format!("worth over {AHEAD} steps; 1 cell off scale"),
        n => format!("worth over {AHEAD} steps; {n} cells off scale"),
    };
    let bar = ColorBar::linear(&label, &value(low), &value(high));
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    bar.no_news(false).room(rect.width()).show(&mut child);
}

/// Draws one of both, on a scale from `low` to `high`.
pub fn ui(
    ui: &mut Ui,
    rect: Rect,
    (grid, judged): (&GridScene, &Judged),
    (low, high): (f64, f64),
    which: Which<'_>,
) -> Drawn {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let (name, of, ink) = match which {
        Which::Truth(_) => ("in truth", &judged.truth, t.real_text),
        Which::Said => ("as the model says", &judged.said, t.imagined_text),
    };
    let font = theme::tick_strong(ui.ctx());
    let head = text::elided(ui.painter(), name, font, ink, rect.width());
    text::place(ui.painter(), &head, rect.min, Align2::LEFT_TOP);
    let kinds: Vec<CellKind> = grid.cells.iter().map(|&cell| kind(cell)).collect();
    let share = |state: usize| {
        judged.policy[state].map(|_| ((of[state] - low) / (high - low)).clamp(0.0, 1.0) as f32)
    };
    let values: Vec<Option<f32>> = (0..kinds.len()).map(share).collect();
    let arrows: Vec<u8> = judged.policy.iter().map(|a| a.map_or(0, |a| 1 << a)).collect();
    let picture = GridPicture {
        label: name,
        cols: grid.cols,
        rows: grid.rows,
        cells: &kinds,
        wind: &grid.wind,
        values: &values,
        arrows: &arrows,
        ..GridPicture::default()
    };
    let seat = rect.with_min_y(rect.top() + HEAD * points);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(seat));
    let done = picture.ui(&mut child, seat.size());
    let outer = done.response.rect;
    let Which::Truth(hand) = which else {
        return Drawn { response: done.response, under: done.hovered_cell };
    };
    let cell = |index: usize| picture.cell_rect(outer, index);
    for (index, _) in hand.drawn(kinds.len()).iter().enumerate().filter(|(_, a)| a.is_some()) {
        if judged.policy[index].is_some() {
            let ring = Stroke::new(2.0, t.text_strong);
            ui.painter().rect_stroke(cell(index).shrink(1.0), 3, ring, StrokeKind::Inside);
        }
    }
    let response = ui.interact(seat, id(), Sense::click_and_drag());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, "Draw a policy: drag, or arrow keys")
    });
    if response.has_focus() {
        let arrows = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id(), arrows));
        if let Some(at) = hand.at {
            let ring = Stroke::new(2.0, t.accent);
            ui.painter().rect_stroke(cell(at).expand(1.0), 3, ring, StrokeKind::Outside);
        }
    }
    let at = response.interact_pointer_pos().or(response.hover_pos());
    let under = at.and_then(|at| (0..kinds.len()).find(|&index| cell(index).contains(at)));
    Drawn { response, under }
}
