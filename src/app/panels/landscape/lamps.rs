//! Three lamps a loss: does it know the task, does it stay on the data, is it smooth?

use egui::{Align2, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::lines::{cell, heading, small};
use super::settings::name;
use crate::app::theme;
use crate::app::widgets::chart;
use crate::probes::landscape::{Lamps, Loss};

/// Names of the lamps, and how each is measured.
const LAMPS: [(&str, &str); 3] = [
    (
        "task-aware",
        "Rank correlation (Spearman) of the loss with the value error |V(ŝ) − V(s′)| over all \
         predictions within distance 2 of the cross; lit from 0.5.",
    ),
    (
        "on the data",
        "Share of all predictions farther than 1 from the cross whose loss is under 1 % of its \
         median: places that look solved and are not; lit up to 2 %.",
    ),
    (
        "smooth",
        "Steepest slope of the loss over its median slope, on the whole plane; lit up to 20.",
    ),
];

/// A lamp's number.
fn number(lamps: &Lamps, lamp: usize) -> String {
    let written = match lamp {
        0 => lamps.task_aware.map(|x| format!("{x:.2}")),
        1 => lamps.far_solved.map(|x| format!("{:.1} %", 100.0 * x)),
        _ => lamps.steepness.map(|x| if x < 1e4 { format!("{x:.1}") } else { chart::number(x, 2) }),
    };
    written.unwrap_or_else(|| "none".to_owned()).replace('-', "−")
}

/// One lamp in words.
pub fn told(lamps: &Lamps, lamp: usize) -> String {
    let state = match lamps.lit()[lamp] {
        Some(true) => "lit",
        Some(false) => "dark",
        None => "not measurable",
    };
    format!("{} {} ({state})", LAMPS[lamp].0, number(lamps, lamp))
}

/// The table; `quiet` where nobody can point at it.
pub fn ui(ui: &mut Ui, losses: [Loss; 3], lamps: Option<&[Lamps; 4]>, quiet: bool) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    heading(ui, "Three lamps");
    let size = vec2(ui.available_width(), 20.0 * points);
    let (head, _) = ui.allocate_exact_size(size, Sense::hover());
    let right = |index: usize| head.right() - (2 - index) as f32 * 0.255 * head.width();
    for (index, loss) in losses.into_iter().enumerate() {
        let short = name(loss).split(',').next().unwrap_or_default();
        let ink = (theme::small(ui.ctx()), t.text_weak);
        cell(ui, (head, right(index)), short, ink, Align2::RIGHT_CENTER);
    }
    for (lamp, (called, how)) in LAMPS.iter().enumerate() {
        let size = vec2(ui.available_width(), 24.0 * points);
        let (row, response) = ui.allocate_exact_size(size, Sense::hover());
        let all = losses.map(|loss| match lamps {
            Some(lamps) => format!("{}: {}", name(loss), told(&lamps[loss.index()], lamp)),
            None => format!("{}: not measured yet", name(loss)),
        });
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, all.join("; ")));
        let ink = (theme::small(ui.ctx()), t.text);
        cell(ui, (row, row.left()), called, ink, Align2::LEFT_CENTER);
        for (index, loss) in losses.into_iter().enumerate() {
            let Some(lamps) = lamps.map(|lamps| &lamps[loss.index()]) else { continue };
            let center = pos2(right(index) - 5.0 * points, row.center().y);
            let ring = Stroke::new(1.4, t.bad);
            let _ = match lamps.lit()[lamp] {
                Some(true) => Some(ui.painter().circle_filled(center, 4.5 * points, t.good)),
                Some(false) => Some(ui.painter().circle_stroke(center, 4.0 * points, ring)),
                None => None,
            };
            let ink = (theme::tick(ui.ctx()), t.text_strong);
            let at = center.x - 9.0 * points;
            cell(ui, (row, at), &number(lamps, lamp), ink, Align2::RIGHT_CENTER);
        }
        response.on_hover_text(*how);
    }
    if !quiet {
        small(ui, "Point at a row: how it is measured.");
    }
}
