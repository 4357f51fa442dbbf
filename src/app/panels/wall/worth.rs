//! What the places are worth: the mean of the values beside the value of the mean, at one depth as
//! numbers and at all depths as a small chart.

use egui::{Align2, Pos2, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::panels::plot::fitting;
use crate::app::theme;
use crate::app::widgets::{chart, dashes, text};
use crate::app::words::value;
use crate::probes::wall::{DEPTH, Machine, Worth};

/// Numbers above, chart below.
pub fn ui(ui: &mut Ui, m: &Machine, depth: usize, nonlinear: bool) {
    let read = |w: &Worth| if nonlinear { w.nearest } else { w.linear };
    let w = m.worth[depth - 1];
    let ahead = match depth {
        1 => "1 step ahead".to_owned(),
        n => format!("{n} steps ahead"),
    };
    let t = theme::tokens(ui.ctx());
    ui.spacing_mut().item_spacing.y = 2.0;
    let names = ["mean of the values, E[v(s′)]", "mean value, E[v(s′)]", "E[v(s′)]"];
    row(ui, &names, &value(w.expected), t.text_strong);
    let names = match nonlinear {
        true => ["value at the mean place, v(E[s′])", "at the mean, v(E[s′])", "v(E[s′])"],
        false => ["linear value of the mean, v(E[s′])", "of the mean, v(E[s′])", "v(E[s′])"],
    };
    row(ui, &names, &value(read(&w)), t.imagined_text);
    let name = format!("return variance, {depth} and {DEPTH} ahead");
    let brief = format!("variance, {depth} and {DEPTH}");
    // Equal returns differ by rounding.
    let shown = |n: usize| if m.variance[n - 1] < 1e-12 { 0.0 } else { m.variance[n - 1] };
    let variance = [depth, DEPTH].map(|n| value(shown(n))).join(", ");
    row(ui, &[&name, &brief, "variance"], &variance, t.text_strong);
    let off = m.greatest_difference(read);
    let (word, ink) = if off < 1e-9 { ("equal", t.good) } else { ("not equal", t.bad) };
    let all = format!("{word}, n = 1 to {DEPTH}: at most {} apart", tiny(off));
    let brief = format!("{word}, at most {} apart", tiny(off));
    let words = fitting(ui, &[&all, &brief, word], ui.available_width());
    ui.label(RichText::new(words).font(theme::small(ui.ctx())).color(ink));
    ui.add_space(4.0);
    if ui.available_height() > 60.0 * theme::scale(ui.ctx()) {
        curve(ui, m, depth, &ahead, read);
    }
}

/// A difference as a person reads it.
fn tiny(x: f64) -> String {
    match x {
        0.0 => "0".to_owned(),
        x if x < 1e-3 => chart::number(x, 1),
        x => value(x),
    }
}

fn row(ui: &mut Ui, names: &[&str], number: &str, ink: egui::Color32) {
    let t = theme::tokens(ui.ctx());
    let width = ui.available_width();
    let painter = ui.painter().clone();
    let number = text::line(&painter, number, theme::number(ui.ctx()), ink);
    let room = width - number.size().x - 10.0;
    let name = text::fitted(&painter, names, &theme::body(ui.ctx()), t.text, room);
    let high = number.size().y.max(name.size().y);
    let (rect, response) = ui.allocate_exact_size(vec2(width, high), Sense::hover());
    let spoken = format!("{}: {}", name.text(), number.text());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    text::place(&painter, &name, rect.left_center(), Align2::LEFT_CENTER);
    text::place(&painter, &number, rect.right_center(), Align2::RIGHT_CENTER);
}

/// What the model says, and what is true, of one thing that may follow.
pub fn told(ui: &mut Ui, names: &[&str; 2], model: &str, truth: &str) {
    let t = theme::tokens(ui.ctx());
    let width = ui.available_width();
    let painter = ui.painter().clone();
    let font = theme::number(ui.ctx());
    let model = text::line(&painter, model, font.clone(), t.imagined_text);
    let truth = text::line(&painter, &format!("true {truth}"), font, t.real_text);
    let left = width - model.size().x - truth.size().x;
    let gap = (14.0 * theme::scale(ui.ctx())).min(0.1 * left);
    let room = left - 2.0 * gap;
    let name = text::fitted(&painter, names, &theme::body(ui.ctx()), t.text, room);
    let (rect, response) = ui.allocate_exact_size(vec2(width, name.size().y), Sense::hover());
    let spoken = format!("{}: {}, {}", name.text(), model.text(), truth.text());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    text::place(&painter, &name, rect.left_center(), Align2::LEFT_CENTER);
    text::place(&painter, &truth, rect.right_center(), Align2::RIGHT_CENTER);
    let at = rect.right_center() - vec2(truth.size().x + gap, 0.0);
    text::place(&painter, &model, at, Align2::RIGHT_CENTER);
}

/// Both values over depth: the mean of the values as a grey line, that of the mean as dashed points.
fn curve(ui: &mut Ui, m: &Machine, depth: usize, ahead: &str, read: impl Fn(&Worth) -> f64) {
    let points = theme::scale(ui.ctx());
    let t = theme::tokens(ui.ctx());
    let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::hover());
    let spoken = format!("Values 1 to {DEPTH} steps ahead, shown at {ahead}");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let rect = response.rect;
    let low = 20.0 * points;
    let field = Rect::from_min_max(rect.min + vec2(40.0 * points, 8.0), rect.max - vec2(8.0, low));
    let top = m.worth.iter().flat_map(|w| [w.expected, read(w)]).fold(1e-9, f64::max);
    let floor = m.worth.iter().flat_map(|w| [w.expected, read(w)]).fold(0.0, f64::min);
    let at = |n: usize, y: f64| -> Pos2 {
        let x = (n - 1) as f32 / (DEPTH - 1) as f32;
        let y = ((y - floor) / (top - floor)) as f32;
        pos2(field.left() + x * field.width(), field.bottom() - y * field.height())
    };
    for (y, name) in [(floor, value(floor)), (top, value(top))] {
        let line = [pos2(field.left(), at(1, y).y), pos2(field.right(), at(1, y).y)];
        painter.line_segment(line, Stroke::new(1.0, t.stroke));
        let word = text::line(&painter, &name, theme::small(ui.ctx()), t.text_weak);
        text::place(&painter, &word, line[0] - vec2(5.0, 0.0), Align2::RIGHT_CENTER);
    }
    let now = [at(depth, floor), at(depth, top)];
    painter.line_segment(now, Stroke::new(1.0, t.text_weak));
    let series = |of: &dyn Fn(&Worth) -> f64| -> Vec<Pos2> {
        m.worth.iter().enumerate().map(|(i, w)| at(i + 1, of(w))).collect()
    };
    let dreamt = series(&read);
    dashes::paint(&painter, &dreamt, Stroke::new(2.4, t.imagined), dashes::ON, dashes::OFF);
    painter.line(series(&|w| w.expected), Stroke::new(1.6, t.text));
    for point in dreamt {
        painter.circle_stroke(point, 3.2 * points, Stroke::new(1.6, t.imagined));
    }
    let words = text::line(&painter, "steps ahead, n", theme::small(ui.ctx()), t.text_weak);
    text::place(&painter, &words, rect.left_bottom(), Align2::LEFT_BOTTOM);
    let legend = "line: E[v(s′)]   rings: v(E[s′])";
    let named = words.size().x + 12.0 * points;
    let words = text::line(&painter, legend, theme::small(ui.ctx()), t.text_weak);
    if words.size().x + named < rect.width() {
        text::place(&painter, &words, rect.right_bottom(), Align2::RIGHT_BOTTOM);
    }
}
